// The presenter's window, on a second screen: what is on stage, what comes next, and the same two steps. It knows nothing by
// itself; the stage tells it, over a channel that stays inside this browser.

import { element, setText } from '../dom.js';
import { say } from '../i18n_reveal.js';
import { dayAndSecond, offsetOf } from '../times.js';

const ANSWER_MS = 2000;
const ASK_EVERY_MS = 1000;

export const channelName = (contest, stage) => `bochuang-reveal/${contest}/${stage}`;

export function makePresenter(contest, stage, root) {
  const channel = new BroadcastChannel(channelName(contest.contest, stage));
  const now = element('p', { class: 'big' });
  const next = element('p', { class: 'big next' });
  const later = element('p', {});
  const step = element('p', { class: 'quiet' });
  const clock = element('p', { class: 'clock', role: 'timer' });
  const lost = element('p', { class: 'notice', role: 'status' }, say('noStage'));
  const button = (label, command, kind) => {
    const made = element('button', { type: 'button', class: kind, 'data-command': command }, label);
    made.addEventListener('click', () => channel.postMessage({ command }));
    return made;
  };
  const offset = offsetOf(contest.opens);
  let heardAt = 0;
  root.replaceChildren(element('section', { class: 'presenter', 'aria-label': say('presenter') },
    element('div', { class: 'top' }, clock, step), element('p', { class: 'quiet' }, say('onlyHere')), lost,
    element('h2', {}, say('onStage')), now, element('h2', {}, say('comesNext')), next, element('h2', {}, say('afterThat')), later,
    element('div', { class: 'buttons' }, button(say('backward'), 'back', 'plain'), button(say('forward'), 'next', 'primary'))));

  channel.addEventListener('message', ({ data }) => {
    if (!data.shown) return;
    heardAt = Date.now();
    lost.hidden = true;
    setText(now, data.black ? say('black') : data.shown);
    setText(next, data.next);
    setText(later, data.later);
    setText(step, say('stepOf', { n: data.index + 1, all: data.count }));
  });
  const tick = () => {
    setText(clock, dayAndSecond(Date.now(), offset).slice(11));
    channel.postMessage({ command: 'tell' });
    if (heardAt && Date.now() - heardAt > ANSWER_MS) {
      setText(lost, say('stageLost'));
      lost.hidden = false;
    }
  };
  setInterval(tick, ASK_EVERY_MS);
  tick();
  return (command) => channel.postMessage({ command });
}
