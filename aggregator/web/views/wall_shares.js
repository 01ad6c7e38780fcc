// Which kinds of goods make up the net sales: one bar, and the same in words.

import { element } from '../dom.js';
import { categoryName, say } from '../i18n.js';

const MOST = 5; // the rest is one part, so that the colours stay apart

function grouped(rows) {
  const sold = rows.filter((row) => row.net_fen > 0);
  const rest = sold.slice(MOST);
  const parts = sold.slice(0, MOST).map((row) => ({ name: categoryName(row.category) || say('noCategory'), fen: row.net_fen }));
  if (rest.length) parts.push({ name: say('others'), fen: rest.reduce((sum, row) => sum + row.net_fen, 0) });
  return parts;
}

// Tenths of a percent, cut: parts never add up to more than the whole.
const percent = (fen, all) => `${(Math.floor((1000 * fen) / all) / 10).toFixed(1)}%`;

/** show(rows) takes those of tally?by=category. */
export function makeWallShares(root) {
  const bar = element('div', { class: 'share', 'aria-hidden': 'true' });
  const list = element('ul', { class: 'shares' });
  root.append(element('h3', {}, say('categories')), bar, list);
  return {
    show(rows) {
      const parts = grouped(rows);
      const all = parts.reduce((sum, part) => sum + part.fen, 0);
      bar.replaceChildren(...parts.map((part, index) => {
        const piece = element('i', { 'data-part': index });
        piece.style.setProperty('flex-grow', part.fen / all);
        return piece;
      }));
      list.replaceChildren(...parts.map((part, index) => element('li', { 'data-part': index },
        element('span', {}, part.name), element('b', {}, percent(part.fen, all)))));
    },
  };
}
