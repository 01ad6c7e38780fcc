// Who is on air, and who comes next: on the board as a card, gone where there is nobody.

import { hrefTo } from '../address.js';
import { makeAirPlan } from '../air.js';
import { element, setHidden } from '../dom.js';
import { say } from '../i18n.js';
import { dayAndMinute } from '../times.js';

const EVERY_MS = 15000;
const MOST = 8;
const NEXT_MOST = 3;

export function makeBoardAir(root, context) {
  const { contest, entities } = context;
  const aheadMs = contest.now_ms - Date.now(); // of the server's clock
  const plan = makeAirPlan(contest.sessions);
  let shown = '';

  const item = (session) => element('li', {}, element('a', { class: 'name', href: hrefTo({ see: 'session', id: session.id }) }, entities.name('streamer', session.streamer)),
    element('small', {}, ` ${dayAndMinute(session.fromMs, entities.offset).slice(6)}–${dayAndMinute(session.untilMs, entities.offset).slice(6)}`));

  function show() {
    const { on, next: all } = plan.at(Date.now() + aheadMs, context.board.state);
    const next = all.slice(0, NEXT_MOST);
    const key = [...on, ...next].map((session) => session.id).join();
    setHidden(root, key === '');
    if (key === shown) return;
    shown = key;
    root.replaceChildren(element('h2', {}, say('onAir', { n: on.length })), element('ul', { class: 'plain-list' }, ...on.slice(0, MOST).map(item)));
    if (on.length > MOST) root.append(element('p', { class: 'quiet' }, say('andMore', { n: on.length - MOST })));
    if (next.length) root.append(element('h3', {}, say('comesNext')), element('ul', { class: 'plain-list' }, ...next.map(item)));
  }

  show();
  const timer = setInterval(show, EVERY_MS);
  return { show, leave() { clearInterval(timer); } };
}
