// A map with borders, where the operator supplies one with its review number. Drawn here rather than by a chart: two
// dozen shapes need no library, and a path keeps sharp on any LED wall.

import { setText } from '../dom.js';
import { language, nameOf } from '../i18n.js';
import { tinyMoney } from '../money.js';

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 1000; // of the drawing; its height follows from the shapes

function draw(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

const codeOf = (feature) => String(feature.properties.adcode ?? feature.properties.id);

// The rings of a Polygon or a MultiPolygon, outer ones and holes alike.
function ringsOf({ type, coordinates }) {
  return type === 'Polygon' ? coordinates : coordinates.flat();
}

function boundsOf(points) {
  const bounds = { west: Infinity, east: -Infinity, south: Infinity, north: -Infinity };
  points.forEach(([east, north]) => {
    bounds.west = Math.min(bounds.west, east);
    bounds.east = Math.max(bounds.east, east);
    bounds.south = Math.min(bounds.south, north);
    bounds.north = Math.max(bounds.north, north);
  });
  return bounds;
}

// Degrees to the drawing. A degree of longitude is shorter by the cosine of the latitude: near enough for a province.
function makeProjection(features) {
  const bounds = boundsOf(features.flatMap((feature) => ringsOf(feature.geometry).flat()));
  const squeeze = Math.cos(((bounds.north + bounds.south) / 2) * (Math.PI / 180));
  const scale = WIDTH / Math.max(1e-6, (bounds.east - bounds.west) * squeeze);
  return {
    height: Math.max(1, (bounds.north - bounds.south) * scale),
    at: ([east, north]) => [(east - bounds.west) * squeeze * scale, (bounds.north - north) * scale],
  };
}

function pathOf(geometry, at) {
  return ringsOf(geometry).map((ring) => `M${ring.map((point) => at(point).map((part) => part.toFixed(1)).join(' ')).join('L')}z`).join('');
}

// Where its name stands: where the map says, or in the middle of its longest ring.
function middleOf(feature, at) {
  const given = feature.properties.centroid ?? feature.properties.center;
  if (given) return at(given);
  const ring = ringsOf(feature.geometry).reduce((longest, one) => (one.length > longest.length ? one : longest));
  const bounds = boundsOf(ring);
  return at([(bounds.west + bounds.east) / 2, (bounds.south + bounds.north) / 2]);
}

function makeShape(feature, county, at) {
  const path = draw('path', { d: pathOf(feature.geometry, at), class: county ? 'county' : 'beyond' });
  if (!county) return { parts: [path], show() {} };
  const [x, y] = middleOf(feature, at);
  const name = draw('text', { x, y: y - 4, class: 'name' });
  const value = draw('text', { x, y: y + 24, class: 'value' });
  setText(name, nameOf(county));
  return {
    parts: [path, name, value],
    show(fen, step) {
      path.dataset.step = step;
      name.dataset.on = step;
      value.dataset.on = step;
      setText(value, tinyMoney(fen, language));
    },
  };
}

/** The shapes of `geojson`, those of the contest's counties coloured. show(net, stepOf): fen by county. */
export function makeMap(geojson, counties) {
  const projection = makeProjection(geojson.features);
  const known = new Map(counties.map((county) => [county.id, county]));
  const shapes = geojson.features.map((feature) => ({ id: codeOf(feature), shape: makeShape(feature, known.get(codeOf(feature)), projection.at) }));
  const picture = draw('svg', { class: 'map', viewBox: `-8 -8 ${WIDTH + 16} ${projection.height + 16}`, role: 'img' });
  picture.append(...shapes.map(({ shape }) => shape.parts[0]), ...shapes.flatMap(({ shape }) => shape.parts.slice(1)));
  return {
    root: picture,
    show(net, stepOf) {
      shapes.forEach(({ id, shape }) => shape.show(net.get(id) ?? 0, stepOf(net.get(id) ?? 0)));
    },
  };
}
