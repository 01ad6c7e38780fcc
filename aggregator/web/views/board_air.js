// Who is on air by the plan, and who comes next: on the board as a card, gone once the contest lies behind.

import { hrefTo } from '../address.js';
import { element } from '../dom.js';
import { say } from '../i18n.js';
import { dayAndMinute } from '../times.js';

const EVERY_MS = 15000;
const MOST = 8;

export function makeBoardAir(root, context) {
  const { contest, entities } = context;
  const aheadMs = contest.now_ms - Date.now(); // of the server's clock
  const plan = contest.sessions.filter((session) => session.starts && session.ends)
    .map((session) => ({ id: session.id, streamer: session.streamer, fromMs: Date.parse(session.starts), untilMs: Date.parse(session.ends) }))
    .sort((a, b) => a.fromMs - b.fromMs);
  let shown = '';

  const item = (session) => element('li', {}, element('a', { class: 'name', href: hrefTo({ see: 'session', id: session.id }) }, entities.name('streamer', session.streamer)),
    element('small', {}, ` ${dayAndMinute(session.fromMs, entities.offset).slice(6)}–${dayAndMinute(session.untilMs, entities.offset).slice(6)}`));

  function show() {
    const nowMs = Date.now() + aheadMs;
    const on = plan.filter((session) => session.fromMs <= nowMs && nowMs < session.untilMs);
    const next = plan.filter((session) => session.fromMs > nowMs).slice(0, 3);
    const key = [...on, ...next].map((session) => session.id).join();
    root.hidden = key === '';
    if (key === shown) return;
    shown = key;
    root.replaceChildren(element('h2', {}, say('onAir', { n: on.length })), element('ul', { class: 'plain-list' }, ...on.slice(0, MOST).map(item)));
    if (on.length > MOST) root.append(element('p', { class: 'quiet' }, say('andMore', { n: on.length - MOST })));
    if (next.length) root.append(element('h3', {}, say('comesNext')), element('ul', { class: 'plain-list' }, ...next.map(item)));
  }

  show();
  const timer = setInterval(show, EVERY_MS);
  return { leave() { clearInterval(timer); } };
}
