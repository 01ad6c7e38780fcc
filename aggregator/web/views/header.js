// What must be in sight at all times: which contest, its state, as of when, and whether the line stands.

import { element, setAttribute, setHidden, setText } from '../dom.js';
import { addressWith, language, nameOf, say } from '../i18n.js';
import { dayAndMinute, dayAndSecond } from '../times.js';

const YEAR = 5; // letters of "2021-": left out where there is little room

const titleOf = (contest) => nameOf({ name: contest.title, name_en: contest.title_en });

function languageSwitch() {
  const other = language === 'zh' ? 'en' : null;
  const tag = other ?? 'zh-CN';
  return element('a', { class: 'switch', href: addressWith('lang', other), hreflang: tag, lang: tag },
    say('otherLanguage'));
}

function contestChooser(contests, chosen) {
  const select = element('select', { 'aria-label': say('chooseContest') },
    ...contests.map((contest) => element('option', { value: contest.contest, selected: contest.contest === chosen },
      titleOf(contest))));
  select.addEventListener('change', () => { location.search = addressWith('contest', select.value); });
  return select;
}

/** Builds the header once; the result's show(board) brings it up to date. */
export function makeHeader(root, notice, spoken, contests, contest) {
  const state = element('span', { class: 'state' });
  const year = element('span', { class: 'year' });
  const moment = element('span');
  const asOf = element('time', { class: 'as-of-time' }, year, moment);
  const line = element('span', { class: 'line' });
  root.replaceChildren(
    element('h1', {}, titleOf(contest)),
    element('div', { class: 'standing' },
      state,
      element('span', { class: 'as-of' }, `${say('asOf')} `, asOf),
      line),
    element('nav', { 'aria-label': say('product') },
      contests.length > 1 ? contestChooser(contests, contest.contest) : null,
      languageSwitch()));
  document.title = `${titleOf(contest)} · ${say('product')}`;

  let told = '';

  function noticeText(board) {
    const asOfText = board.asOfMs ? dayAndSecond(board.asOfMs, board.offset) : null;
    if (board.connection === 'lost') return asOfText ? say('notice_lost', { asOf: asOfText }) : say('notice_lost_empty');
    if (board.state === 'scheduled') return say('notice_scheduled', { opens: dayAndMinute(board.opensMs, board.offset) });
    if (board.state === 'frozen')
      return say('notice_frozen', { frozen: dayAndMinute(board.frozenAtMs ?? board.asOfMs, board.offset) });
    return board.state && board.state !== 'running' ? say(`notice_${board.state}`) : '';
  }

  // Only a change of state or of the line is spoken; figures that change five times a second are not.
  function speak(board, text) {
    const word = `${board.state}/${board.connection}`;
    if (word === told || board.connection === 'connecting') return;
    if (told !== '') setText(spoken, text || `${say(`state_${board.state}`)}. ${say(`connection_${board.connection}`)}`);
    told = word;
  }

  return {
    show(board) {
      setText(state, board.state ? say(`state_${board.state}`) : '…');
      setAttribute(state, 'data-state', board.state ?? '');
      const asOfText = board.asOfMs ? dayAndSecond(board.asOfMs, board.offset) : '';
      setText(year, asOfText.slice(0, YEAR));
      setText(moment, asOfText.slice(YEAR) || (board.connection === 'live' ? say('noEntryYet') : '–'));
      if (board.asOfMs) setAttribute(asOf, 'datetime', new Date(board.asOfMs).toISOString());
      setText(line, say(`connection_${board.connection}`));
      setAttribute(line, 'data-line', board.connection);

      const text = noticeText(board);
      setText(notice, text);
      setHidden(notice, text === '');
      setAttribute(notice, 'data-kind', board.connection === 'lost' ? 'lost' : board.state);
      document.body.classList.toggle('stale', board.connection !== 'live');
      speak(board, text);
    },
  };
}
