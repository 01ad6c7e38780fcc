// The rankings: one table each. A row is a place, and keeps its elements whoever takes it: of a place that changes hands
// only texts change, and where a row moved, a slow phone would build all of it anew.

import { hrefTo } from '../address.js';
import { element, setAttribute, setHidden, setStyle, setText } from '../dom.js';
import { has, nameOf, say } from '../i18n.js';
import { count, points, yuan } from '../money.js';
import { rankingLink, showEntity } from './links.js';
import { makeRisen } from './risen.js';

const FEW = 10; // rows at first: what is not shown costs nothing
const STREAMED = ['net_fen', 'orders']; // the metrics that come with the stream's rows
const PART = 5; // rows that a slow phone can draw in one frame
const OTHER_EVERY_MS = 20000;
const OUT_OF_SIGHT_MS = 800;
const LIVE_ROWS = 30; // as many as the stream carries

function makeRow(columns) {
  const cells = columns.map((column) => element(column.heads ? 'th' : 'td',
    { class: column.class, scope: column.heads ? 'row' : null }));
  return { root: element('tr', {}, ...cells), cells, id: '' };
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
  showEntity(cell, context.entities, context.kind, row.id);
}

const moneyCell = (cell, row) => setText(cell, yuan(row.net_fen));

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

// A button that shows all rows, and few again.
function makeMore(changed) {
  const button = element('button', { type: 'button', class: 'more', hidden: true });
  let all = false;
  const choose = (wanted) => { all = wanted; changed(); };
  button.addEventListener('click', () => choose(!all));
  return {
    root: button,
    choose,
    cut: (rows) => (all ? rows : rows.slice(0, FEW)),
    show(length) {
      setHidden(button, length <= FEW);
      setAttribute(button, 'aria-expanded', String(all));
      setText(button, all ? say('showLess') : say('showAll', { n: length }));
    },
  };
}

function makeRanking(id, ranking, { contest, entities }) {
  const columns = columnsOf(ranking);
  const context = { entities, kind: ranking.of, metrics: new Map() };
  const body = element('tbody');
  const heading = `ranking-${id}`;
  const table = element('table', { 'aria-labelledby': heading },
    element('thead', {}, element('tr', {}, ...columns.map((column) => element('th', { scope: 'col', class: column.class }, column.label)))),
    body);
  const more = makeMore(() => draw());
  const empty = element('p', { class: 'empty', hidden: true }, say('nobodyYet'));
  const cut = element('p', { class: 'cut', hidden: true }, say('firstOnly', { n: LIVE_ROWS }), ' · ', element('a', { href: hrefTo({ see: 'ranking', id }) }, say('wholeRanking')));
  const places = [];
  const showRisen = ({ root, id: whose }) => root.classList.toggle('rose', risen.has(whose));
  const risen = makeRisen(() => places.forEach(showRisen));
  let latest = ranking;

  function fill(kept, row, leader) {
    kept.id = row.id;
    columns.forEach((column, index) => column.fill(kept.cells[index], row, context));
    setStyle(kept.root, '--share', share(row, leader, latest).toFixed(2));
    showRisen(kept);
  }

  function place(row, index, leader) {
    while (places.length <= index) {
      places.push(makeRow(columns));
      body.append(places[places.length - 1].root);
    }
    fill(places[index], row, leader);
  }

  // One of so many parts of the rows, or all; as they are now, however long ago it was asked for. Places that change hands do
  // so together: nobody stands in two of them, and nobody in none, for as long as a frame.
  function draw(part = 0, parts = 1) {
    const list = more.cut(latest.rows);
    const size = Math.ceil(list.length / parts);
    list.forEach((row, index) => {
      if (Math.floor(index / size) === part || places[index]?.id !== row.id) place(row, index, list[0]);
    });
    places.splice(list.length).forEach(({ root }) => root.remove());
    setHidden(table, latest.rows.length === 0);
    setHidden(empty, latest.rows.length > 0);
    setHidden(cut, latest.rows.length < LIVE_ROWS);
    more.show(latest.rows.length);
  }

  return {
    id,
    root: element('section', { class: 'card ranking', 'data-of': ranking.of },
      element('h2', { id: heading }, rankingLink(id, ranking)),
      element('p', { class: 'subtitle' }, subtitle(ranking, contest)),
      table, empty, more.root, cut),
    /** Rows of the whole ranking: their metrics. */
    know(whole) {
      context.metrics = new Map(whole.map((row) => [row.id, row.metrics]));
      whole.forEach((row) => {
        const kept = places.find((one) => one.id === row.id);
        if (kept) columns.forEach((column, index) => { if (column.fill !== nameCell && column.fill !== rankCell) column.fill(kept.cells[index], { ...row, ...row.metrics }, context); });
      });
    },
    take(now) {
      latest = now;
      risen.note(now.rows);
    },
    parts: () => Math.max(1, Math.ceil(more.cut(latest.rows).length / PART)),
    draw,
    showAll: () => more.choose(true),
  };
}

