// One event, looked up: what became of it, what was decided about it, and the decisions that can be made now.

import { element, setText } from '../dom.js';
import { actButton, changesBox, moment, perform, streamerName, streamerOptions } from '../desk/desk.js';
import { about } from '../desk/record.js';
import { makeRows } from '../desk/rows.js';
import { Refusal } from '../desk/server.js';
import { language, nameOf } from '../i18n.js';
import { say } from '../i18n_judge.js';
import { fullMoney, yuan } from '../money.js';
import { actionSentence, whoActed } from './judge_history.js';

const STATUSES = ['', 'counted', 'pending', 'parked', 'refused', 'rejected', 'voided'];
const LIST_MOST = 200;

const isSale = (receipt) => receipt.type === 'order.paid';
const canBeVoid = (receipt) => isSale(receipt) || receipt.type === 'video.published';

// What each decision would do to this event: nothing where it does not count before and after.
const CHOICES = [
  { type: 'approve', when: (receipt) => receipt.status === 'pending' || receipt.status === 'rejected', sign: 1, reason: 'optional' },
  { type: 'reject', when: (receipt) => receipt.channel === 'offline' && (receipt.status === 'pending' || receipt.status === 'counted'), sign: -1, reason: 'needed', danger: true },
  { type: 'void', when: (receipt) => canBeVoid(receipt) && receipt.status !== 'voided' && receipt.status !== 'refused', sign: -1, reason: 'needed', danger: true },
  { type: 'restore', when: (receipt) => receipt.status === 'voided', sign: 1, reason: 'needed' },
];

function boxFor(desk, receipt, choice) {
  const counted = receipt.status === 'counted';
  if (!isSale(receipt)) return element('div', { class: 'changes' }, element('p', {}, say('videoChanges')));
  if (choice.sign < 0 && !counted) return element('div', { class: 'changes' }, element('p', {}, say('notCountedYet')));
  return changesBox(desk, [receipt], choice.sign);
}

function facts(desk, receipt) {
  const all = [[say('streamer'), streamerName(desk, receipt.streamer)], [say('eventId'), receipt.id], [say('kind'), say(`type_${receipt.type}`)], [say('time'), moment(desk, receipt.time_ms)]];
  if (receipt.amount_fen !== undefined) all.push([say('amount'), fullMoney(receipt.amount_fen, language)]);
  if (receipt.remaining_fen !== undefined) all.push([say('remaining'), fullMoney(receipt.remaining_fen, language)]);
  if (receipt.channel) all.push([say('field_channel'), say(`channel_${receipt.channel}`)]);
  if (receipt.product) all.push([say('of_product'), nameOf(desk.product(receipt.product))]);
  if (receipt.session) all.push([say('of_session'), receipt.session]);
  all.push([say('copies'), String(receipt.copies)], [say('conflicts'), String(receipt.conflicts)]);
  return element('dl', {}, ...all.flatMap(([name, text]) => [element('dt', {}, name), element('dd', {}, text)]));
}

function makeCard(desk, again) {
  const root = element('div', { class: 'receipt', 'aria-live': 'polite' });
  return {
    root,
    show(receipt) {
      if (!receipt) { root.replaceChildren(); return; }
      const choices = CHOICES.filter((choice) => choice.when(receipt)).map((choice) => actButton(desk, choice.type, async () => {
        const done = await perform(desk, choice.type, { streamer: receipt.streamer, event: receipt.id },
          { lines: [say(`explain_${choice.type}`), boxFor(desk, receipt, choice)], reason: choice.reason, danger: choice.danger });
        if (done) again();
      }, choice.danger ? 'plain' : 'primary'));
      const said = about(desk.audit.actions, receipt.streamer, receipt.id);
      root.replaceChildren(
        element('p', { class: 'head' }, element('span', { class: 'pill', 'data-status': receipt.status }, say(`status_${receipt.status}`)),
          element('span', {}, receipt.reason ? say(`reason_${receipt.reason}`) : say(`status_${receipt.status}_why`))),
        facts(desk, receipt), element('div', { class: 'buttons' }, ...choices.filter(Boolean)),
        element('h3', {}, say('saidOfIt')),
        said.length ? element('ul', { class: 'said' }, ...said.map((entry) => element('li', {}, `${moment(desk, entry.at_ms)} · ${whoActed(entry.action)}${say('colon')}${actionSentence(desk, entry.action)}`)))
          : element('p', { class: 'quiet' }, say('nothingSaid')));
    },
  };
}

