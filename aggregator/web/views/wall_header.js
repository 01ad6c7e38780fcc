// The wall's head: which contest, its state, as of when, whether the line stands, and how long there is to go.

import { element, setText } from '../dom.js';
import { nameOf, say } from '../i18n.js';
import { dayAndMinute, dayAndSecond } from '../times.js';

const two = (value) => String(value).padStart(2, '0');

/** "2 天 03:04:05", "03:04:05" */
function spanText(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':');
  const days = Math.floor(seconds / 86400);
  return days ? say('daysAndClock', { days, clock }) : clock;
}

// What the clock counts to; nothing once the contest's own times lie behind.
function aim(board, nowMs) {
  if (board.state === 'scheduled' && board.opensMs > nowMs) return { key: 'untilOpen', ms: board.opensMs - nowMs };
  const going = board.state === 'running' || board.state === 'frozen';
  if (going && board.closesMs > nowMs) return { key: 'untilClose', ms: board.closesMs - nowMs };
  return null;
}

function sentence(board, nowMs) {
  if (board.connection === 'lost') {
    const asOf = board.asOfMs && dayAndSecond(board.asOfMs, board.offset);
    return asOf ? say('notice_lost', { asOf }) : say('notice_lost_empty');
  }
  if (board.state === 'scheduled') return say('notice_scheduled', { opens: dayAndMinute(board.opensMs, board.offset) });
  if (board.state === 'frozen') {
    const frozen = say('notice_frozen', { frozen: dayAndMinute(board.frozenAtMs ?? board.asOfMs, board.offset) });
    const minutes = Math.ceil((board.closesMs - nowMs) / 60000);
    return minutes > 0 ? `${frozen} ${say('minutesLeft', { minutes })}` : frozen;
  }
  return board.state === 'running' ? '' : say(`notice_${board.state}`);
}

/** Builds the head once; show(board, nowMs) brings it up to date, also each second for the clock. */
export function makeWallHeader(root, notice, spoken, contest) {
  const title = nameOf({ name: contest.title, name_en: contest.title_en });
  const state = element('span', { class: 'state' });
  const asOf = element('time', {});
  const line = element('span', { class: 'line' });
  const label = element('span', { class: 'label' });
  const clock = element('span', { class: 'clock', role: 'timer' });
  const countdown = element('p', { class: 'countdown' }, label, clock);
  let told = '';
  root.replaceChildren(
    element('h1', {}, title),
    element('p', { class: 'standing' }, state, line, element('span', { class: 'as-of' }, `${say('asOf')} `, asOf)),
    countdown);
  document.title = `${title} · ${say('product')}`;

  function showCountdown(board, nowMs) {
    const to = aim(board, nowMs);
    countdown.hidden = !to;
    if (!to) return;
    setText(label, say(to.key));
    setText(clock, spanText(to.ms));
  }

  return {
    show(board, nowMs) {
      setText(state, say(`state_${board.state}`));
      state.dataset.state = board.state;
      setText(asOf, board.asOfMs ? dayAndSecond(board.asOfMs, board.offset) : say('noEntryYet'));
      setText(line, say(`connection_${board.connection}`));
      line.dataset.line = board.connection;
      showCountdown(board, nowMs);
      const text = sentence(board, nowMs);
      setText(notice, text);
      notice.hidden = text === '';
      notice.dataset.kind = board.connection === 'lost' ? 'lost' : board.state;
      document.body.classList.toggle('stale', board.connection !== 'live');
      const word = `${board.state}/${board.connection}`;
      if (word !== told && told !== '') setText(spoken, text || say(`state_${board.state}`));
      told = word;
    },
  };
}
