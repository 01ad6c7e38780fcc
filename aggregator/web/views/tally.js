// Any table of up to three dimensions, with filters. What is asked for stands in the address.

import { DIMENSIONS } from '../entities.js';
import { hrefWith, noteInAddress } from '../address.js';
import { element, setText } from '../dom.js';
import { say } from '../i18n.js';
import { count } from '../money.js';
import { factsOf, partName } from './facts.js';
import { entityLink } from './links.js';
import { makeTable, metricColumn, nameColumn } from './table.js';

const READ_EVERY_MS = 800; // what is on the page is on the screen within a second
const MOST = 3;
const SALES = ['net_fen', 'gross_fen', 'refunded_fen', 'online_net_fen', 'offline_net_fen', 'orders', 'orders_kept', 'quantity'];
const WHOLE = ['sessions', 'videos', 'viewers', 'likes', 'followers', 'comments'];

const offered = (entities) => DIMENSIONS.filter((dimension) => entities.has(dimension));

function byOf(address, entities) {
  const asked = (address.by ?? '').split(',').filter((dimension) => offered(entities).includes(dimension));
  const by = [...new Set(asked)].slice(0, MOST);
  return by.length ? by : ['county'];
}

const filtersOf = (address, entities) => Object.fromEntries(DIMENSIONS.filter((dimension) => address[dimension] !== undefined && entities.has(dimension))
  .map((dimension) => [dimension, address[dimension]]));

function dimensionChooser(index, by, context) {
  const { entities } = context;
  const select = element('select', { 'aria-label': say(`dimension_${index + 1}`), id: `by-${index}` },
    index > 0 ? element('option', { value: '' }, say('noDimension')) : null,
    ...offered(entities).map((dimension) => element('option', { value: dimension, selected: by[index] === dimension, disabled: by.includes(dimension) && by[index] !== dimension }, say(`of_${dimension}`))));
  select.addEventListener('change', () => {
    const now = [...by];
    now[index] = select.value;
    context.go({ by: now.filter(Boolean).join(','), sort: null, order: null });
  });
  return element('label', {}, say(`dimension_${index + 1}`), ' ', select);
}

function filterChips(filters, context) {
  return Object.entries(filters).map(([dimension, id]) => {
    const name = `${say(`of_${dimension}`)} = ${context.entities.name(dimension, id)}`;
    return element('a', { class: 'chip', href: hrefWith({ [dimension]: null }), 'aria-label': say('removeFilter', { name }) }, name, ' ×');
  });
}

// First which dimension, then which of it.
function filterAdder(filters, context) {
  const { entities } = context;
  const free = offered(entities).filter((dimension) => filters[dimension] === undefined);
  const which = element('select', { 'aria-label': say('addFilter'), id: 'filter' }, element('option', { value: '' }, `+ ${say('addFilter')}`),
    ...free.map((dimension) => element('option', { value: dimension }, say(`of_${dimension}`))));
  const value = element('select', { hidden: true, id: 'filter-value' });
  which.addEventListener('change', () => {
    value.hidden = which.value === '';
    if (value.hidden) return;
    value.setAttribute('aria-label', say('filterOf', { dimension: say(`of_${which.value}`) }));
    value.replaceChildren(element('option', { value: '' }, say('choose')), ...entities.all(which.value).map(({ id, name }) => element('option', { value: id }, name)));
  });
  value.addEventListener('change', () => { if (value.value) context.go({ [which.value]: value.value }); });
  return element('span', { class: 'adder' }, which, value);
}

function columnsOf(by, whole, entities) {
  // On a phone one column says it all: the others are folded under the first.
  const folded = (row) => factsOf('small', { class: 'folded' }, by.slice(1).flatMap((dimension) => entities.name(dimension, row[dimension]).split(' · ')));
  const dimensions = by.map((dimension, index) => nameColumn(dimension, say(`of_${dimension}`), (row) => entities.name(dimension, row[dimension]),
    (row) => element('span', {}, partName(entityLink(entities, dimension, row[dimension], by.length === 1)), index === 0 && by.length > 1 ? folded(row) : null)));
  const ids = by.map((dimension) => ({ ...nameColumn(`${dimension}-id`, dimension, (row) => row[dimension], null), csvOnly: true }));
  return [...dimensions, ...SALES.map(metricColumn), ...(whole ? WHOLE.map(metricColumn) : []), ...ids];
}

export function makeTallyPage(root, context, address) {
  const { entities } = context;
  const by = byOf(address, entities);
  const filters = filtersOf(address, entities);
  const heading = element('h2', { tabindex: '-1' }, say('tallyTitle'));
  const counted = element('p', { class: 'quiet', role: 'status' });
  const place = element('div', {}, element('p', { class: 'empty' }, say('loading')));
  const choosers = Array.from({ length: Math.min(MOST, by.length + 1) }, (_, index) => dimensionChooser(index, by, context));
  const mixed = [...by, ...Object.keys(filters)];
  const controls = element('div', { class: 'controls' }, ...choosers, filterAdder(filters, context), ...filterChips(filters, context));
  root.replaceChildren(element('section', { class: 'card' }, heading, element('p', { class: 'quiet' }, say('tallyHint')), controls,
    mixed.includes('origin') ? element('p', { class: 'quiet' }, say('originNote')) : null, counted, place));
  let table = null;

  async function read() {
    const query = new URLSearchParams({ by: by.join(','), ...filters });
    const answer = await context.read(`tally?${query.toString().replaceAll('%2C', ',')}`);
    if (!answer) return;
    if (!table) {
      table = makeTable({
        columns: columnsOf(by, answer.whole, entities),
        keyOf: (row) => by.map((dimension) => row[dimension]).join('/'),
        sort: address.sort ? { key: address.sort, order: address.order === 'asc' ? 'asc' : 'desc' } : { key: 'net_fen', order: 'desc' },
        note: ({ key, order }) => noteInAddress({ sort: key, order }),
        label: say('tallyTitle'),
        fileName: () => context.fileName(['tally', ...by, ...Object.values(filters)]),
        leader: (row) => row.net_fen,
      });
      place.replaceChildren(table.root);
    }
    setText(counted, say('rowsOf', { n: count(answer.rows.length) }));
    table.show(answer.rows);
  }

  const stop = context.onChange(read, READ_EVERY_MS);
  return { title: say('tallyTitle'), heading, leave: stop };
}
