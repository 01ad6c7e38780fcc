// Who is on air by the contest's plan, and who comes next.

import { element, setText } from '../dom.js';
import { nameOf, say } from '../i18n.js';
import { dayAndMinute } from '../times.js';

const MOST = 6;

function rowOf(session, streamers, offset) {
  const streamer = streamers.get(session.streamer);
  const time = (text) => dayAndMinute(Date.parse(text), offset).slice(6);
  return element('li', {}, element('span', {}, (streamer && nameOf(streamer)) || session.id),
    element('small', {}, `${time(session.starts)}–${time(session.ends)}`));
}

export function makeWallAir(root, contest, offset) {
  const streamers = new Map(contest.streamers.map((streamer) => [streamer.id, streamer]));
  const title = element('span', {});
  const list = element('ul', { class: 'air' });
  const more = element('small', {});
  root.replaceChildren(element('h2', {}, title, more), list);
  let shown = '';
  return {
    show(atMs) {
      const on = contest.sessions.filter((session) => Date.parse(session.starts) <= atMs && atMs < Date.parse(session.ends));
      const next = contest.sessions.filter((session) => Date.parse(session.starts) > atMs)
        .sort((a, b) => Date.parse(a.starts) - Date.parse(b.starts))[0];
      const key = `${on.map((session) => session.id)}|${next?.id}`;
      if (key === shown) return;
      shown = key;
      setText(title, say('onAir', { n: on.length }));
      root.classList.toggle('busy', on.length > 0);
      list.replaceChildren(...on.slice(0, MOST).map((session) => rowOf(session, streamers, offset)));
      const parts = [on.length > MOST && say('andMore', { n: on.length - MOST }),
        next && say('nextAt', { time: dayAndMinute(Date.parse(next.starts), offset) })];
      setText(more, parts.filter(Boolean).join(' · '));
    },
  };
}
