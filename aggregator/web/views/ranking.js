// One ranking, whole: every row, every part of the points, sortable, as CSV. The others are one tap away.

import { hrefTo } from '../address.js';
import { element, setText } from '../dom.js';
import { has, nameOf, say } from '../i18n.js';
import { entityLink } from './links.js';
import { subtitle } from './rankings.js';
import { makeTable, metricColumn, nameColumn, pointsColumn, rankColumn } from './table.js';

const READ_EVERY_MS = 800; // what is on the page is on the screen within a second
const SALES = ['net_fen', 'gross_fen', 'refunded_fen', 'online_net_fen', 'offline_net_fen', 'orders', 'orders_kept', 'quantity'];
const WHOLE = ['sessions', 'videos', 'viewers', 'likes', 'followers', 'comments'];

const metricName = (metric) => (has(metric) ? say(metric) : metric);
const partName = (part) => (part.judges ? say('juryMark') : metricName(part.metric));

function columnsOf(ranking, entities) {
  const kind = ranking.of;
  const name = { ...nameColumn('id', say(`of_${kind}`), (row) => entities.name(kind, row.id), (row) => entityLink(entities, kind, row.id)) };
  const id = { ...nameColumn('code', 'id', (row) => row.id, null), csvOnly: true };
  const first = ranking.rows[0];
  const parts = (first?.components ?? []).map((part, index) => pointsColumn(`part-${index}`, say('partOf', { metric: partName(part) }),
    (row) => row.components[index].points_milli));
  const points = ranking.by ? [] : [
    { ...pointsColumn('points', say('points'), (row) => row.points_milli), metric: 'points' }, ...parts,
    ...(first?.adjusted_milli === undefined ? [] : [pointsColumn('adjusted', say('adjusted'), (row) => row.adjusted_milli)])];
  const shown = (metric) => ({ ...metricColumn(metric), value: (row) => row.metrics[metric] ?? 0, ...ofMetrics(metric) });
  const decides = ranking.by && [...SALES, ...WHOLE].includes(ranking.by) ? [ranking.by] : [];
  const rest = [...SALES, ...WHOLE].filter((metric) => !decides.includes(metric) && first?.metrics[metric] !== undefined);
  return [rankColumn(), name, ...points, ...[...decides, ...rest].map(shown), id];
}

// Metrics of a ranking's row stand one level down.
function ofMetrics(metric) {
  const column = metricColumn(metric);
  return { text: (row) => column.text(row.metrics), csv: (row) => column.csv(row.metrics) };
}

function tabs(rankings, chosen) {
  return element('nav', { class: 'tabs', 'aria-label': say('allRankings') }, ...rankings.map((ranking) => element('a',
    { href: hrefTo({ see: 'ranking', id: ranking.id }), 'aria-current': ranking.id === chosen ? 'page' : null }, nameOf(ranking))));
}

export function makeRankingPage(root, context, { id }) {
  const { contest, entities } = context;
  const chosen = contest.rankings.find((ranking) => ranking.id === id) ?? (id ? null : contest.rankings[0]);
  if (!chosen) return null;
  const heading = element('h2', { tabindex: '-1' }, nameOf(chosen));
  const about = element('p', { class: 'quiet' });
  const place = element('div', {}, element('p', { class: 'empty' }, say('loading')));
  root.replaceChildren(tabs(contest.rankings, chosen.id), element('section', { class: 'card' }, heading, about, place));
  root.querySelector('[aria-current]').scrollIntoView({ block: 'nearest', inline: 'center' });
  let table = null;

  async function read() {
    const ranking = await context.read(`rankings/${encodeURIComponent(chosen.id)}`);
    if (!ranking) return;
    setText(about, subtitle(ranking, contest));
    if (!table) {
      table = makeTable({
        columns: columnsOf(ranking, entities),
        keyOf: (row) => row.id,
        label: nameOf(chosen),
        fileName: () => context.fileName([chosen.id]),
        leader: (row) => (ranking.by ? row.metrics[ranking.by] ?? 0 : row.points_milli),
      });
      place.replaceChildren(table.root);
    }
    table.show(ranking.rows);
  }

  const stop = context.onChange(read, READ_EVERY_MS);
  return { title: nameOf(chosen), heading, leave: stop };
}
