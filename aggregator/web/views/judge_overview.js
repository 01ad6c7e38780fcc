// The figures twice: as the public sees them, as they are. Beside them the state, with the way to the next one, and what
// waits for somebody.

import { element, setText } from '../dom.js';
import { actButton, moment, perform, rowName, signed } from '../desk/desk.js';
import { nameOf } from '../i18n.js';
import { say } from '../i18n_judge.js';
import { count, points, yuan } from '../money.js';

const FIGURES = ['net_fen', 'gross_fen', 'refunded_fen', 'online_net_fen', 'offline_net_fen', 'orders', 'sessions', 'videos', 'streamers_active', 'counties_active'];
const STATES = ['scheduled', 'running', 'frozen', 'ended', 'provisional', 'final'];
const ROWS = 12;

const isMoney = (metric) => metric.endsWith('_fen');
const textOf = (metric, value) => (value === undefined ? '–' : isMoney(metric) ? yuan(value) : count(value));

// --- Public and live ---

function makeSideBySide(desk) {
  const rows = FIGURES.map((metric) => ({
    metric,
    cells: ['public', 'live', 'apart'].map((column) => element('td', { class: `n ${column}` })),
  }));
  const asOf = { public: element('small', {}), live: element('small', {}) };
  const table = element('table', { class: 'beside figures-now', 'aria-labelledby': 'beside-head' },
    element('thead', {}, element('tr', {}, element('th', { scope: 'col' }, say('figure')),
      element('th', { scope: 'col', class: 'n' }, say('publicView'), element('br'), asOf.public),
      element('th', { scope: 'col', class: 'n' }, say('liveView'), element('br'), asOf.live),
      element('th', { scope: 'col', class: 'n' }, say('apart')))),
    element('tbody', {}, ...rows.map((row) => element('tr', { 'data-metric': row.metric }, element('th', { scope: 'row' }, say(row.metric)), ...row.cells))));
  return {
    root: element('section', { class: 'card', 'aria-labelledby': 'beside-head' }, element('h2', { id: 'beside-head' }, say('besides')), table),
    show() {
      const { public: seen, live } = desk.totals;
      for (const view of ['public', 'live']) setText(asOf[view], desk.totals[view] ? moment(desk, desk.totals[view].as_of_ms).slice(5) : '');
      for (const { metric, cells } of rows) {
        setText(cells[0], textOf(metric, seen?.[metric]));
        setText(cells[1], textOf(metric, live?.[metric]));
        const apart = seen && live ? live[metric] - seen[metric] : 0;
        setText(cells[2], !seen || !live ? '' : apart === 0 ? '=' : isMoney(metric) ? signed(apart) : `${apart > 0 ? '+' : ''}${count(apart)}`);
        cells[2].dataset.apart = String(apart !== 0);
      }
    },
  };
}

// --- State ---

const change = (desk) => {
  const { public: seen, live } = desk.totals;
  return element('div', { class: 'changes' }, element('p', {}, say('jump', {
    from: yuan(seen?.net_fen ?? 0), to: yuan(live?.net_fen ?? 0), apart: signed((live?.net_fen ?? 0) - (seen?.net_fen ?? 0)) })));
};

function openEnds(desk) {
  const live = desk.totals.live ?? {};
  return element('div', { class: 'changes' }, element('p', {}, say('closesWith', { pending: live.pending ?? 0, parked: live.parked ?? 0 })));
}

const WHAT = {
  freeze: (desk) => ({ lines: [say('explain_freeze'), change(desk)], reason: 'optional', danger: true }),
  thaw: (desk) => ({ lines: [say('explain_thaw'), change(desk)], reason: 'optional', danger: true }),
  close: (desk) => ({ lines: [say('explain_close'), openEnds(desk)], reason: 'optional', danger: true }),
  reopen: () => ({ reason: 'optional', danger: true }),
};

// Which of the four make sense now.
function sensible({ state, frozen_at_ms: frozenAtMs }) {
  const thaw = frozenAtMs === null ? [] : ['thaw']; // a contest that ended while frozen still stands still
  if (state === 'frozen') return ['thaw', 'close'];
  if (state === 'running') return ['freeze', 'close'];
  if (state === 'scheduled') return ['freeze'];
  return state === 'final' ? thaw : ['reopen', ...thaw];
}

