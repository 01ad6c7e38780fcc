// The first page of the board: finds the contest, builds the views once, and lets the live stream fill them.
//
//   /v1/contests ─▶ which one ─▶ /v1/contests/{c} (names, windows) ─▶ …/live ─▶ board ─▶ header, totals, rankings

import { element } from './dom.js';
import { language, say } from './i18n.js';
import { followLive, readDocument } from './live.js';
import { offsetOf } from './times.js';
import { makeHeader } from './views/header.js';
import { makeRankings } from './views/rankings.js';
import { makeTotals } from './views/totals.js';

const place = (id) => document.getElementById(id);

function tell(text) {
  place('notice').textContent = text;
  place('notice').hidden = text === '';
}

const waiting = (why) => tell(say('waiting', { why }));

function offsetText(minutes) {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '−' : '+'}${Math.floor(size / 60)}${size % 60 ? `:${size % 60}` : ''}`;
}

// What the header shows; the live stream changes it.
function makeBoard(contest) {
  return {
    connection: 'connecting',
    state: contest.state,
    asOfMs: 0,
    opensMs: contest.windows.opens_ms,
    frozenAtMs: contest.frozen_at_ms,
    offset: offsetOf(contest.opens),
  };
}

async function chooseContest() {
  const { contests } = await readDocument('/v1/contests', waiting) ?? { contests: [] };
  const wanted = new URLSearchParams(location.search).get('contest');
  const chosen = wanted ?? contests[0]?.contest;
  return { contests, chosen };
}

function follow(contest, header, totals, rankings) {
  const board = makeBoard(contest);
  let shownSteps = contest.state;

  // A new state may come with what only the contest's document says: since when it is frozen.
  async function readAgain() {
    const now = await readDocument(`/v1/contests/${encodeURIComponent(contest.contest)}`, () => {});
    board.frozenAtMs = now?.frozen_at_ms ?? null;
    header.show(board);
  }

  followLive(contest.contest, {
    message(kind, message) {
      board.state = message.state;
      board.asOfMs = message.as_of_ms;
      totals.show(message.totals);
      rankings.show(message.rankings);
      if (message.state !== shownSteps) readAgain();
      shownSteps = message.state;
    },
    connection(state) {
      board.connection = state;
      header.show(board);
    },
  });
}

async function start() {
  document.documentElement.lang = language === 'en' ? 'en' : 'zh-CN';
  place('skip').textContent = say('skip');
  const { contests, chosen } = await chooseContest();
  if (!chosen) {
    tell(say('noContest'));
    return;
  }
  const contest = await readDocument(`/v1/contests/${encodeURIComponent(chosen)}`, waiting);
  if (!contest) {
    tell(say('unknownContest', { id: chosen }));
    return;
  }
  tell('');
  const header = makeHeader(place('header'), place('notice'), place('spoken'), contests, contest);
  place('footer').replaceChildren(element('p', {}, say('footer', { offset: offsetText(offsetOf(contest.opens)) })));
  follow(contest, header, makeTotals(place('totals')), makeRankings(place('rankings'), contest));
}

start();
