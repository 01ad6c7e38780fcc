// What waits for a decision or an explanation, one list each: claims of offline sales, refunds without their sale, events
// that contradict an earlier one, and events that did not count.

import { element, setText } from '../dom.js';
import { ask } from '../desk/ask.js';
import { actionMaker, changesBox, moment, streamerName } from '../desk/desk.js';
import { makeRows } from '../desk/rows.js';
import { nameOf } from '../i18n.js';
import { say } from '../i18n_judge.js';
import { count, yuan } from '../money.js';

const LISTS = ['pending', 'parked', 'conflicts', 'refused'];
const FIRST = 200;
const NAMED = 6;

const keyOf = (receipt) => `${receipt.streamer}/${receipt.id}`;

const head = (keys) => element('thead', {}, element('tr', {}, ...keys.map(([key, kind]) => element('th', { scope: 'col', class: kind }, key ? say(key) : ''))));

const eventLink = (streamer, id) => element('a', { href: `#events`, 'data-streamer': streamer, 'data-event': id, class: 'event' }, id);

// --- Claims ---

function claimLines(desk, sales, type) {
  const fen = sales.reduce((all, one) => all + one.remaining_fen, 0);
  const named = sales.slice(0, NAMED).map((one) => element('li', {},
    say('claim', { who: streamerName(desk, one.streamer), what: nameOf(desk.product(one.product)), money: yuan(one.amount_fen) })));
  if (sales.length > NAMED) named.push(element('li', {}, say('andOthers', { n: sales.length - NAMED })));
  return [say(`explain_${type}`), say('claimSum', { n: sales.length, money: yuan(fen) }), element('ul', {}, ...named),
    type === 'approve' ? changesBox(desk, sales, 1) : element('div', { class: 'changes' }, element('p', {}, say('rejectChanges')))];
}

/** Asks, then decides each of these claims, one action each; what was done stays done if the line breaks between. */
async function decide(desk, sales, type) {
  const makers = sales.map((sale) => actionMaker(type, { streamer: sale.streamer, event: sale.id }));
  let next = 0;
  const done = await ask({ title: say(`act_${type}`), verb: `${say(`act_${type}`)} (${sales.length})`, lines: claimLines(desk, sales, type), reason: type === 'reject' ? 'needed' : 'optional', danger: type === 'reject' },
    async (reason) => { for (; next < makers.length; next += 1) await desk.server.act(makers[next](reason)); });
  if (done || next > 0) desk.changed();
  return done;
}

function makeClaims(desk) {
  const chosen = new Set();
  const body = element('tbody');
  const all = element('input', { type: 'checkbox', 'aria-label': say('chooseAll') });
  const sum = element('span', { role: 'status' });
  const filter = element('select', { 'aria-label': say('streamer') });
  const buttons = ['approve', 'reject'].map((type) => {
    const button = element('button', { type: 'button', class: type === 'approve' ? 'primary' : 'plain', 'data-act': type }, say(`act_${type}`));
    button.addEventListener('click', async () => {
      const sales = shown().filter((one) => chosen.has(keyOf(one)));
      if (sales.length && await decide(desk, sales, type)) chosen.clear();
      tally();
    });
    return button;
  });

  const shown = () => desk.audit.pending.filter((one) => !filter.value || one.streamer === filter.value).reverse().slice(0, FIRST);

  function tally() {
    const sales = shown().filter((one) => chosen.has(keyOf(one)));
    setText(sum, say('chosen', { n: sales.length, money: yuan(sales.reduce((fen, one) => fen + one.remaining_fen, 0)) }));
    for (const button of buttons) button.disabled = sales.length === 0;
    all.checked = sales.length > 0 && sales.length === shown().length;
    all.indeterminate = sales.length > 0 && !all.checked;
  }

  function rowOf(sale) {
    const box = element('input', { type: 'checkbox', value: keyOf(sale), 'aria-label': say('chooseOne', { id: sale.id }) });
    box.addEventListener('change', () => { (box.checked ? chosen.add(keyOf(sale)) : chosen.delete(keyOf(sale))); tally(); });
    return element('tr', { 'data-id': sale.id }, element('td', {}, box), element('th', { scope: 'row', class: 'who' }, streamerName(desk, sale.streamer)),
      element('td', { class: 'product' }, nameOf(desk.product(sale.product))), element('td', { class: 'n' }, yuan(sale.amount_fen)),
      element('td', { class: 'when' }, moment(desk, sale.time_ms).slice(5)), element('td', { class: 'id' }, eventLink(sale.streamer, sale.id)));
  }

  const rows = makeRows(body, keyOf, rowOf);
  all.addEventListener('change', () => { shown().forEach((one) => (all.checked ? chosen.add(keyOf(one)) : chosen.delete(keyOf(one)))); draw(); });
  filter.addEventListener('change', draw);

  function fillFilter() {
    const ids = [...new Set(desk.audit.pending.map((one) => one.streamer))].sort();
    if (filter.dataset.ids === ids.join()) return;
    const kept = filter.value;
    filter.dataset.ids = ids.join();
    filter.replaceChildren(element('option', { value: '' }, say('everybody')), ...ids.map((id) => element('option', { value: id, selected: id === kept }, streamerName(desk, id))));
  }

  function draw() {
    fillFilter();
    rows(shown());
    for (const box of body.querySelectorAll('input')) box.checked = chosen.has(box.value);
    tally();
  }

  return {
    root: element('div', {}, element('div', { class: 'head' }, element('label', { class: 'inline' }, all, ` ${say('chooseAll')}`), filter),
      element('table', { 'aria-label': say('waits_pending') }, head([['', ''], ['streamer', 'who'], ['of_product', ''], ['amount', 'n'], ['time', 'when'], ['eventId', 'id']]), body),
      element('div', { class: 'bar' }, sum, ...buttons)),
    draw,
  };
}

