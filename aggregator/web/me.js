// A streamer's own screen: what I have sold, where I stand, what became of each of my events; a form for a sale made
// offline that a dead network cannot lose; start and end of my sessions.
//
//   enter (token) ─▶ readings ─▶ totals, place, sessions, events        the live stream says when to read again
//                    outbox  ◀─ sale form, session buttons              …and so does the outbox, when something is sent

import { element } from './dom.js';
import { makeClock } from './desk/clock.js';
import { enter, findContest, leaveButton, tell } from './desk/enter.js';
import { recall, remember } from './desk/known.js';
import { makeOutbox } from './desk/outbox.js';
import { newId } from './desk/server.js';
import { makeThrottle } from './desk/throttle.js';
import { forgetToken } from './desk/token.js';
import { say } from './i18n_me.js';
import { followLive } from './live.js';
import { makeHeader } from './views/header.js';
import { makeMeEvents } from './views/me_events.js';
import { linkButton } from './views/me_link.js';
import { makeMeOutbox } from './views/me_outbox.js';
import { makeMePlace } from './views/me_place.js';
import { makeMeSale } from './views/me_sale.js';
import { makeMeSessions } from './views/me_sessions.js';
import { makeMeTotals } from './views/me_totals.js';

const READ_EVERY_MS = 1500;
const AGAIN_MS = 2000;
const READ_ANYWAY_MS = 15000; // own receipts move although a freeze stops the public stream

const READ_FIRST = ['place', 'sessions', 'events']; // nothing to show before the first reading

const place = (id) => document.getElementById(id);

function boardOf(contest, clock) {
  return {
    connection: 'connecting', state: contest.state, asOfMs: 0, offset: clock.offset,
    opensMs: contest.windows.opens_ms, closesMs: contest.windows.closes_ms, frozenAtMs: contest.frozen_at_ms,
  };
}

function makeViews(me, send) {
  const views = {
    totals: makeMeTotals(me),
    place: makeMePlace(me),
    sessions: makeMeSessions(me, send),
    events: makeMeEvents(me, send),
    sale: makeMeSale(me, send),
  };
  READ_FIRST.forEach((name) => { views[name].root.hidden = true; });
  place('main').replaceChildren(
    element('div', { class: 'me-first' }, me.outboxRoot, views.totals.root, views.place.root),
    element('div', { class: 'me-then' }, views.sessions.root, views.events.root,
      element('div', { class: 'buttons' }, linkButton(me), leaveButton(me.contest))),
    views.sale.root);
  return views;
}

async function readAll(me, views) {
  const who = encodeURIComponent(me.streamer.id);
  const [contest, rankings, totals, sessions, pending] = await Promise.all([
    me.server.read(''), me.server.read('rankings'), me.server.read(`tally?by=streamer&streamer=${who}`),
    me.server.read(`tally?by=session&streamer=${who}`), me.server.read(`receipts/${who}?status=pending&limit=10000`),
  ]);
  Object.assign(me.contest, { sessions: contest.sessions, products: contest.products, streamers: contest.streamers });
  me.board.state = contest.state;
  me.board.frozenAtMs = contest.frozen_at_ms;
  me.board.asOfMs = totals.as_of_ms;
  views.totals.show(totals.rows[0], pending.rows, contest.state);
  views.place.show(rankings.rankings);
  await views.events.read();
  views.sessions.show(sessions.rows, views.events.rows());
  views.sale.refresh(contest.state);
  READ_FIRST.forEach((name) => { views[name].root.hidden = false; });
}

function follow(me, views, header) {
  let stream = 'connecting';
  // What could not be read is old, however well the stream stands.
  const show = (readable) => {
    me.board.connection = readable ? stream : 'lost';
    header.show(me.board);
  };
  const read = makeThrottle(() => readAll(me, views).then(() => show(true)), READ_EVERY_MS, (refusal) => {
    if (refusal.status === 401) out(me);
    else show(false);
    setTimeout(read, AGAIN_MS);
  });
  followLive(me.contest.contest, {
    message: () => read(),
    connection(state) {
      stream = state;
      show(true);
      if (state === 'live') read();
    },
  });
  setInterval(() => { if (!document.hidden) read(); }, READ_ANYWAY_MS);
  return read;
}

// The token is good no longer: what it showed goes, and the form for another one comes.
function out(me) {
  forgetToken(me.contest.contest);
  tell(say('badToken'), 'lost');
  place('main').replaceChildren();
  setTimeout(() => location.reload(), 3000);
}

function makeMe(contest, whose, server) {
  const clock = makeClock(contest);
  const found = contest.streamers.find((streamer) => streamer.id === whose.streamer);
  return {
    contest, server, clock,
    streamer: found ?? { id: whose.streamer, name: whose.streamer },
    board: boardOf(contest, clock),
    outboxRoot: element('section', { class: 'outbox', hidden: true, 'aria-label': say('unsent') }),
  };
}

async function start() {
  navigator.serviceWorker?.register('/me_worker.js', { scope: '/me' }).catch(() => {});
  const known = recall(new URLSearchParams(location.search).get('contest'));
  const { contests, contest } = await findContest(known);
  if (!contest) return;
  const header = makeHeader(place('header'), place('notice'), place('spoken'), contests, contest);
  const { whose, server } = await enter('me', contest, ['streamer'], known);
  remember(contest, whose, server.token);
  const me = makeMe(contest, whose, server);
  let read = () => {};
  const outbox = makeOutbox(server, me.streamer.id, {
    change: makeMeOutbox(me, { discard: (id) => outbox.discard(id), tryAgain: (id) => outbox.tryAgain(id) }),
    sent: () => read(),
  });
  const send = (event) => outbox.put({ id: newId(event.type.split('.')[1]), ...event });
  const views = makeViews(me, send);
  outbox.start();
  read = follow(me, views, header);
}

start();
