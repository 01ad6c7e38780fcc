// The page of one county, streamer, product or session: its figures, its places, its own trend, and what it is made of.

import { hrefTo } from '../address.js';
import { element, setText } from '../dom.js';
import { categoryName, nameOf, say } from '../i18n.js';
import { dayAndMinute } from '../times.js';
import { factsOf, partName } from './facts.js';
import { entityLink } from './links.js';
import { makeFigure } from './totals.js';
import { makeTable, metricColumn, nameColumn } from './table.js';
import { makeTrend } from './trend.js';

const READ_EVERY_MS = 800; // what is on the page is on the screen within a second
const PART_ROWS = 10;
const HOUR_MS = 3600000;

const WHOLE = ['sessions', 'videos', 'viewers', 'likes', 'followers', 'comments'];
const FIGURES = ['gross_fen', 'refunded_fen', 'online_net_fen', 'offline_net_fen', 'orders', 'orders_kept', 'quantity', ...WHOLE];

// What each is made of: one table a dimension.
const PARTS = {
  county: [['streamer', 'streamersOf'], ['product', 'productsOf'], ['session', 'sessionsOf']],
  streamer: [['session', 'sessionsOf'], ['product', 'productsOf']],
  product: [['county', 'countiesOf'], ['streamer', 'streamersOf'], ['channel', 'channelsOf']],
  session: [['product', 'productsOf'], ['channel', 'channelsOf']],
};

function crumbs(kind, entity, entities) {
  const at = (text) => dayAndMinute(Date.parse(text), entities.offset);
  const link = (of, id) => (id && entities.find(of, id) ? [entityLink(entities, of, id, false)] : []);
  const facts = {
    county: () => [entity.city, entity.province].filter(Boolean),
    streamer: () => [...link('county', entity.county), ...(entity.division ? [entities.name('division', entity.division)] : [])],
    product: () => [...link('county', entity.county), ...(entity.category ? [categoryName(entity.category)] : [])],
    session: () => [...link('streamer', entity.streamer), entities.name('platform', entity.platform),
      ...(entity.starts ? [say('planned', { starts: at(entity.starts), ends: at(entity.ends ?? entity.starts).slice(6) })] : [])],
  };
  return factsOf('p', { class: 'crumbs' }, [say(`page_${kind}`), ...facts[kind]()]);
}

// The places are those of the stream, whole rankings only where it does not carry the row.
function makePlaces(kind, id, context) {
  const list = element('ul', { class: 'places' });
  const about = context.contest.rankings.filter((ranking) => ranking.of === kind);
  const items = about.map((ranking) => {
    const place = element('b', {}, '–');
    const of = element('small', {});
    list.append(element('li', {}, element('a', { href: hrefTo({ see: 'ranking', id: ranking.id }) }, nameOf(ranking)), ' ', place, ' ', of));
    return { ranking, place, of };
  });
  async function read() {
    for (const item of items) {
      const answer = await context.read(`rankings/${encodeURIComponent(item.ranking.id)}`);
      if (!answer) continue;
      const row = answer.rows.find((one) => one.id === id);
      setText(item.place, row ? say('placeOf', { rank: row.rank }) + (row.tied ? ` (${say('tied')})` : '') : say('noPlace'));
      setText(item.of, row ? say('placeOfAll', { n: answer.rows.length }) : '');
    }
  }
  return { root: about.length ? element('section', { class: 'card' }, element('h3', {}, say('placeIn')), list) : null, read };
}

function makePart(kind, id, [dimension, heading], context) {
  const { entities } = context;
  const table = makeTable({
    columns: [nameColumn(dimension, say(`of_${dimension}`), (row) => entities.name(dimension, row[dimension]), (row) => partName(entityLink(entities, dimension, row[dimension], kind !== 'county'))),
      metricColumn('net_fen'), metricColumn('orders'), metricColumn('refunded_fen'), { ...nameColumn('code', dimension, (row) => row[dimension], null), csvOnly: true }],
    keyOf: (row) => row[dimension],
    sort: { key: 'net_fen', order: 'desc' },
    label: say(heading),
    fileName: () => context.fileName([kind, id, dimension]),
    leader: (row) => row.net_fen,
    few: PART_ROWS,
  });
  const query = `by=${dimension}&${kind}=${encodeURIComponent(id)}`;
  return {
    root: element('section', { class: 'card' }, element('div', { class: 'title' }, element('h3', {}, say(heading)),
      element('a', { href: hrefTo({ see: 'tally', by: dimension, [kind]: id }) }, say('nav_tally'))), table.root),
    async read() {
      const answer = await context.read(`tally?${query}`);
      if (answer) table.show(answer.rows);
    },
  };
}

