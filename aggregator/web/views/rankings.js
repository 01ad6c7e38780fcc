// The rankings: one table each, its rows kept by id, so that a row moves as itself when it overtakes another.

import { hrefTo } from '../address.js';
import { element, flash, setText, setTitle } from '../dom.js';
import { has, language, nameOf, say } from '../i18n.js';
import { count, points, shortMoney, yuan } from '../money.js';
import { entityLink, rankingLink } from './links.js';

const FEW = 10; // rows of a phone; the style sheet shows more where there is room
const STREAMED = ['net_fen', 'orders']; // the metrics that come with the stream's rows
const OTHER_EVERY_MS = 20000;
const OUT_OF_SIGHT_MS = 800;
const LIVE_ROWS = 30; // as many as the stream carries

function makeRow(columns) {
  const cells = columns.map((column) => element(column.heads ? 'th' : 'td',
    { class: column.class, scope: column.heads ? 'row' : null }));
  return { root: element('tr', {}, ...cells), cells, last: '' };
}

function rankCell(cell, row) {
  const text = String(row.rank);
  if (cell.dataset.rank !== text || cell.dataset.tied !== String(row.tied)) {
    cell.dataset.rank = text;
    cell.dataset.tied = String(row.tied);
    cell.replaceChildren(element('span', { class: row.rank <= 3 && 'place' }, text),
      ...(row.tied ? [element('small', {}, say('tied'))] : []));
  }
}

function nameCell(cell, row, context) {
  if (cell.dataset.id === row.id) return;
  cell.dataset.id = row.id;
  cell.replaceChildren(entityLink(context.entities, context.kind, row.id));
}

function moneyCell(cell, row) {
  const short = shortMoney(row.net_fen, language);
  setText(cell, yuan(row.net_fen));
  setTitle(cell, `${short.number} ${short.unit}`);
}

function amount(metric, value) {
  if (value === undefined) return '–';
  return metric.endsWith('_fen') ? yuan(value) : count(value);
}

function columnsOf(ranking) {
  const columns = [
    { label: say('rank'), class: 'rank', fill: rankCell },
    { label: say(`of_${ranking.of}`), class: 'who', heads: true, fill: nameCell },
  ];
  if (!ranking.by) columns.push({ label: say('points'), class: 'n points', fill: (cell, row) => setText(cell, points(row.points_milli)) });
  // What it goes by stands first, and comes from the whole ranking: the stream does not carry it.
  if (ranking.by && !STREAMED.includes(ranking.by)) {
    columns.push({ label: has(ranking.by) ? say(ranking.by) : ranking.by, class: 'n points', fill: (cell, row, context) => setText(cell, amount(ranking.by, context.metrics.get(row.id)?.[ranking.by])) });
  }
  columns.push({ label: `${say('net_fen')} (${say('yuan')})`, class: 'n money', fill: moneyCell });
  columns.push({ label: say('orders'), class: 'n orders', fill: (cell, row) => setText(cell, count(row.orders)) });
  return columns;
}

/** What a ranking goes by, in words. */
export function subtitle(ranking, contest) {
  const parts = [];
  const division = contest.divisions?.find((candidate) => candidate.id === ranking.division);
  if (division) parts.push(nameOf(division));
  if (!ranking.by) parts.push(say('by_points'));
  else parts.push(say('by_metric', { metric: has(ranking.by) ? say(ranking.by).toLowerCase() : ranking.by }));
  if (ranking.of === 'county') parts.push(say('countyIsStreamers'));
  return parts.join(' · ');
}

// How much of the leader's figure a row has, for the bar behind it.
function share(row, leader, ranking) {
  const key = ranking.by ? 'net_fen' : 'points_milli';
  return leader?.[key] > 0 ? Math.max(0, row[key] / leader[key]) : 0;
}

function makeMore(table) {
  const button = element('button', { type: 'button', class: 'more', 'aria-expanded': 'false' });
  const label = () => {
    const open = table.classList.contains('all');
    button.setAttribute('aria-expanded', String(open));
    setText(button, open ? say('showLess') : say('showAll', { n: table.tBodies[0].rows.length }));
  };
  button.addEventListener('click', () => { table.classList.toggle('all'); label(); });
  return { root: button, show(length) { button.hidden = length <= FEW; button.dataset.rows = length > 18 ? 'many' : 'some'; label(); } };
}

