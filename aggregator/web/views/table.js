// A table that can be sorted, cut, and taken away as CSV. Its rows are kept by key, so that what is being read or
// has the focus stays where it is while the figures in it change.

import { saveText, toCsv } from '../csv.js';
import { defineButton } from '../define.js';
import { element, setText } from '../dom.js';
import { say } from '../i18n.js';
import { count, points, yuan } from '../money.js';

const FEW = 100; // rows at first, where a table does not say; the rest on demand, so that a phone stays quick

const isMoney = (metric) => metric.endsWith('_fen');

/** A column of a metric: its heading has the definition, its CSV exact yuan. */
export function metricColumn(metric) {
  const money = isMoney(metric);
  return {
    key: metric,
    metric,
    label: money ? `${say(metric)} (${say('yuan')})` : say(metric),
    figure: true,
    value: (row) => row[metric] ?? 0,
    text: (row) => (money ? yuan(row[metric] ?? 0) : count(row[metric] ?? 0)),
    csv: (row) => (money ? yuan(row[metric] ?? 0).replaceAll(',', '').replace('−', '-') : row[metric] ?? 0),
  };
}

/** A column of points, in thousandths. */
export const pointsColumn = (key, label, milli) => ({
  key, label, figure: true, value: milli, text: (row) => points(milli(row)), csv: (row) => points(milli(row)).replaceAll(',', '').replace('−', '-'),
});

/** A column of names: `link(row)` makes the cell, `text(row)` says it. */
export const nameColumn = (key, label, text, link) => ({
  key, label, figure: false, value: text, text, csv: text, link,
});

export const rankColumn = () => ({
  key: 'rank', label: say('rank'), figure: true, narrow: true, ascends: true, value: (row) => row.rank, csv: (row) => row.rank,
  text: (row) => `${row.rank}${row.tied ? ` ${say('tied')}` : ''}`,
});

const collator = new Intl.Collator('zh-CN', { numeric: true });

function compare(column, order) {
  const sign = order === 'asc' ? 1 : -1;
  return (a, b) => {
    const [left, right] = [column.value(a), column.value(b)];
    return sign * (typeof left === 'number' ? left - right : collator.compare(left, right));
  };
}

function makeHead(columns, onSort) {
  const heads = columns.map((column) => {
    const button = element('button', { type: 'button', class: 'sort' }, column.label);
    button.addEventListener('click', () => onSort(column));
    return element('th', { scope: 'col', class: column.figure ? 'n' : 'who' }, button, column.metric ? defineButton(column.metric) : null);
  });
  return {
    root: element('thead', {}, element('tr', {}, ...heads)),
    mark(sort) {
      heads.forEach((head, index) => {
        if (columns[index].key === sort.key) head.setAttribute('aria-sort', sort.order === 'asc' ? 'ascending' : 'descending');
        else head.removeAttribute('aria-sort');
      });
    },
  };
}

function makeRow(columns, row) {
  const heads = columns.findIndex((column) => column.link);
  const cells = columns.map((column, index) => element(index === heads ? 'th' : 'td',
    { class: column.figure ? 'n' : 'who', scope: index === heads ? 'row' : null }, column.link ? column.link(row) : ''));
  return { root: element('tr', {}, ...cells), cells, head: cells[heads], last: '' };
}

/**
 * `columns` as above, `csvOnly` ones only in the file; `keyOf(row)`; `sort` {key, order} or null: as the rows come; `note(sort)` is told of a change;
 * `fileName()` names the CSV. show(rows) brings it up to date.
 */
export function makeTable({ columns: given, keyOf, sort, note, fileName, label, leader, few = FEW }) {
  const columns = given.filter((column) => !column.csvOnly);
  let rows = [];
  let order = sort ?? { key: null };
  let all = false;
  const kept = new Map();
  const body = element('tbody');
  const more = element('button', { type: 'button', class: 'plain' });
  const save = element('button', { type: 'button', class: 'plain save' }, say('saveCsv'));
  const empty = element('p', { class: 'empty' }, say('noRows'));
  const head = makeHead(columns, (column) => {
    const first = column.figure && !column.ascends ? 'desc' : 'asc';
    const other = first === 'asc' ? 'desc' : 'asc';
    order = { key: column.key, order: order.key === column.key && order.order === first ? other : first };
    note?.(order);
    paint();
  });
  const table = element('table', { 'aria-label': label }, head.root, body);
  const frame = element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': label }, table);

  function sorted() {
    const column = columns.find((one) => one.key === order.key);
    return column ? [...rows].sort(compare(column, order.order)) : rows;
  }

  function fill(one, row, largest) {
    const texts = columns.map((column) => (column.link ? '' : column.text(row)));
    const now = texts.join('|');
    if (now === one.last) return;
    columns.forEach((column, index) => { if (!column.link) setText(one.cells[index], texts[index]); });
    if (leader) one.head?.style.setProperty('--share', (largest > 0 ? Math.max(0, leader(row)) / largest : 0).toFixed(4));
    one.last = now;
  }

  function paint() {
    const shown = all ? sorted() : sorted().slice(0, few);
    const gone = new Set(kept.keys());
    const largest = leader ? Math.max(0, ...rows.map(leader)) : 0;
    shown.forEach((row, index) => {
      const key = keyOf(row);
      gone.delete(key);
      if (!kept.has(key)) kept.set(key, makeRow(columns, row));
      fill(kept.get(key), row, largest);
      if (body.rows[index] !== kept.get(key).root) body.insertBefore(kept.get(key).root, body.rows[index] ?? null);
    });
    gone.forEach((key) => { kept.get(key).root.remove(); kept.delete(key); });
    head.mark(order);
    frame.hidden = rows.length === 0;
    empty.hidden = rows.length > 0;
    save.hidden = rows.length === 0;
    more.hidden = rows.length <= few;
    setText(more, all ? say('showLess') : say('showAllRows', { n: count(rows.length) }));
  }

  more.addEventListener('click', () => { all = !all; paint(); });
  save.addEventListener('click', () => saveText(`${fileName()}.csv`, toCsv(given, sorted())));
  return {
    root: element('div', { class: 'table' }, frame, empty, element('p', { class: 'under' }, more, save)),
    show(now) {
      rows = now;
      paint();
    },
  };
}
