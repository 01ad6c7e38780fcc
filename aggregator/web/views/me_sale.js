// The form for a sale made offline: a sheet at the lower edge, where a thumb reaches. Once it is put down the form is
// gone and says so, hence a second tap finds nothing to send again.

import { element, setText } from '../dom.js';
import { nameOf } from '../i18n.js';
import { fenOf } from '../desk/amount.js';
import { say } from '../i18n_me.js';
import { yuan } from '../money.js';
import { dayAndMinute } from '../times.js';

const MOST_FEN = 100_000_000_000;
const MOST_PIECES = 1_000_000;

// Own county's products first: most sales are of them.
function productGroups(me) {
  const own = (product) => product.county === me.streamer.county;
  return [[say('ownCounty'), me.contest.products.filter(own)], [say('otherCounties'), me.contest.products.filter((one) => !own(one))]]
    .filter(([, products]) => products.length > 0)
    .map(([label, products]) => element('optgroup', { label }, ...products.map((one) => element('option', { value: one.id }, nameOf(one)))));
}

// The session on air, or else the last one that has begun, or else the first.
function likelySession(sessions, nowMs) {
  const begun = sessions.filter((one) => Date.parse(one.starts) <= nowMs);
  return begun.find((one) => Date.parse(one.ends) >= nowMs) ?? begun.at(-1) ?? sessions[0];
}

function sessionOptions(me) {
  const own = me.contest.sessions.filter((one) => one.streamer === me.streamer.id)
    .sort((one, other) => Date.parse(one.starts) - Date.parse(other.starts));
  const likely = likelySession(own, me.clock.nowMs());
  return own.map((one) => element('option', { value: one.id, selected: one === likely },
    `${one.name ?? one.id} · ${dayAndMinute(Date.parse(one.starts), me.clock.offset)}`));
}

function makeStepper() {
  const field = element('input', { id: 'sale-quantity', type: 'text', inputmode: 'numeric', value: '1', required: true, autocomplete: 'off' });
  const step = (by) => {
    const made = element('button', { type: 'button', class: 'step', 'aria-label': say(by > 0 ? 'more' : 'fewer') }, by > 0 ? '+' : '−');
    made.addEventListener('click', () => { field.value = Math.min(MOST_PIECES, Math.max(1, (Number(field.value) || 0) + by)); });
    return made;
  };
  return { field, root: element('div', { class: 'stepper' }, step(-1), field, step(1)) };
}

function makeFields(me) {
  const stepper = makeStepper();
  const fields = {
    product: element('select', { id: 'sale-product', required: true }),
    quantity: stepper.field,
    amount: element('input', { id: 'sale-amount', type: 'text', inputmode: 'decimal', required: true, autocomplete: 'off', placeholder: '0.00', 'aria-describedby': 'sale-why' }),
    session: element('select', { id: 'sale-session', required: true }),
    time: element('input', { id: 'sale-time', type: 'datetime-local', required: true }),
  };
  const labelled = (name, node) => element('div', { class: 'field' }, element('label', { for: `sale-${name}` }, say(`sale_${name}`)), node);
  const times = element('details', { class: 'field when' }, element('summary', {}), labelled('session', fields.session), labelled('time', fields.time));
  const nodes = [labelled('product', fields.product),
    element('div', { class: 'pair' }, labelled('quantity', stepper.root), labelled('amount', fields.amount)), times];
  return { fields, nodes, times };
}

// The event, or the sentence that says what is missing.
function read(me, fields, timeTouched) {
  const amount = fenOf(fields.amount.value);
  const quantity = /^\d{1,7}$/.test(fields.quantity.value.trim()) ? Number(fields.quantity.value) : 0;
  const timeMs = timeTouched ? me.clock.fromField(fields.time.value) : me.clock.nearestMs();
  if (!fields.session.value) return { why: say('needSession') };
  if (!fields.product.value) return { why: say('needProduct') };
  if (quantity < 1 || quantity > MOST_PIECES) return { why: say('needQuantity'), at: fields.quantity };
  if (amount === null || amount > MOST_FEN) return { why: say('needAmount'), at: fields.amount };
  if (Number.isNaN(timeMs)) return { why: say('needTime'), at: fields.time };
  return {
    event: {
      type: 'order.paid', time: me.clock.rfc3339(timeMs), session: fields.session.value, product: fields.product.value,
      quantity, amount_fen: amount, channel: 'offline',
    },
  };
}

