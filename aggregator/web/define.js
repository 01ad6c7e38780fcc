// The definition of a figure, one tap away: a small button that opens a dialog.

import { element } from './dom.js';
import { has, say } from './i18n.js';

let dialog = null;

function open(metric) {
  dialog?.remove();
  const close = element('button', { type: 'button', class: 'plain' }, say('close'));
  dialog = element('dialog', { class: 'definition-dialog', 'aria-labelledby': 'definition-of' },
    element('h2', { id: 'definition-of' }, say(metric)), element('p', {}, say(`define_${metric}`)), close);
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
  document.body.append(dialog);
  dialog.showModal();
}

/** A button for the metric's definition, or null where it has none. */
export function defineButton(metric) {
  if (!has(`define_${metric}`)) return null;
  const button = element('button', { type: 'button', class: 'define', 'aria-label': say('defineOf', { metric: say(metric) }), 'aria-haspopup': 'dialog' }, '?');
  button.addEventListener('click', (event) => {
    event.stopPropagation();
    open(metric);
  });
  return button;
}
