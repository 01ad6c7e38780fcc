// The desk of judges and organisers: what the public sees beside what is true, all that waits for a decision, and every
// decision with its reason.
//
//   enter (token) ─▶ two live streams: public, live ─▶ figures side by side
//                    readings: audit, results, rankings ─▶ the part that is open      read again when a stream or an action says so

import { element } from './dom.js';
import { makeClock } from './desk/clock.js';
import { makeDesk } from './desk/desk.js';
import { enter, findContest, leaveButton, tell } from './desk/enter.js';
import { followView } from './desk/live_view.js';
import { makeThrottle } from './desk/throttle.js';
import { forgetToken } from './desk/token.js';
import { say } from './i18n_judge.js';
import { followLive } from './live.js';
import { makeHeader } from './views/header.js';
import { makeJudgeEvents } from './views/judge_events.js';
import { makeJudgeHistory } from './views/judge_history.js';
import { makeJudgeMarks } from './views/judge_marks.js';
import { makeJudgeOverview } from './views/judge_overview.js';
import { makeJudgePending } from './views/judge_pending.js';
import { makeJudgeRegister } from './views/judge_register.js';
import { makeJudgeResults } from './views/judge_results.js';
import { makeJudgeStreamers } from './views/judge_streamers.js';

const READ_EVERY_MS = 1500;
const AGAIN_MS = 2000;
const AUDIT_MOST = 10000; // as many as the board gives: all actions, at the start
const AUDIT_NEWEST = 500;

const PARTS = {
  overview: makeJudgeOverview,
  pending: makeJudgePending,
  events: makeJudgeEvents,
  marks: makeJudgeMarks,
  streamers: makeJudgeStreamers,
  results: makeJudgeResults,
  register: makeJudgeRegister,
  history: makeJudgeHistory,
};

const place = (id) => document.getElementById(id);

// Tabs that are links: each part has an address, and the way back works.
function makeParts(desk) {
  const parts = Object.entries(PARTS).map(([name, make]) => {
    const view = make(desk);
    view.root.classList.add('part');
    view.root.dataset.name = name; // no id: the browser shall not scroll to it, below what stands fast
    return { name, view, tab: element('a', { href: `#${name}`, class: 'chip', 'data-part': name }, say(`part_${name}`), element('span', { class: 'count' })) };
  });
  const loading = element('p', { class: 'empty', role: 'status' }, say('loading'));
  let open = null;

  // Before all has been read a part would say "none" of what nobody knows yet.
  function show() {
    loading.hidden = desk.known;
    for (const part of parts) part.view.root.hidden = part !== open || !desk.known;
    if (desk.known) open.view.show();
  }

  function choose() {
    const wanted = parts.find((part) => `#${part.name}` === location.hash);
    if (open && !wanted) return; // a link within the page: the way past the header
    open = wanted ?? parts[0];
    scrollTo(0, 0);
    for (const part of parts) {
      if (part === open) part.tab.setAttribute('aria-current', 'page');
      else part.tab.removeAttribute('aria-current');
    }
    open.tab.scrollIntoView({ block: 'nearest', inline: 'center' });
    show();
  }

  addEventListener('hashchange', choose);
  place('main').replaceChildren(
    element('nav', { class: 'chips parts', 'aria-label': say('parts') }, ...parts.map((part) => part.tab)),
    loading, ...parts.map((part) => part.view.root));
  return {
    choose,
    show() {
      show();
      for (const part of parts) part.tab.querySelector('.count').textContent = part.view.count?.() || '';
    },
  };
}

/**
 * The newest of everything; and all actions, since marks and disqualifications add up over them. So the first reading is
 * a long one, and later ones are short as long as they reach back to what is known.
 */
async function readAudit(desk) {
  const known = desk.audit.actions;
  const newest = await desk.server.read(`audit?limit=${known.length ? AUDIT_NEWEST : AUDIT_MOST}`);
  if (known.length === 0 || newest.actions.length === 0) return newest;
  const overlap = known.findIndex((entry) => entry.log_id === newest.actions[0].log_id);
  if (overlap < 0) return { ...newest, actions: (await desk.server.read(`audit?limit=${AUDIT_MOST}`)).actions };
  return { ...newest, actions: [...known.slice(0, overlap), ...newest.actions] };
}

// A contest is changed by registrations: what is known of it is read again with everything else.
async function readAll(desk, board) {
  const [contest, rankings, audit, results] = await Promise.all([
    desk.server.read(''), desk.server.read('rankings?view=live'), readAudit(desk), desk.server.read('results')]);
  Object.assign(desk.contest, contest);
  desk.rankings = rankings.rankings;
  desk.audit = audit;
  desk.results = results;
  desk.known = true;
  board.state = contest.state;
  board.frozenAtMs = contest.frozen_at_ms;
}

// Three lines, and what is shown is only as good as the worst of them.
function makeLines(board, header) {
  const lines = { public: 'connecting', live: 'connecting', readings: 'live' };
  return (line, state) => {
    lines[line] = state;
    const all = Object.values(lines);
    board.connection = ['lost', 'connecting'].find((one) => all.includes(one)) ?? 'live';
    header.show(board);
  };
}

function follow(desk, board, header, parts) {
  const set = makeLines(board, header);
  const read = makeThrottle(async () => {
    await readAll(desk, board);
    set('readings', 'live');
    parts.show();
  }, READ_EVERY_MS, (refusal) => {
    if (refusal.status === 401) out(desk);
    else set('readings', 'lost');
    setTimeout(read, AGAIN_MS);
  });

  function take(view, message) {
    desk.totals[view] = { ...message.totals, as_of_ms: message.as_of_ms };
    desk.contest.state = message.state;
    board.state = message.state;
    parts.show();
  }

  followLive(desk.contest.contest, { message: (kind, message) => take('public', message), connection: (state) => set('public', state) });
  followView(desk.server, {
    message(kind, message) {
      board.asOfMs = message.as_of_ms;
      take('live', message);
      read();
    },
    connection(state) {
      set('live', state);
      if (state === 'live') read();
    },
    refused: () => out(desk),
  });
  return read;
}

function out(desk) {
  forgetToken(desk.contest.contest);
  tell(say('badToken'), 'lost');
  place('main').replaceChildren();
  setTimeout(() => location.reload(), 3000);
}

async function start() {
  const { contests, contest } = await findContest();
  if (!contest) return;
  const header = makeHeader(place('header'), place('notice'), place('spoken'), contests, contest);
  const { whose, server } = await enter('judge', contest, ['judge', 'organiser']);
  const clock = makeClock(contest);
  const board = {
    connection: 'connecting', state: contest.state, asOfMs: 0, offset: clock.offset,
    opensMs: contest.windows.opens_ms, closesMs: contest.windows.closes_ms, frozenAtMs: contest.frozen_at_ms,
  };
  const desk = makeDesk(contest, whose, server, clock);
  document.querySelector('#header nav').prepend(
    element('span', { class: 'whoami' }, say(`who_${whose.role}`), whose.label ? ` · ${whose.label}` : ''), leaveButton(contest));
  const parts = makeParts(desk);
  parts.choose();
  desk.changed = follow(desk, board, header, parts);
}

start();
