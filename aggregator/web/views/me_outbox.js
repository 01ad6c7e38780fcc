// What has been entered and is not on the server's disk yet: always in sight while there is any.

import { element } from '../dom.js';
import { say } from '../i18n_me.js';
import { yuan } from '../money.js';

function words(me, event) {
  if (event.type !== 'order.paid') return say(`sending_${event.type}`, { id: event.session ?? event.of });
  const product = me.contest.products.find((one) => one.id === event.product);
  return say('saleWords', { product: product?.name ?? event.product, n: event.quantity, money: yuan(event.amount_fen) });
}

function button(label, act) {
  const made = element('button', { type: 'button', class: 'plain' }, label);
  made.addEventListener('click', act);
  return made;
}

/** Gives the outbox's `change`: it draws into me.outboxRoot. */
export function makeMeOutbox(me, actions) {
  const row = (entry) => element('li', { class: entry.refused ? 'refused' : 'unsent', 'data-id': entry.event.id },
    element('span', {}, words(me, entry.event)),
    entry.refused ? element('span', { class: 'why' }, say('notTaken', { why: entry.refused })) : null,
    entry.refused ? element('span', { class: 'buttons' },
      button(say('tryAgain'), () => actions.tryAgain(entry.event.id)),
      button(say('discard'), () => actions.discard(entry.event.id))) : null);

  return (entries, waiting) => {
    const unsent = entries.filter((entry) => !entry.refused).length;
    me.outboxRoot.hidden = entries.length === 0;
    me.outboxRoot.replaceChildren(
      element('h2', {}, say(unsent ? 'unsentCount' : 'refusedCount', { n: unsent || entries.length })),
      element('p', { class: 'quiet', role: 'status' }, unsent ? say(waiting ? 'keptSafe' : 'onTheWay') : ''),
      element('ul', {}, ...entries.map(row)));
  };
}