function makeState(desk) {
  const steps = STATES.map((state) => element('li', { 'data-state': state }, say(`state_${state}`)));
  const buttons = Object.keys(WHAT).map((type) => actButton(desk, type, () => perform(desk, type, {}, WHAT[type](desk)))).filter(Boolean);
  return {
    root: element('section', { class: 'card', 'aria-labelledby': 'state-head' }, element('h2', { id: 'state-head' }, say('stateOf')),
      element('ol', { class: 'states' }, ...steps), element('div', { class: 'buttons' }, ...buttons)),
    show() {
      for (const step of steps) {
        if (step.dataset.state === desk.contest.state) step.setAttribute('aria-current', 'step');
        else step.removeAttribute('aria-current');
      }
      const now = sensible(desk.contest);
      for (const button of buttons) button.hidden = !now.includes(button.dataset.act);
    },
  };
}

// --- What waits ---

const WAITS = [['pending', 'pending'], ['parked', 'pending'], ['conflicts', 'pending'], ['refused', 'pending'], ['missing_mark', 'marks'], ['undecided_tie', 'results']];

function makeWaits(desk) {
  const counts = WAITS.map(([key, part]) => {
    const number = element('b', {});
    const what = element('span', {});
    return { key, number, what, root: element('li', {}, element('a', { href: `#${part}` }, number, ' ', what)) };
  });
  return {
    root: element('section', { class: 'card', 'aria-labelledby': 'waits-head' }, element('h2', { id: 'waits-head' }, say('waitsFor')), element('ul', { class: 'waiting' }, ...counts.map((one) => one.root))),
    show() {
      const totals = { ...desk.results.blocker_totals, ...desk.totals.live };
      for (const { key, number, what, root } of counts) {
        const n = totals[key] ?? 0;
        setText(number, count(n));
        setText(what, say(`waits_${key}`, { n }));
        root.dataset.any = String(n > 0);
      }
    },
  };
}

// --- Rankings, public and live ---

function makeRankings(desk) {
  const chooser = element('select', { 'aria-label': say('ranking') });
  const body = element('tbody');
  let seen = new Map();

  const valueOf = (ranking, row) => (ranking.by ? (isMoney(ranking.by) ? yuan(row.metrics[ranking.by]) : count(row.metrics[ranking.by])) : points(row.points_milli));

  function rowOf(ranking, row) {
    const before = seen.get(row.id);
    const moved = before === undefined ? 0 : before - row.rank;
    return element('tr', {}, element('td', { class: 'rank' }, String(row.rank)),
      element('th', { scope: 'row', class: 'who' }, rowName(desk, ranking.of, row)),
      element('td', { class: 'n' }, valueOf(ranking, row)), element('td', { class: 'n' }, before === undefined ? '–' : String(before)),
      element('td', { class: 'n', 'data-way': Math.sign(moved) }, moved === 0 ? '=' : `${moved > 0 ? '▲' : '▼'}${Math.abs(moved)}`));
  }

  function draw() {
    const ranking = desk.rankings.find((one) => one.id === chooser.value);
    body.replaceChildren(...(ranking?.rows ?? []).slice(0, ROWS).map((row) => rowOf(ranking, row)));
  }

  async function readPublic() {
    if (!chooser.value) return;
    const { rows } = await desk.server.read(`rankings/${encodeURIComponent(chooser.value)}`);
    seen = new Map(rows.map((row) => [row.id, row.rank]));
    draw();
  }

  chooser.addEventListener('change', () => { seen = new Map(); readPublic().catch(draw); });
  return {
    root: element('section', { class: 'card', 'aria-labelledby': 'ranks-head' },
      element('div', { class: 'head' }, element('h2', { id: 'ranks-head' }, say('ranksBeside')), chooser),
      element('table', { class: 'ranks figures-now', 'aria-labelledby': 'ranks-head' }, element('thead', {}, element('tr', {},
        ...[['rankLive', 'rank'], ['name', 'who'], ['value', 'n'], ['rankPublic', 'n'], ['moved', 'n']].map(([key, kind]) => element('th', { scope: 'col', class: kind }, say(key))))), body)),
    show() {
      if (chooser.options.length !== desk.rankings.length) {
        const chosen = chooser.value;
        chooser.replaceChildren(...desk.rankings.map((one) => element('option', { value: one.id, selected: one.id === chosen }, nameOf(one))));
      }
      readPublic().catch(draw);
    },
  };
}

export function makeJudgeOverview(desk) {
  const parts = { side: makeSideBySide(desk), state: makeState(desk), waits: makeWaits(desk), ranks: makeRankings(desk) };
  let shownRankings = null;
  return {
    root: element('div', { class: 'overview' }, element('div', {}, parts.side.root), element('div', {}, parts.state.root, parts.waits.root), parts.ranks.root),
    show() {
      parts.side.show();
      parts.state.show();
      parts.waits.show();
      if (shownRankings !== desk.rankings) parts.ranks.show();
      shownRankings = desk.rankings;
    },
  };
}