// --- The others: to look at ---

function receiptRow(desk, receipt) {
  return element('tr', { 'data-id': receipt.id }, element('th', { scope: 'row', class: 'who' }, streamerName(desk, receipt.streamer)),
    element('td', {}, say(`type_${receipt.type}`)), element('td', { class: 'n' }, receipt.amount_fen === undefined ? '' : yuan(receipt.amount_fen)),
    element('td', {}, receipt.reason ? say(`reason_${receipt.reason}`) : say('status_parked_why')),
    element('td', { class: 'when' }, moment(desk, receipt.time_ms).slice(5)), element('td', { class: 'id' }, eventLink(receipt.streamer, receipt.id)));
}

const otherText = (event) => Object.entries(event).filter(([key, value]) => !['id', 'type', 'time_ms'].includes(key) && value !== null)
  .map(([key, value]) => `${say(`field_${key}`)} ${key === 'amount_fen' ? yuan(value) : value}`).join(' · ');

function conflictRow(desk, { at_ms: at, streamer, event }) {
  return element('tr', { 'data-id': event.id }, element('th', { scope: 'row', class: 'who' }, streamerName(desk, streamer)),
    element('td', {}, say(`type_${event.type}`)), element('td', { class: 'n' }, event.amount_fen === undefined ? '' : yuan(event.amount_fen)),
    element('td', {}, otherText(event)), element('td', { class: 'when' }, moment(desk, at).slice(5)), element('td', { class: 'id' }, eventLink(streamer, event.id)));
}

function makeList(desk, name) {
  const body = element('tbody');
  const rows = makeRows(body, (row) => row.log_id ?? keyOf(row), (row) => (name === 'conflicts' ? conflictRow(desk, row) : receiptRow(desk, row)));
  return {
    root: element('table', { 'aria-label': say(`waits_${name}`) },
      head([['streamer', 'who'], ['kind', ''], ['amount', 'n'], [name === 'conflicts' ? 'otherContent' : 'why', ''], ['time', 'when'], ['eventId', 'id']]), body),
    draw() { rows(desk.audit[name].slice(-FIRST).reverse()); },
  };
}

export function makeJudgePending(desk) {
  const lists = LISTS.map((name) => ({ name, view: name === 'pending' ? makeClaims(desk) : makeList(desk, name), chip: element('button', { type: 'button', class: 'chip', 'data-list': name }) }));
  const help = element('p', { class: 'quiet' });
  const empty = element('p', { class: 'empty' }, say('nothingWaits'));
  const cut = element('p', { class: 'quiet' });
  let open = lists[0];
  let drawn = null;

  const totalOf = (name) => desk.totals.live?.[name] ?? desk.audit[name].length;

  function draw() {
    for (const one of lists) {
      setText(one.chip, `${say(`waits_${one.name}`)} ${count(totalOf(one.name))}`);
      one.chip.setAttribute('aria-pressed', String(one === open));
      one.view.root.hidden = one !== open || desk.audit[one.name].length === 0;
    }
    const there = desk.audit[open.name].length;
    setText(help, say(`waitsHelp_${open.name}`));
    empty.hidden = there > 0;
    cut.hidden = totalOf(open.name) <= FIRST;
    setText(cut, say('firstShown', { n: FIRST, all: count(totalOf(open.name)) }));
    if (drawn !== desk.audit) open.view.draw();
    drawn = desk.audit;
  }

  for (const one of lists) one.chip.addEventListener('click', () => { open = one; drawn = null; draw(); });
  return {
    root: element('section', { class: 'card', 'aria-label': say('part_pending') }, element('div', { class: 'chips', role: 'group' }, ...lists.map((one) => one.chip)), help,
      ...lists.map((one) => one.view.root), empty, cut),
    show: draw,
    count: () => totalOf('pending'),
  };
}
