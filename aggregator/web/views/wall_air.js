// Who is on air, what each has sold so far, and who comes next. A session that has not reported its start is shown as one
// that is awaited.

import { goesOn, makeAirPlan } from '../air.js';
import { element, setText } from '../dom.js';
import { language, nameOf, say } from '../i18n.js';
import { tinyMoney } from '../money.js';
import { dayAndMinute } from '../times.js';

const MOST = 6;

function makeRow(session, streamers, offset) {
  const streamer = streamers.get(session.streamer);
  const value = element('b', {});
  const root = element('li', {}, element('span', {}, (streamer && nameOf(streamer)) || session.id),
    element('small', {}, say('airUntil', { time: dayAndMinute(session.untilMs, offset).slice(6) })), value);
  return {
    root,
    show(figures) {
      root.classList.toggle('held', figures?.sessions > 0);
      setText(value, figures ? tinyMoney(figures.net_fen, language) : '');
    },
  };
}

export function makeWallAir(root, contest, offset) {
  const streamers = new Map(contest.streamers.map((streamer) => [streamer.id, streamer]));
  const title = element('span', {});
  const list = element('ul', { class: 'air' });
  const more = element('small', {});
  root.replaceChildren(element('h2', {}, title, more), list);
  const plan = makeAirPlan(contest.sessions);
  let shown = '';
  let rows = new Map();
  let figures = new Map();

  const showFigures = () => rows.forEach((row, id) => row.show(figures.get(id)));

  return {
    /** rows of tally?by=session */
    sales(tally) {
      figures = new Map(tally.map((row) => [row.session, row]));
      showFigures();
    },
    show(atMs, state) {
      const { on, next: [next] } = plan.at(atMs, state);
      const key = `${on.map((session) => session.id)}|${next?.id}|${goesOn(state)}`;
      if (key === shown) return;
      shown = key;
      setText(title, goesOn(state) ? say('onAir', { n: on.length }) : say('airOver'));
      root.classList.toggle('busy', on.length > 0);
      rows = new Map(on.slice(0, MOST).map((session) => [session.id, makeRow(session, streamers, offset)]));
      list.replaceChildren(...[...rows.values()].map((row) => row.root));
      showFigures();
      const parts = [on.length > MOST && say('andMore', { n: on.length - MOST }),
        next && say('nextAt', { time: dayAndMinute(next.fromMs, offset) })];
      setText(more, parts.filter(Boolean).join(' · '));
    },
  };
}
