// A ranking as a race: each row keeps its identity and glides to its new place; an arrow says how far it has come
// in the last minute.

import { element, setText } from '../dom.js';
import { language, nameOf, say } from '../i18n.js';
import { compactMoney, points } from '../money.js';

const MOVES_OF_MS = 60000;

const sizeOf = (row) => Math.max(0, row.points_milli ?? row.net_fen);

// Places as they were up to a minute ago, so that a move stays in sight long enough to be seen from the last row.
function makeMemory() {
  const kept = [];
  return {
    note(rows, nowMs) {
      const placed = rows.filter((row) => sizeOf(row) > 0); // who has nothing yet shares a place with many: no place to come from
      kept.push({ nowMs, ranks: new Map(placed.map((row) => [row.id, row.rank])) });
      while (kept.length > 1 && kept[1].nowMs <= nowMs - MOVES_OF_MS) kept.shift();
    },
    moved(row) {
      const before = kept[0]?.ranks.get(row.id);
      return before === undefined ? 0 : before - row.rank;
    },
  };
}

function makeRow() {
  const cells = {
    rank: element('span', { class: 'rank' }),
    move: element('span', { class: 'move' }),
    name: element('span', { class: 'name' }),
    beside: element('small', {}),
    value: element('span', { class: 'value' }),
  };
  const bar = element('i', { 'aria-hidden': 'true' });
  const root = element('li', {}, bar, cells.rank, cells.move,
    element('span', { class: 'who' }, cells.name, cells.beside), cells.value);
  return { root, bar, cells };
}

function showMove(cell, moved) {
  setText(cell, moved === 0 ? '' : `${moved > 0 ? '▲' : '▼'}${Math.abs(moved)}`);
  cell.dataset.way = Math.sign(moved);
}

function valueText(row) {
  if (row.points_milli !== undefined) return `${points(row.points_milli)} ${say('pointsUnit')}`;
  return compactMoney(row.net_fen, language);
}

/** `entities`: id → what the contest's document says of it; `besideOf(entity)`: a second, quieter name. */
export function makeWallRace(root, heading, entities, besideOf, most) {
  const rows = new Map();
  const memory = makeMemory();
  const list = element('ol', { class: 'race' });
  const empty = element('p', { class: 'empty' }, say('nothingSold'));
  const title = element('h2', {}, heading);
  root.replaceChildren(title, list, empty);

  function fill(kept, row, index, largest) {
    const entity = entities.get(row.id);
    setText(kept.cells.rank, largest > 0 ? String(row.rank) : '–'); // nobody is first with nothing
    kept.root.dataset.rank = sizeOf(row) > 0 ? row.rank : '';
    setText(kept.cells.name, (entity && nameOf(entity)) || row.name || row.id);
    setText(kept.cells.beside, (entity && besideOf(entity)) || '');
    setText(kept.cells.value, valueText(row));
    showMove(kept.cells.move, memory.moved(row));
    kept.bar.style.setProperty('width', `${largest ? (100 * sizeOf(row)) / largest : 0}%`);
    kept.root.style.setProperty('--at', index);
  }

  return {
    show(ranking, nowMs) {
      const shown = ranking.slice(0, most);
      const gone = new Set(rows.keys());
      const largest = Math.max(0, ...shown.map(sizeOf));
      memory.note(ranking, nowMs);
      shown.forEach((row, index) => {
        if (!rows.has(row.id)) {
          rows.set(row.id, makeRow());
          list.append(rows.get(row.id).root);
        }
        gone.delete(row.id);
        fill(rows.get(row.id), row, index, largest);
      });
      gone.forEach((id) => { rows.get(id).root.remove(); rows.delete(id); });
      list.style.setProperty('--count', Math.max(shown.length, Math.min(most, 8)));
      empty.hidden = shown.length > 0;
    },
    name(text) { setText(title, text); },
  };
}
