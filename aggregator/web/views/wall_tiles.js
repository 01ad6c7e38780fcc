// The counties as equal squares, where the contest puts them: no borders, so no map. The colour says the net sales,
// in five steps of the largest one; the figure stands in the square, so that the colour is never the only sign.

import { element, setText } from '../dom.js';
import { language, nameOf, say } from '../i18n.js';
import { compactMoney } from '../money.js';

const STEPS = 5;

const short = (fen) => compactMoney(fen, language);

/** 0: nothing sold; 1 to 5: by equal shares of the largest. */
function stepOf(fen, largest) {
  return fen <= 0 || largest <= 0 ? 0 : Math.min(STEPS, Math.floor((fen * STEPS) / largest) + 1);
}

function makeTile(county, [left, top]) {
  const [column, row] = county.tile;
  const value = element('b', {}, '–');
  const root = element('li', { 'data-county': county.id }, element('span', {}, nameOf(county)), value);
  root.style.setProperty('grid-area', `${row - top + 1} / ${column - left + 1}`);
  return {
    show(fen, largest) {
      setText(value, short(fen));
      root.dataset.step = stepOf(fen, largest);
    },
    root,
  };
}

// Counties without a place of their own follow below, five in a row.
function placed(counties) {
  const lowest = Math.max(-1, ...counties.filter((county) => county.tile).map((county) => county.tile[1]));
  let next = 0;
  return counties.map((county) => {
    if (county.tile) return county;
    const at = next;
    next += 1;
    return { ...county, tile: [at % 5, lowest + 1 + Math.floor(at / 5)] };
  });
}

function makeLegend() {
  const labels = Array.from({ length: STEPS + 1 }, () => element('span', {}));
  return {
    root: element('p', { class: 'legend' }, ...labels.map((label, step) => {
      label.dataset.step = step;
      return label;
    })),
    show(largest) {
      labels.forEach((label, step) => {
        label.hidden = step > 0 && largest <= 0;
        setText(label, step === 0 ? '0' : `≥ ${short(Math.ceil((largest * (step - 1)) / STEPS))}`);
      });
      setText(labels[1], '> 0');
    },
  };
}

export function makeWallTiles(root, contest) {
  const counties = placed(contest.counties);
  const corner = [0, 1].map((axis) => Math.min(...counties.map((county) => county.tile[axis])));
  const tiles = new Map(counties.map((county) => [county.id, makeTile(county, corner)]));
  const legend = makeLegend();
  root.replaceChildren(
    element('h2', {}, say('tileMap'), element('small', {}, say('countyIsStreamers'))),
    element('div', { class: 'field' },
      element('ul', { class: 'tiles' }, ...[...tiles.values()].map((tile) => tile.root))),
    legend.root);
  const list = root.querySelector('.tiles');
  list.style.setProperty('--columns', Math.max(...counties.map((county) => county.tile[0] - corner[0])) + 1);
  list.style.setProperty('--rows', Math.max(...counties.map((county) => county.tile[1] - corner[1])) + 1);
  return {
    /** rows of tally?by=county */
    show(rows) {
      const net = new Map(rows.map((row) => [row.county, row.net_fen]));
      const largest = Math.max(0, ...net.values());
      tiles.forEach((tile, id) => tile.show(net.get(id) ?? 0, largest));
      legend.show(largest);
    },
  };
}