function makeRanking(id, ranking, { contest, entities }) {
  const columns = columnsOf(ranking);
  const context = { entities, kind: ranking.of, metrics: new Map() };
  const body = element('tbody');
  const heading = `ranking-${id}`;
  const table = element('table', { 'aria-labelledby': heading },
    element('thead', {}, element('tr', {}, ...columns.map((column) => element('th', { scope: 'col', class: column.class }, column.label)))),
    body);
  const more = makeMore(table);
  const empty = element('p', { class: 'empty' }, say('nobodyYet'));
  const cut = element('p', { class: 'cut' }, say('firstOnly', { n: LIVE_ROWS }), ' · ', element('a', { href: hrefTo({ see: 'ranking', id }) }, say('wholeRanking')));
  const rows = new Map();

  function fill(kept, row, leader, now) {
    columns.forEach((column, index) => column.fill(kept.cells[index], row, context));
    kept.root.style.setProperty('--share', share(row, leader, now).toFixed(4));
    // In a contest that goes on every figure moves all the time: what is shown is who overtook whom.
    if (kept.last !== '' && kept.last > row.rank) flash(kept.root);
    kept.last = row.rank;
  }

  function place(list, now) {
    const gone = new Set(rows.keys());
    list.forEach((row, index) => {
      gone.delete(row.id);
      if (!rows.has(row.id)) rows.set(row.id, makeRow(columns));
      const kept = rows.get(row.id);
      fill(kept, row, list[0], now);
      if (body.rows[index] !== kept.root) body.insertBefore(kept.root, body.rows[index] ?? null);
    });
    gone.forEach((key) => { rows.get(key).root.remove(); rows.delete(key); });
  }

  return {
    root: element('section', { class: 'ranking', 'data-of': ranking.of },
      element('h2', { id: heading }, rankingLink(id, ranking)),
      element('p', { class: 'subtitle' }, subtitle(ranking, contest)),
      table, empty, more.root, cut),
    /** Rows of the whole ranking: their metrics. */
    know(whole) {
      context.metrics = new Map(whole.map((row) => [row.id, row.metrics]));
      whole.forEach((row) => {
        const kept = rows.get(row.id);
        if (kept) columns.forEach((column, index) => { if (column.fill !== nameCell && column.fill !== rankCell) column.fill(kept.cells[index], { ...row, ...row.metrics }, context); });
      });
    },
    show(now) {
      place(now.rows, now);
      table.hidden = now.rows.length === 0;
      empty.hidden = !table.hidden;
      cut.hidden = now.rows.length < LIVE_ROWS;
      more.show(now.rows.length);
    },
  };
}

// A card in sight follows each message; one that is scrolled away does so within a second, in a moment of its own, so
// that a phone keeps its frames and yet no figure in the page is old.
function makePatient(card, show) {
  let inSight = true;
  let waiting = null;
  let timer = 0;
  function now() {
    clearTimeout(timer);
    timer = 0;
    if (waiting) show(waiting);
    waiting = null;
  }
  const observer = new IntersectionObserver((entries) => {
    inSight = entries[entries.length - 1].isIntersecting;
    if (inSight) now();
  });
  observer.observe(card);
  return (ranking) => {
    waiting = ranking;
    if (inSight) now();
    else if (!timer) timer = setTimeout(now, OUT_OF_SIGHT_MS * (0.5 + Math.random() / 2));
  };
}

// Places in one column, people beside them, what they sell below the people: so a wall shows at one glance which
// county leads and which streamer does. Within a kind, the contest's own order.
const COLUMN_OF = { county: 0, city: 0, division: 0, streamer: 1, session: 2, product: 2 };

/** Builds each ranking when it first comes; show(rankings) brings those given up to date. */
export function makeRankings(root, context) {
  const made = new Map();
  const groups = [0, 1, 2].map(() => element('div', { class: 'group' }));
  root.replaceChildren(element('div', { class: 'rankings', role: 'group', 'aria-label': say('rankings') },
    element('div', { class: 'column' }, groups[0]), element('div', { class: 'column' }, groups[1], groups[2])));
  const others = context.contest.rankings.filter((ranking) => ranking.by && !STREAMED.includes(ranking.by));

  async function readOthers() {
    for (const { id } of others) {
      const answer = await context.read(`rankings/${encodeURIComponent(id)}`);
      if (answer) made.get(id)?.know(answer.rows);
    }
  }

  const stop = others.length ? context.onChange(readOthers, OTHER_EVERY_MS) : () => {};
  return {
    show(rankings) {
      for (const [id, ranking] of Object.entries(rankings)) {
        if (!made.has(id)) {
          const card = makeRanking(id, ranking, context);
          made.set(id, { ...card, patiently: makePatient(card.root, card.show) });
          groups[COLUMN_OF[ranking.of] ?? 2].append(card.root);
        }
        made.get(id).patiently(ranking);
      }
    },
    leave: stop,
  };
}