function makeDone(again, close) {
  const words = element('p', { class: 'big' });
  const promise = element('p', { class: 'quiet' });
  return {
    root: element('div', { class: 'done', role: 'status', hidden: true }, words, promise, element('div', { class: 'buttons' }, close, again)),
    show(me, event, kept) {
      const product = me.contest.products.find((one) => one.id === event.product);
      setText(words, `✓ ${say('saleWords', { product: nameOf(product ?? { name: event.product }), n: event.quantity, money: yuan(event.amount_fen) })}`);
      setText(promise, say(!kept ? 'notKept' : me.contest.offline_needs_approval ? 'putDownPending' : 'putDown'));
    },
  };
}

export function makeMeSale(me, send) {
  const { fields, nodes, times } = makeFields(me);
  const why = element('p', { id: 'sale-why', class: 'wrong', role: 'alert' });
  const close = () => element('button', { type: 'button', class: 'plain' }, say('close'));
  const cancel = close();
  const shut = close();
  const again = element('button', { type: 'button', class: 'primary' }, say('another'));
  const put = element('button', { type: 'submit', class: 'primary' }, say('putSale'));
  const form = element('form', { novalidate: true }, ...nodes, why, element('div', { class: 'buttons' }, cancel, put));
  const done = makeDone(again, shut);
  const sheet = element('dialog', { class: 'sheet', 'aria-labelledby': 'sale-head' }, element('h2', { id: 'sale-head' }, say('offlineSale')), form, done.root);
  const open = element('button', { type: 'button', class: 'primary thumb' }, `＋ ${say('offlineSale')}`);
  let timeTouched = false;

  function begin() {
    timeTouched = false;
    form.hidden = false;
    done.root.hidden = true;
    fields.quantity.value = '1';
    fields.amount.value = '';
    fields.time.value = me.clock.toField(me.clock.nearestMs());
    fields.session.replaceChildren(...sessionOptions(me));
    setText(times.querySelector('summary'), say(me.clock.isOpen() ? 'soldNow' : 'soldThen', { time: dayAndMinute(me.clock.nearestMs(), me.clock.offset) }));
    times.open = !me.clock.isOpen();
    setText(why, '');
    fields.amount.focus();
  }

  function submit(event) {
    event.preventDefault();
    if (form.hidden) return;
    const found = read(me, fields, timeTouched);
    setText(why, found.why ?? '');
    found.at?.focus();
    if (!found.event) return;
    form.hidden = true;
    done.root.hidden = false;
    done.show(me, found.event, send(found.event));
    again.focus();
  }

  fields.time.addEventListener('input', () => { timeTouched = true; });
  form.addEventListener('submit', submit);
  again.addEventListener('click', begin);
  [cancel, shut].forEach((button) => button.addEventListener('click', () => sheet.close()));
  open.addEventListener('click', () => { sheet.showModal(); begin(); });
  fields.product.replaceChildren(...productGroups(me));
  return {
    root: element('div', { class: 'thumb-bar' }, open, sheet),
    /** Nothing can be put down before the contest opens, or once it is closed. A product registered meanwhile can be
     * chosen; what is chosen stays. */
    refresh(state) {
      open.hidden = state !== 'running' && state !== 'frozen';
      if (fields.product.querySelectorAll('option').length === me.contest.products.length) return;
      const chosen = fields.product.value;
      fields.product.replaceChildren(...productGroups(me));
      fields.product.value = chosen;
    },
  };
}
