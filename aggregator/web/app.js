// The board: finds the contest, follows its live stream, and shows what the address asks for.
//
//   /v1/contests ─▶ which one ─▶ /v1/contests/{c} (names, windows) ─▶ …/live ─▶ header, and the view that is open
//                                                  address ─▶ view ───▶ …/tally, …/rankings, …/series when something changed

import { followAddress, hrefTo } from './address.js';
import { readAnew } from './document.js';
import { element, makeThrottle } from './dom.js';
import { makeEntities, WITH_PAGE } from './entities.js';
import { language, learn, nameOf, say } from './i18n.js';
import { followLive, readDocument } from './live.js';
import { BOARD_SENTENCES } from './sentences_board.js';
import { dayAndSecond, offsetOf } from './times.js';
import { makeChain } from './views/chain.js';
import { makeEntityPage } from './views/entity.js';
import { makeHeader } from './views/header.js';
import { makeOverview } from './views/overview.js';
import { makeRankingPage } from './views/ranking.js';
import { makeResultsPage } from './views/results.js';
import { makeSearchField, makeSearchPage } from './views/search.js';
import { makeTallyPage } from './views/tally.js';

learn(BOARD_SENTENCES);

const PATIENCE_MS = 8000;

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
  return { contests, chosen: wanted ?? contests[0]?.contest };
}

/** What every view is given: the contest, its names, how to read of it, and when something has changed. */
function makeContext(contest, board) {
  const listeners = new Set();
  const path = `/v1/contests/${encodeURIComponent(contest.contest)}`;
  const context = {
    contest,
    path,
    board,
    entities: makeEntities(contest),
    latest: null,
    rankings: {},

    /** One of the board's answers, or null: the live stream says whether the line stands, the next change reads anew. */
    async read(what) {
      try {
        const answer = await fetch(`${path}/${what}`, { cache: 'no-cache', signal: AbortSignal.timeout(PATIENCE_MS) });
        return answer.ok ? await answer.json() : null;
      } catch {
        return null;
      }
    },

    /** Reads now, and again after a change, at most once in `everyMs`; not while nobody looks. Returns what ends it. */
    onChange(work, everyMs) {
      const throttled = makeThrottle(work, everyMs * (0.75 + Math.random() / 2));
      const run = () => { if (!document.hidden) throttled(); };
      listeners.add(run);
      run();
      return () => listeners.delete(run);
    },
    changed: () => listeners.forEach((run) => run()),

    /** A file's name says what it is and as of when: "youxian-2021-counties-20211129-180005". */
    fileName(parts) {
      const asOf = board.asOfMs ? [dayAndSecond(board.asOfMs, board.offset).replaceAll(/[-:]/g, '').replace(' ', '-')] : [];
      return [contest.contest, ...parts, ...asOf].join('-').replaceAll(/[^\w.-]+/g, '_');
    },

    marks() {
      const freezesMs = board.frozenAtMs ?? contest.windows.freezes_ms;
      return freezesMs ? [{ ms: freezesMs, name: say('markFreeze') }] : [];
    },
  };
  document.addEventListener('visibilitychange', context.changed);
  return context;
}

const VIEWS = {
  ranking: makeRankingPage,
  tally: makeTallyPage,
  search: makeSearchPage,
  results: makeResultsPage,
  ...Object.fromEntries(WITH_PAGE.map((kind) => [kind, (root, context, { id }) => makeEntityPage(root, context, kind, id)])),
};

function makeNothing(root, address) {
  const heading = element('h2', { tabindex: '-1' }, say('nothingHere', { id: address.id ?? address.see }));
  root.replaceChildren(element('section', { class: 'card' }, heading, element('p', {}, element('a', { href: hrefTo({}) }, say('nav_overview')))));
  return { title: heading.textContent, heading, leave() {} };
}

// Another page of this board, of the same contest in the same language.
const doorTo = (page, name) => element('a', { href: `${page}${hrefTo({})}`.replace(/\/$/, '') }, say(name));

// The screens for people with a token, and the reveal.
const makeDoors = () => element('p', { class: 'doors' }, doorTo('/me', 'door_me'), doorTo('/judge', 'door_judge'), doorTo('/reveal', 'door_reveal'));