// Of a session: from just before its plan until just after it; of others the whole contest.
function spanOf(kind, entity, contest) {
  const { opens_ms: fromMs, closes_ms: untilMs } = contest.windows;
  if (kind !== 'session' || !entity.starts) return { fromMs, untilMs: Math.max(untilMs, fromMs + HOUR_MS) };
  const starts = Date.parse(entity.starts);
  const ends = Math.max(Date.parse(entity.ends ?? entity.starts), starts + HOUR_MS);
  return { fromMs: Math.floor((starts - HOUR_MS / 2) / 60000) * 60000, untilMs: Math.ceil((ends + HOUR_MS / 2) / 60000) * 60000 };
}

// What a group of that kind can have: a product has no audience of its own, a session is one session.
function metricsOf(kind) {
  const left = { product: WHOLE, session: ['sessions', 'videos'] }[kind] ?? [];
  return FIGURES.filter((metric) => !left.includes(metric));
}

function makeFigures(kind) {
  const net = makeFigure('net_fen', true);
  let own = 0;
  const share = element('p', { class: 'quiet' });
  const figures = new Map(metricsOf(kind).map((metric) => [metric, makeFigure(metric)]));
  net.root.append(share);
  net.root.classList.add('hero');
  const root = element('div', { class: 'figures wide' }, net.root, ...[...figures.values()].map((figure) => figure.root));
  root.style.setProperty('--across', 2 + Math.ceil((figures.size + 1) / 2)); // the net sales are two wide, the first of the others too
  return {
    root,
    show(row) {
      own = row.net_fen ?? 0;
      net.show(own);
      figures.forEach((figure, metric) => figure.show(row[metric] ?? 0));
    },
    /** Of all net sales, in tenths of a percent, cut. */
    ofAll(all) {
      const part = all > 0 ? Math.floor((1000 * Math.max(0, own)) / all) / 10 : 0;
      setText(share, all > 0 ? say('shareOfAll', { share: `${part.toFixed(1)}%` }) : '');
    },
  };
}

export function makeEntityPage(root, context, kind, id) {
  const { entities, contest } = context;
  const entity = entities.find(kind, id);
  if (!entity) return null;
  const name = entities.name(kind, id);
  const heading = element('h2', { tabindex: '-1', class: 'entity-name' }, factsOf('span', {}, name.split(' · ')));
  const figures = makeFigures(kind);
  const places = makePlaces(kind, id, context);
  const trend = element('section', { class: 'card trend' });
  const parts = PARTS[kind].map((part) => makePart(kind, id, part, context));
  root.replaceChildren(element('div', { class: 'page' },
    element('div', {}, heading, crumbs(kind, entity, entities)), figures.root, places.root, trend,
    element('div', { class: 'parts' }, ...parts.map((part) => part.root))));
  const drawn = makeTrend(trend, context, { filters: { [kind]: id }, ...spanOf(kind, entity, contest), marks: context.marks() });

  async function readAll() {
    const own = await context.read(`tally?by=${kind}&${kind}=${encodeURIComponent(id)}`);
    if (own) figures.show(own.rows[0] ?? {});
    figures.ofAll(context.latest?.totals.net_fen ?? 0);
    await Promise.all([places.read(), drawn.read(), ...parts.map((part) => part.read())]);
  }

  const stop = context.onChange(readAll, READ_EVERY_MS);
  return {
    title: name,
    heading,
    show: (message) => figures.ofAll(message.totals.net_fen),
    leave() {
      stop();
      drawn.leave();
    },
  };
}