export function makeJudgeEvents(desk) {
  const streamer = element('select', { id: 'event-streamer' }, ...streamerOptions(desk));
  const event = element('input', { id: 'event-id', type: 'text', autocomplete: 'off', spellcheck: 'false', maxlength: '64' });
  const status = element('select', { id: 'event-status' }, ...STATUSES.map((one) => element('option', { value: one }, say(one ? `status_${one}` : 'anyStatus'))));
  const why = element('p', { class: 'wrong', role: 'alert' });
  const body = element('tbody');
  const card = makeCard(desk, () => setTimeout(look, 300));
  const table = element('table', { 'aria-label': say('eventsOf') }, element('thead', {}, element('tr', {}, ...[['status', ''], ['kind', ''], ['amount', 'n'], ['time', 'when'], ['eventId', 'id']]
    .map(([key, kind]) => element('th', { scope: 'col', class: kind }, say(key))))), body);
  const rows = makeRows(body, (receipt) => receipt.id, (receipt) => element('tr', { 'data-id': receipt.id },
    element('td', {}, element('span', { class: 'pill', 'data-status': receipt.status }, say(`status_${receipt.status}`))), element('td', {}, say(`type_${receipt.type}`)),
    element('td', { class: 'n' }, receipt.amount_fen === undefined ? '' : yuan(receipt.amount_fen)), element('td', { class: 'when' }, moment(desk, receipt.time_ms).slice(5)),
    element('td', { class: 'id' }, element('a', { href: '#events', class: 'event', 'data-streamer': receipt.streamer, 'data-event': receipt.id }, receipt.id))));

  const path = (more) => `receipts/${encodeURIComponent(streamer.value)}${more}`;

  async function list() {
    const { rows: receipts } = await desk.server.read(path(`?limit=${LIST_MOST}${status.value && `&status=${status.value}`}`));
    rows(receipts);
  }

  async function look() {
    setText(why, '');
    try {
      card.show(event.value.trim() ? await desk.server.read(path(`/${encodeURIComponent(event.value.trim())}`)) : null);
      await list();
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      card.show(null);
      setText(why, refusal.status === 404 ? say('noSuchEvent') : refusal.message || say('noAnswer'));
    }
  }

  // Any link to an event, wherever it stands at the desk, opens it here.
  document.addEventListener('click', (click) => {
    const link = click.target.closest('a.event');
    if (!link) return;
    streamer.value = link.dataset.streamer;
    event.value = link.dataset.event;
    status.value = '';
    look();
  });
  streamer.addEventListener('change', () => { event.value = ''; look(); });
  status.addEventListener('change', look);
  const form = element('form', { class: 'row', role: 'search' },
    element('div', { class: 'field' }, element('label', { for: 'event-streamer' }, say('streamer')), streamer),
    element('div', { class: 'field' }, element('label', { for: 'event-id' }, say('eventId')), event),
    element('div', { class: 'field' }, element('label', { for: 'event-status' }, say('status')), status),
    element('button', { type: 'submit', class: 'primary' }, say('look')));
  form.addEventListener('submit', (submit) => { submit.preventDefault(); look(); });
  let drawn = null;
  return {
    root: element('section', { class: 'card', 'aria-label': say('part_events') }, form, why, card.root, table),
    show() {
      if (drawn !== desk.audit) look();
      drawn = desk.audit;
    },
  };
}
