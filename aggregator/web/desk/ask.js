// Asks before something is done that others will see: what it does, what it changes, a reason where one is wanted. The
// answer is on the button, in the words of the deed; Escape and the way back are always there.

import { element, setText } from '../dom.js';
import { say } from '../i18n_desk.js';

const REASON_MOST_BYTES = 500;

const bytesOf = (text) => new TextEncoder().encode(text).length;

function reasonField(optional) {
  const field = element('textarea', { id: 'ask-reason', rows: '2', required: !optional, 'aria-describedby': 'ask-why' });
  return { field, root: element('div', { class: 'field' }, element('label', { for: 'ask-reason' }, say(optional ? 'reasonIfAny' : 'reason')), field) };
}

const reasonWrong = (text, optional) => (text === '' && !optional ? say('needReason')
  : bytesOf(text) > REASON_MOST_BYTES ? say('longReason', { n: bytesOf(text) }) : '');

/**
 * `what`: {title, lines: sentences or nodes, verb, danger, reason: 'needed' | 'optional' | none}. `act(reason)` does
 * it; what it throws is shown, and it can be tried again. Resolves with true once it is done, false where it is not.
 */
export function ask(what, act) {
  return new Promise((resolve) => {
    const reason = what.reason ? reasonField(what.reason === 'optional') : null;
    const why = element('p', { id: 'ask-why', class: 'wrong', role: 'alert' });
    const back = element('button', { type: 'button', class: 'plain' }, say('back'));
    const verb = element('button', { type: 'submit', class: what.danger ? 'primary danger' : 'primary' }, what.verb);
    const form = element('form', { novalidate: true },
      ...what.lines.map((line) => (typeof line === 'string' ? element('p', {}, line) : line)),
      reason?.root, why, element('div', { class: 'buttons' }, back, verb));
    const dialog = element('dialog', { class: 'ask', 'aria-labelledby': 'ask-head' }, element('h2', { id: 'ask-head' }, what.title), form);
    let done = false;

    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      const text = reason?.field.value.trim() ?? '';
      const wrong = reason ? reasonWrong(text, what.reason === 'optional') : '';
      setText(why, wrong);
      if (wrong || verb.disabled) return;
      verb.disabled = true;
      try {
        await act(text);
        done = true;
        dialog.close();
      } catch (refusal) {
        setText(why, refusal.body?.errors?.[0]?.message || refusal.message || say('noAnswer'));
        verb.disabled = false;
      }
    });
    back.addEventListener('click', () => dialog.close());
    dialog.addEventListener('close', () => { dialog.remove(); resolve(done); });
    document.body.append(dialog);
    dialog.showModal();
    (reason?.field ?? back).focus();
  });
}
