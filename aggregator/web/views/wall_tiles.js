// The counties, coloured by net sales in five equal steps; the figure stands in each, so that the colour is
// never the only sign. By default they are equal squares where the contest puts them: no borders, so no map. A map
// that the operator supplies stands in their place, together with its review number.

import { element, setStyle, setText } from '../dom.js';
import { language, nameOf, say } from '../i18n.js';
import { inTwo, lettersOf } from '../letters.js';
import { roundMoney, tinyMoney } from '../money.js';
import { makeMap } from './wall_map.js';

const STEPS = 5;

const short = (fen) => tinyMoney(fen, language);

// The width of a step: a fifth of the largest, up to two digits that people can read; so the largest is in the last.
function widthOf(largest) {
  const fifth = Math.max(100, largest / STEPS);
  const power = 10 ** (Math.floor(Math.log10(fifth)) - 1);
  return Math.ceil(fifth / power) * power;
}

/** 0: nothing sold; 1 to 5: by equal steps. */
export function stepOf(fen, largest) {
  return fen <= 0 || largest <= 0 ? 0 : Math.min(STEPS, Math.floor(fen / widthOf(largest)) + 1);
}

function makeTile(county, [left, top], hrefOf) {
  const [column, row] = county.tile;
  const value = element('b', {}, '–');
  const name = inTwo(nameOf(county));
  const inside = [element('span', {}, name.text), value];
  const root = element('li', { 'data-county': county.id }, ...(hrefOf ? [element('a', { href: hrefOf(county) }, ...inside)] : inside));
  root.style.setProperty('--letters-shown', name.letters);
  root.style.setProperty('grid-area', `${row - top + 1} / ${column - left + 1}`);
  return {
    show(fen, step) {
      setText(value, short(fen));
      setStyle(value, '--letters-shown', lettersOf(value.textContent));
      if (root.dataset.step !== String(step)) root.dataset.step = step;
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

/** Squares, where `hrefOf(county)` is given links. show(net, step): fen by county, and the step of a sum. */
export function makeTiles(contestCounties, hrefOf = null) {
  const counties = placed(contestCounties);
  const corner = [0, 1].map((axis) => Math.min(...counties.map((county) => county.tile[axis])));
  const tiles = new Map(counties.map((county) => [county.id, makeTile(county, corner, hrefOf)]));
  const root = element('ul', { class: 'tiles' }, ...[...tiles.values()].map((tile) => tile.root));
  root.style.setProperty('--columns', Math.max(...counties.map((county) => county.tile[0] - corner[0])) + 1);
  root.style.setProperty('--rows', Math.max(...counties.map((county) => county.tile[1] - corner[1])) + 1);
  return {
    root,
    show(net, step) {
      tiles.forEach((tile, id) => tile.show(net.get(id) ?? 0, step(net.get(id) ?? 0)));
    },
  };
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
        setText(label, step === 0 ? '0' : `≥ ${roundMoney(widthOf(largest) * (step - 1), language)}`);
      });
      setText(labels[1], '> 0');
    },
  };
}

/** `map`: /map.json. */
export function makeWallTiles(root, contest, map) {
  const field = map?.geojson ? makeMap(map.geojson, contest.counties) : makeTiles(contest.counties);
  const legend = makeLegend();
  root.replaceChildren(
    element('h2', {}, say('tileMap'), element('small', {}, say('byStreamersCounty'))),
    element('div', { class: 'field' }, field.root),
    legend.root,
    ...(map?.geojson ? [element('p', { class: 'review' }, say('mapReview', { number: map.review_number }))] : []));
  return {
    /** rows of tally?by=county */
    show(rows) {
      const net = new Map(rows.map((row) => [row.county, row.net_fen]));
      const largest = Math.max(0, ...net.values());
      field.show(net, (fen) => stepOf(fen, largest));
      legend.show(largest);
    },
  };
}
