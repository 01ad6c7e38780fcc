// The heads of the hash chains: what pins down every entry before it. Whoever writes one down can later hold an evidence
// file against it (`bochuang verify`).

import { element } from '../dom.js';
import { say } from '../i18n.js';

const READ_EVERY_MS = 15000;
const SHORT = 16; // digits that one can compare by eye

export const headList = (chains) => element('ul', { class: 'heads' }, ...chains.map(({ log_id, head }) => element('li', {},
  element('code', {}, head), ` · ${say('headAfter', { id: log_id })}`)));

/** A line that opens: the heads as of now, of what this page shows. */
export function makeChain(context) {
  const summary = element('summary', {});
  const body = element('div', {});
  const root = element('details', { class: 'chain', hidden: true }, summary, body);
  let shown = '';

  async function read() {
    const answer = await context.read('chains');
    if (!answer || answer.version === shown) return;
    shown = answer.version;
    summary.textContent = `${say('chainHead')} ${answer.chains.map(({ head }) => head.slice(0, SHORT)).join(' ')}`;
    body.replaceChildren(element('p', {}, say('chainWhat')), headList(answer.chains));
    root.hidden = false;
  }

  context.onChange(read, READ_EVERY_MS);
  return root;
}