// One link a kind of page; the one that is open is marked.
function makeTabs(context) {
  const kinds = [['', 'nav_overview'], ['ranking', 'nav_rankings'], ['tally', 'nav_tally'], ['results', 'nav_results'], ['search', 'searchShort']];
  const links = kinds.map(([see, name]) => element('a', { href: hrefTo({ see }), 'data-see': see }, say(name)));
  const wall = doorTo('/wall', 'nav_wall');
  return {
    root: element('nav', { class: 'pages', 'aria-label': say('views') }, ...links, wall, makeSearchField(context)),
    mark(see) {
      links.forEach((link) => {
        if (link.dataset.see === see) link.setAttribute('aria-current', 'page');
        else link.removeAttribute('aria-current');
      });
    },
  };
}

/** Shows the view of the address in `main`; the one before it is left. */
function makeStage(context, tabs, title) {
  const main = place('main');
  let view = null;
  let first = true;
  return {
    show(address) {
      view?.leave?.();
      const see = address.see ?? '';
      main.className = '';
      view = see === '' ? makeOverview(main, context) : VIEWS[see]?.(main, context, address) ?? makeNothing(main, address);
      tabs.mark(see);
      document.title = [view.title, title, say('product')].filter(Boolean).join(' · ');
      if (!first) {
        scrollTo(0, 0);
        (view.heading ?? main).focus({ preventScroll: true });
      }
      first = false;
    },
    message: (message) => view?.show?.(message, context.rankings),
  };
}

function follow(context, header, stage) {
  const { contest, board } = context;
  let shownState = contest.state;
  let shownVersion = '';

  // A new state may come with what only the contest's document says: since when it is frozen.
  async function readAgain() {
    const now = await readDocument(context.path, () => {});
    board.frozenAtMs = now?.frozen_at_ms ?? null;
    header.show(board);
  }

  followLive(contest.contest, {
    message(kind, message) {
      if (kind === 'snapshot' && context.latest) readAnew(context.path, context.contest, context.renew);
      board.state = message.state;
      board.asOfMs = message.as_of_ms;
      context.latest = message;
      context.rankings = { ...context.rankings, ...message.rankings };
      stage.message(message);
      const standing = `${message.version}/${message.state}`;
      if (standing !== shownVersion) context.changed();
      shownVersion = standing;
      if (message.state !== shownState) readAgain();
      shownState = message.state;
    },
    connection(state) {
      board.connection = state;
      header.show(board);
    },
  });
}

function begin(contests, contest) {
  const board = makeBoard(contest);
  const context = makeContext(contest, board);
  const header = makeHeader(place('header'), place('notice'), place('spoken'), contests, contest);
  place('footer').replaceChildren(element('p', {}, say('footer', { offset: offsetText(board.offset) })), makeChain(context), makeDoors());
  const tabs = makeTabs(context);
  place('header').append(tabs.root);
  const stage = makeStage(context, tabs, nameOf({ name: contest.title, name_en: contest.title_en }));
  const seen = () => Object.fromEntries(new URLSearchParams(location.search));
  context.go = followAddress((address) => stage.show(address));
  // Somebody was registered, or a name corrected: what is seen is built anew.
  context.renew = (now) => {
    Object.assign(context, { contest: now, entities: makeEntities(now) });
    stage.show(seen());
  };
  context.see = (parameters) => {
    history.pushState(null, '', hrefTo(parameters));
    stage.show(parameters);
  };
  follow(context, header, stage);
}

async function start() {
  document.documentElement.lang = language === 'en' ? 'en' : 'zh-CN';
  place('skip').textContent = say('skip');
  const { contests, chosen } = await chooseContest();
  const contest = chosen && await readDocument(`/v1/contests/${encodeURIComponent(chosen)}`, waiting);
  tell(contest ? '' : chosen ? say('unknownContest', { id: chosen }) : say('noContest'));
  if (contest) begin(contests, contest);
  else place('main').replaceChildren(...contests.map(({ contest: id, title, title_en }) => element('p', {},
    element('a', { href: hrefTo({ contest: id }) }, nameOf({ name: title, name_en: title_en })))));
}

start();
