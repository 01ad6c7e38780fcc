// What all parts of the judges' desk share: who sits at it, the contest, the newest figures of the live view, names, and
// the one way in which anything is done.

import { element } from '../dom.js';
import { nameOf } from '../i18n.js';
import { say } from '../i18n_judge.js';
import { yuan } from '../money.js';
import { dayAndSecond } from '../times.js';
import { ask } from './ask.js';
import { effectOfSales } from './effect.js';
import { newId } from './server.js';

// As the contract has it; the server decides, this only spares people buttons that would be refused.
const ALLOWED = {
  judge: new Set(['freeze', 'thaw', 'approve', 'reject', 'void', 'restore', 'disqualify', 'reinstate', 'score', 'adjust', 'award', 'publish', 'finalise']),
  organiser: new Set(['freeze', 'thaw', 'close', 'reopen', 'approve', 'reject', 'register', 'finalise']),
};

export function makeDesk(contest, whose, server, clock) {
  return {
    contest, whose, server, clock,
    known: false, // whether all of the below has been read
    rankings: [], // of the live view, whole
    audit: { actions: [], conflicts: [], refused: [], parked: [], pending: [] },
    results: { versions: [], blocker_totals: {}, blockers: [], refusals: [] },
    totals: { public: null, live: null },
    changed: () => {}, // set by the page: reads again
    may: (type) => ALLOWED[whose.role].has(type),
    streamer: (id) => contest.streamers.find((one) => one.id === id) ?? { id, name: id },
    product: (id) => contest.products.find((one) => one.id === id) ?? { id, name: id },
    county: (id) => contest.counties.find((one) => one.id === id) ?? { id, name: id },
  };
}

export const streamerName = (desk, id) => nameOf(desk.streamer(id));
const LISTS = { streamer: 'streamers', county: 'counties', product: 'products', division: 'divisions' };

/** The name of a ranking's row in the reader's language. */
export const rowName = (desk, kind, row) => nameOf(desk.contest[LISTS[kind]]?.find((one) => one.id === row.id) ?? row);

export const moment = (desk, ms) => dayAndSecond(ms, desk.clock.offset);

/** An action that is tried again has the same id, so it is done once. */
export function actionMaker(type, fields) {
  const id = newId(type);
  return (reason) => ({ id, type, ...fields, ...(reason && { reason }) });
}

// --- What it changes, in words ---

const MOVES_MOST = 8;

function moveText(desk, { ranking, row, before, after }) {
  return say('move', { ranking: nameOf(ranking), name: rowName(desk, ranking.of, row), before, after });
}

function moveList(desk, moves) {
  const sorted = [...moves].sort((one, other) => Number(other.touched) - Number(one.touched) || one.after - other.after);
  const shown = sorted.slice(0, MOVES_MOST).map((one) => element('li', {}, moveText(desk, one)));
  if (sorted.length > MOVES_MOST) shown.push(element('li', {}, say('moreMoves', { n: sorted.length - MOVES_MOST })));
  return element('ul', {}, ...shown);
}

export const signed = (fen) => `${fen > 0 ? '+' : ''}${yuan(fen)}`;

/** The box that says what counting these sales, or no longer counting them, changes. */
export function changesBox(desk, sales, sign) {
  const effect = effectOfSales(desk, sales, sign);
  const byPoints = desk.rankings.some((ranking) => !ranking.by);
  return element('div', { class: 'changes' },
    element('p', {}, say('changesNet', { net: signed(effect.net_fen), orders: `${effect.orders > 0 ? '+' : ''}${effect.orders}` })),
    effect.moves.length ? moveList(desk, effect.moves) : element('p', {}, say('noMoves')),
    byPoints ? element('p', { class: 'quiet' }, say('pointsLater')) : null);
}

export const pointsBox = (desk, effects) => element('div', { class: 'changes' },
  ...(effects.length ? effects.map((one) => element('p', {}, moveText(desk, one))) : [element('p', {}, say('noPointsRanking'))]));

/**
 * Asks, then does one action: `what` as for ask(), its title and verb from the type unless given. Resolves with the
 * action's id once it is done, or null.
 */
export async function perform(desk, type, fields, what = {}) {
  const make = actionMaker(type, fields);
  const done = await ask({ title: say(`act_${type}`), verb: say(`act_${type}`), lines: [say(`explain_${type}`)], ...what },
    (reason) => desk.server.act(make(reason)));
  if (done) desk.changed();
  return done ? make().id : null;
}

/** A button for an action; null where this role may not do it. */
export function actButton(desk, type, onPress, kind = 'plain') {
  if (!desk.may(type)) return null;
  const button = element('button', { type: 'button', class: kind, 'data-act': type }, say(`act_${type}`));
  button.addEventListener('click', onPress);
  return button;
}

/** Options for a field that chooses a streamer. */
export const streamerOptions = (desk) => desk.contest.streamers.map((one) => element('option', { value: one.id }, `${nameOf(one)} · ${one.id}`));
