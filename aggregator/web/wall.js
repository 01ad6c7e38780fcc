// The wall: one screen that a hall looks at. The live stream says that something has changed; totals and rankings
// come with it, what the stream does not carry (counties, goods, the trend) is read again, at most once a second.

import { readAnew } from './document.js';
import { makeThrottle } from './dom.js';
import { followLive, readDocument } from './live.js';
import { categoryName, language, nameOf, say } from './i18n.js';
import { offsetOf } from './times.js';
import { makeWallAir } from './views/wall_air.js';
import { makeWallHeader } from './views/wall_header.js';
import { makeWallRace } from './views/wall_race.js';
import { makeWallShares } from './views/wall_shares.js';
import { makeWallTicker } from './views/wall_ticker.js';
import { makeWallTiles } from './views/wall_tiles.js';
import { makeWallTotal } from './views/wall_total.js';
import { TREND_MS, makeWallTrend } from './views/wall_trend.js';

const READ_EVERY_MS = 1000;
const BEAT_MS = 600; // with the stream's 200 ms still within a second
const COUNTIES_MOST = 24;
const STREAMERS_MOST = 10;
const PRODUCTS_MOST = 6;
const HALF_HOUR_MS = 1800 * 1000;

const place = (id) => document.getElementById(id);
const byId = (list) => new Map((list ?? []).map((entity) => [entity.id, entity]));

function tell(text) {
  place('notice').textContent = text;
  place('notice').hidden = text === '';
}

function makeBoard(contest) {
  return {
    connection: 'connecting',
    state: contest.state,
    asOfMs: 0,
    opensMs: contest.windows.opens_ms,
    closesMs: contest.windows.closes_ms,
    frozenAtMs: contest.frozen_at_ms,
    offset: offsetOf(contest.opens),
    aheadMs: contest.now_ms - Date.now(), // of the server's clock
    lastSaleMs: 0,
  };
}

// The first ranking of a kind that is open to all: one of a division tells only part.
const rankingOf = (rankings, kind) => {
  const all = Object.values(rankings).filter((ranking) => ranking.of === kind);
  return all.find((ranking) => !ranking.division) ?? all[0];
};

function makeViews(contest, board, map) {
  const counties = byId(contest.counties);
  const countyOf = (streamer) => nameOf(counties.get(streamer.county) ?? streamer);
  const cityOf = (county) => (language === 'en' ? '' : county.city);
  return {
    header: makeWallHeader(place('header'), place('notice'), place('spoken'), contest),
    total: makeWallTotal(place('total')),
    race: makeWallRace(place('race'), say('of_county'), counties, cityOf, COUNTIES_MOST),
    tiles: makeWallTiles(place('tiles'), contest, map),
    trend: makeWallTrend(place('trend'), contest),
    streamers: makeWallRace(place('streamers'), say('of_streamer'), byId(contest.streamers), countyOf, STREAMERS_MOST),
    products: makeWallRace(place('products'), say('topProducts'), byId(contest.products), (product) => categoryName(product.category) ?? '', PRODUCTS_MOST),
    shares: makeWallShares(place('products')),
    air: makeWallAir(place('air'), contest, board.offset),
    ticker: makeWallTicker(place('ticker'), contest),
  };
}

const asRows = (rows, dimension) => rows.map((row, index) => ({
  id: row[dimension], name: row.names[dimension], rank: index + 1, net_fen: row.net_fen,
}));

// While the contest goes on the trend ends now, or at the freeze; of one that is played again, where its last sale stands.
function endOfTrend(lastSaleMs, board) {
  const nowMs = Date.now() + board.aheadMs;
  const ends = board.state === 'frozen' && board.frozenAtMs ? board.frozenAtMs : nowMs;
  const going = board.opensMs <= ends && nowMs < board.closesMs;
  return Math.max(lastSaleMs, going ? Math.floor(ends / HALF_HOUR_MS) * HALF_HOUR_MS : board.opensMs) + HALF_HOUR_MS;
}

