// My sessions: planned, on air, over; with a button that says so to the contest when one begins or ends.

import { goesOn } from '../air.js';
import { ask } from '../desk/ask.js';
import { element, setText } from '../dom.js';
import { platformName } from '../entities.js';
import { language } from '../i18n.js';
import { say } from '../i18n_me.js';
import { fullMoney } from '../money.js';
import { dayAndMinute } from '../times.js';

function stageOf(session, row, ended, nowMs, state) {
  if (ended.has(session.id)) return 'over';
  if (row?.sessions > 0) return !goesOn(state) || nowMs > Date.parse(session.ends) + 6 * 3600 * 1000 ? 'over' : 'onAir';
  if (!goesOn(state)) return 'notHeld';
  return nowMs > Date.parse(session.ends) ? 'missed' : 'planned';
}

function makeRow(me, session, act) {
  const stage = element('span', { class: 'stage' });
  const net = element('span', { class: 'n' });
  const button = element('button', { type: 'button' });
  const platform = platformName(session.platform ?? '');
  button.addEventListener('click', () => act(session, button.dataset.act));
  return {
    root: element('li', { 'data-session': session.id },
      element('span', { class: 'what' }, element('b', {}, session.name ?? session.id), ' ', element('small', {}, platform), element('br'),
        element('small', {}, `${dayAndMinute(Date.parse(session.starts), me.clock.offset)} – ${dayAndMinute(Date.parse(session.ends), me.clock.offset).slice(-5)}`)),
      stage, net, button),
    show(now, row) {
      setText(stage, say(`stage_${now}`));
      stage.dataset.stage = now;
      setText(net, row ? fullMoney(row.net_fen, language) : '');
      button.dataset.act = now === 'onAir' ? 'session.ended' : 'session.started';
      button.className = now === 'onAir' ? 'plain' : 'primary';
      setText(button, say(now === 'onAir' ? 'endSession' : 'startSession'));
      button.hidden = now === 'over' || !goesOn(me.board.state) || !me.clock.isOpen();
    },
  };
}

export function makeMeSessions(me, send) {
  const list = element('ul', { class: 'sessions' });
  const empty = element('p', { class: 'empty', hidden: true }, say('noSessions'));
  const rows = new Map();
  const saidEnded = new Set(); // by this screen, before a receipt says so

  // The id is made of the session: however often it is tapped, on however many phones, it is one event.
  async function post(session, type) {
    send({ id: `${type}:${session.id}`.slice(0, 64), type, session: session.id, time: me.clock.rfc3339(me.clock.nowMs()) });
    if (type === 'session.ended') saidEnded.add(session.id);
  }

  function act(session, type) {
    const id = session.name ?? session.id;
    if (type === 'session.started') post(session, type);
    else ask({ title: say('endSession'), lines: [say('endSure', { id })], verb: say('endSession') }, () => post(session, type));
  }

  return {
    root: element('section', { class: 'card', 'aria-labelledby': 'sessions-head' }, element('h2', { id: 'sessions-head' }, say('mySessions')), list, empty),
    show(tally, receipts) {
      const own = me.contest.sessions.filter((one) => one.streamer === me.streamer.id)
        .sort((one, other) => Date.parse(one.starts) - Date.parse(other.starts));
      const ended = new Set([...saidEnded, ...receipts.filter((one) => one.type === 'session.ended').map((one) => one.session)]);
      empty.hidden = own.length > 0;
      for (const session of own) {
        if (!rows.has(session.id)) {
          rows.set(session.id, makeRow(me, session, act));
          list.append(rows.get(session.id).root);
        }
        const row = tally.find((one) => one.session === session.id);
        rows.get(session.id).show(stageOf(session, row, ended, me.clock.nowMs(), me.board.state), row);
      }
    },
  };
}
