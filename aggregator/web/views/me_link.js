// My screen on my phone: a QR code of its address, with the token behind the #, where no server sees it. Whoever scans it
// can post in my name, so it is drawn only when asked for, and is gone when it is closed.

import { generate } from 'lean-qr';
import { element } from '../dom.js';
import { language } from '../i18n.js';
import { linkWithToken } from '../desk/token.js';
import { say } from '../i18n_me.js';

const SVG = 'http://www.w3.org/2000/svg';
const MARGIN = 4; // modules of quiet around it, as readers want it

function draw(text) {
  const code = generate(text);
  const size = code.size + 2 * MARGIN;
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', `0 0 ${size} ${size}`);
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', say('qr'));
  const path = document.createElementNS(SVG, 'path');
  let steps = '';
  for (let y = 0; y < code.size; y += 1) {
    for (let x = 0; x < code.size; x += 1) if (code.get(x, y)) steps += `M${x + MARGIN} ${y + MARGIN}h1v1h-1z`;
  }
  path.setAttribute('d', steps);
  svg.append(path);
  return svg;
}

/** A button that shows it. */
export function linkButton(me) {
  const button = element('button', { type: 'button', class: 'plain' }, say('onMyPhone'));
  button.addEventListener('click', () => {
    const close = element('button', { type: 'button', class: 'primary' }, say('close'));
    const local = ['127.0.0.1', 'localhost', '[::1]'].includes(location.hostname);
    const dialog = element('dialog', { class: 'ask qr', 'aria-labelledby': 'qr-head' },
      element('h2', { id: 'qr-head' }, say('onMyPhone')),
      draw(linkWithToken('/me', me.contest.contest, me.server.token, language)),
      element('p', { class: 'warning' }, say('qrWarning')),
      local ? element('p', { class: 'quiet' }, say('qrLocal')) : null,
      element('div', { class: 'buttons' }, close));
    close.addEventListener('click', () => dialog.close());
    dialog.addEventListener('close', () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  });
  return button;
}
