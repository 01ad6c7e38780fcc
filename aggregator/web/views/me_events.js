// Every event of mine and what became of it, newest first; a tap says why. An own offline sale that was a mistake can be
// taken back: that is an event too (a cancellation), so nothing disappears.

import { ask } from '../desk/ask.js';
import { newId } from '../desk/server.js';
import { element, setText } from '../dom.js';
import { language, nameOf } from '../i18n.js';
import { say } from '../i18n_me.js';
import { fullMoney, yuan } from '../money.js';
import { dayAndSecond } from '../times.js';
import { factsOf } from './facts.js';

const STATUSES = ['', 'counted', 'pending', 'parked', 'refused', 'rejected', 'voided'];
const FIRST = 50;
const MOST = 10000;

function whatOf(me, receipt) {
  const product = me.contest.products.find((one) => one.id === receipt.product);
  const words = say(receipt.channel === 'offline' ? 'type_offline' : `type_${receipt.type}`);
  return product ? [words, nameOf(product)] : [words];
}

function termsOf(me, receipt) {
  const facts = [[say('eventId'), receipt.id], [say('time'), dayAndSecond(receipt.time_ms, me.clock.offset)]];
  if (receipt.session) facts.push([say('of_session'), receipt.session]);
  if (receipt.remaining_fen !== undefined && receipt.remaining_fen !== receipt.amount_fen)
    facts.push([say('remaining'), fullMoney(receipt.remaining_fen, language)]);
  if (receipt.copies > 1) facts.push([say('copies'), say('copiesMeaning', { n: receipt.copies })]);
  if (receipt.conflicts > 0) facts.push([say('conflicts'), say('conflictsMeaning', { n: receipt.conflicts })]);
  return facts.flatMap(([name, text]) => [element('dt', {}, name), element('dd', {}, text)]);
}

const whyOf = (receipt) => (receipt.reason ? say(`reason_${receipt.reason}`) : say(`status_${receipt.status}_why`));

const canTakeBack = (receipt) => receipt.channel === 'offline' && receipt.remaining_fen > 0
  && (receipt.status === 'counted' || receipt.status === 'pending');

function makeRow(me, receipt, takeBack) {
  const back = canTakeBack(receipt) ? element('button', { type: 'button', class: 'plain' }, say('takeBack')) : null;
  back?.addEventListener('click', async () => { if (await takeBack(receipt)) back.disabled = true; });
  return element('li', { 'data-id': receipt.id, 'data-status': receipt.status },
    element('details', {},
      element('summary', {},
        element('span', { class: 'pill', 'data-status': receipt.status }, say(`status_${receipt.status}`)),
        factsOf('span', { class: 'what' }, whatOf(me, receipt)),
        element('span', { class: 'n' }, receipt.amount_fen === undefined ? '' : yuan(receipt.amount_fen)),
        element('time', {}, dayAndSecond(receipt.time_ms, me.clock.offset).slice(5, 16))),
      element('p', { class: 'why' }, whyOf(receipt)), element('dl', {}, ...termsOf(me, receipt)), back));
}

function makeFilters(choose) {
  const buttons = STATUSES.map((status) => {
    const button = element('button', { type: 'button', class: 'chip', 'aria-pressed': String(status === '') }, say(status ? `status_${status}` : 'allEvents'));
    button.addEventListener('click', () => {
      buttons.forEach((one) => one.setAttribute('aria-pressed', String(one === button)));
      choose(status);
    });
    return button;
  });
  return element('div', { class: 'chips', role: 'group', 'aria-label': say('filter') }, ...buttons);
}

export function makeMeEvents(me, send) {
  const list = element('ul', { class: 'events' });
  const empty = element('p', { class: 'empty' });
  const more = element('button', { type: 'button', class: 'more' }, say('showMore'));
  const shown = new Map(); // id → {text, root}: what has not changed stays as it is, open or closed
  let rows = [];
  let status = '';
  let limit = FIRST;

  // The id is made of the sale's, so that taking it back twice is once; a very long one leaves no room for that.
  function takeBack(sale) {
    const id = sale.id.length <= 59 ? `back:${sale.id}` : newId('back');
    const event = { id, type: 'order.cancelled', session: sale.session, of: sale.id, time: me.clock.rfc3339(me.clock.refundMs()) };
    return ask({ title: say('takeBack'), lines: [say('takeBackSure', { money: yuan(sale.remaining_fen) })], verb: say('takeBack'), danger: true },
      async () => { send(event); });
  }

  function rootOf(receipt) {
    const text = JSON.stringify(receipt);
    const kept = shown.get(receipt.id);
    if (kept?.text === text) return kept.root;
    const root = makeRow(me, receipt, takeBack);
    root.firstChild.open = kept?.root.firstChild.open ?? false;
    shown.set(receipt.id, { text, root });
    return root;
  }

  function draw() {
    rows.map(rootOf).forEach((root, index) => { if (list.children[index] !== root) list.insertBefore(root, list.children[index] ?? null); });
    while (list.children.length > rows.length) list.lastChild.remove();
    empty.hidden = rows.length > 0;
    setText(empty, say(status ? 'noneOfStatus' : 'noEvents'));
    more.hidden = rows.length < limit || limit >= MOST;
  }

  async function read() {
    const filter = status ? `&status=${status}` : '';
    ({ rows } = await me.server.read(`receipts/${encodeURIComponent(me.streamer.id)}?limit=${limit}${filter}`));
    draw();
  }

  const readNow = () => read().catch(() => {}); // the next reading comes by itself
  more.addEventListener('click', () => { limit = Math.min(MOST, limit * 4); readNow(); });
  const filters = makeFilters((chosen) => { status = chosen; limit = FIRST; readNow(); });
  return {
    root: element('section', { class: 'card', 'aria-labelledby': 'events-head' }, element('h2', { id: 'events-head' }, say('myEvents')), filters, list, empty, more),
    read,
    rows: () => rows,
  };
}