// A card in sight follows each message, a few rows a frame; one that is scrolled away does so within a second, in a frame of
// its own: so a phone keeps its frames and yet no figure in the page is old.
function makePatient(card, inFrame) {
  let inSight = true;
  let waiting = null;
  let timer = 0;
  function now() {
    clearTimeout(timer);
    timer = 0;
    if (!waiting) return;
    card.take(waiting);
    waiting = null;
    const parts = inSight ? card.parts() : 1;
    for (let part = 0; part < parts; part += 1) inFrame(`${card.id}/${part}`, () => card.draw(part, parts));
  }
  const observer = new IntersectionObserver((entries) => {
    inSight = entries[entries.length - 1].isIntersecting;
    if (inSight) now();
  });
  observer.observe(card.root);
  return (ranking) => {
    waiting = ranking;
    if (inSight) now();
    else if (!timer) timer = setTimeout(now, OUT_OF_SIGHT_MS * (0.5 + Math.random() / 2));
  };
}

// Places in one column with what is sold below them, people beside: so a desk shows at one glance which county leads and
// which streamer does. Within a kind, the contest's own order.
const GROUP_OF = { county: 'regions', city: 'regions', division: 'regions', streamer: 'people', session: 'goods', product: 'goods' };

/** Builds each ranking when it first comes; show(rankings) brings those given up to date, each with `inFrame`. */
export function makeRankings(root, context, inFrame) {
  const made = new Map();
  const whole = new Map(); // the rows of those that the stream does not tell all of
  const groups = Object.fromEntries(['regions', 'people', 'goods'].map((name) => [name, element('div', { class: `group ${name}` })]));
  root.replaceChildren(element('div', { class: 'rankings', role: 'group', 'aria-label': say('rankings') },
    element('div', { class: 'column' }, groups.regions, groups.goods), element('div', { class: 'column' }, groups.people)));
  const others = context.contest.rankings.filter((ranking) => ranking.by && !STREAMED.includes(ranking.by));

  async function readOthers() {
    for (const { id } of others) {
      const answer = await context.read(`rankings/${encodeURIComponent(id)}`);
      if (answer) whole.set(id, answer.rows);
      if (answer) made.get(id)?.know(answer.rows);
    }
  }

  const showAll = () => made.forEach((card) => card.showAll());
  addEventListener('beforeprint', showAll);
  const stop = others.length ? context.onChange(readOthers, OTHER_EVERY_MS) : () => {};
  return {
    show(rankings) {
      for (const [id, ranking] of Object.entries(rankings)) {
        if (!made.has(id)) {
          const card = makeRanking(id, ranking, context);
          made.set(id, { ...card, patiently: makePatient(card, inFrame) });
          card.know(whole.get(id) ?? []);
          groups[GROUP_OF[ranking.of] ?? 'goods'].append(card.root);
        }
        made.get(id).patiently(ranking);
      }
    },
    leave() {
      stop();
      removeEventListener('beforeprint', showAll);
    },
  };
}