// Per half hour first: it says where the last sale stands; then the three hours before the end minute by minute.
async function readTrend(read, views, board) {
  const { rows: halves } = await read('series?bucket_s=1800');
  const untilMs = endOfTrend(Math.max(0, ...halves.filter((row) => row.orders > 0).map((row) => row.start_ms)), board);
  const { rows } = await read(`series?bucket_s=60&by=channel&from_ms=${untilMs - TREND_MS}&until_ms=${untilMs}`);
  board.lastSaleMs = Math.max(0, ...rows.filter((row) => row.orders > 0).map((row) => row.start_ms));
  views.trend.show(rows, untilMs, board);
}

async function readTables(read, views, board) {
  const [counties, products, categories, sessions, cells] = await Promise.all(['county', 'product', 'category', 'session', 'streamer,product']
    .map((by) => read(`tally?by=${by}`)));
  views.tiles.show(counties.rows);
  views.products.show(asRows(products.rows, 'product'), Date.now());
  views.shares.show(categories.rows);
  views.air.sales(sessions.rows);
  views.ticker.sales(cells.rows);
  await readTrend(read, views, board);
}

function showRankings(views, rankings, contest) {
  const now = Date.now();
  [['race', 'county'], ['streamers', 'streamer']].forEach(([view, kind]) => {
    const ranking = rankingOf(rankings, kind);
    if (!ranking) return;
    views[view].name(nameOf(ranking));
    views[view].show(ranking.rows, now);
    if (kind === 'county' && ranking.rows[0]) {
      const county = byId(contest.counties).get(ranking.rows[0].id);
      views.ticker.leads(ranking.rows[0], (county && nameOf(county)) || ranking.rows[0].name);
    }
  });
}

function follow(contest, views, board) {
  const path = `/v1/contests/${encodeURIComponent(contest.contest)}`;
  const rankings = {};
  let lastState = contest.state;
  let latest = null;

  async function read(what) {
    const answer = await fetch(`${path}/${what}`, { cache: 'no-store', signal: AbortSignal.timeout(5000) });
    if (!answer.ok) throw new Error(`${what}: ${answer.status}`);
    return answer.json();
  }

  // A table that cannot be read now is read with the next change; the live stream says whether the line stands.
  const readAgain = makeThrottle(() => readTables(read, views, board).then(show, () => {}), READ_EVERY_MS);

  async function readState() {
    const now = await readDocument(path, () => {});
    board.frozenAtMs = now?.frozen_at_ms ?? null;
    board.aheadMs = now ? now.now_ms - Date.now() : board.aheadMs;
    readAgain(); // the trend marks the freeze
  }

  // A contest that is replayed lies in the past: its moment is that of its last sale, not that of our clock.
  function show() {
    const nowMs = Date.now() + board.aheadMs;
    const within = nowMs < board.closesMs;
    views.header.show(board, nowMs);
    views.air.show(within || !board.lastSaleMs ? nowMs : board.lastSaleMs, board.state);
  }

  // One beat for digits, sentence and races, so that they agree, and stand still long enough to be read.
  const beat = makeThrottle(() => {
    board.asOfMs = latest.as_of_ms;
    views.total.show(latest.totals);
    views.ticker.total(latest.totals.net_fen);
    showRankings(views, rankings, contest);
    show();
  }, BEAT_MS);

  followLive(contest.contest, {
    message(kind, message) {
      // Somebody was registered, or a name corrected: the wall is built anew.
      if (kind === 'snapshot' && latest) readAnew(path, contest, () => location.reload());
      latest = message;
      board.state = message.state;
      Object.assign(rankings, message.rankings);
      beat();
      if (message.state !== lastState) readState();
      lastState = message.state;
      readAgain();
    },
    connection(state) {
      board.connection = state;
      show();
    },
  });
  setInterval(show, 1000);
}

async function start() {
  document.documentElement.lang = language === 'en' ? 'en' : 'zh-CN';
  const waiting = (why) => tell(say('waiting', { why }));
  const { contests } = await readDocument('/v1/contests', waiting) ?? { contests: [] };
  const chosen = new URLSearchParams(location.search).get('contest') ?? contests[0]?.contest;
  const contest = chosen && await readDocument(`/v1/contests/${encodeURIComponent(chosen)}`, waiting);
  if (!contest) {
    tell(chosen ? say('unknownContest', { id: chosen }) : say('noContest'));
    return;
  }
  const board = makeBoard(contest);
  const map = await readDocument('/map.json', waiting);
  tell('');
  follow(contest, makeViews(contest, board, map), board);
}

start();
