// Net sales minute by minute: the last three hours in which anything was sold, with the starts of livestreams and
// the freeze as marks. Time is that of the events, not of their arrival, so a late report lands where it belongs.

import { element, setText } from '../dom.js';
import { language, nameOf, say } from '../i18n.js';
import { roundMoney } from '../money.js';
import { dayAndMinute } from '../times.js';

const SVG = 'http://www.w3.org/2000/svg';
const REM = 16; // units of the drawing: its letters are as large as others of the wall, however much room it has
const FOOT = 26; // for the hours
const TOP = 30; // for the marks' names
export const TREND_MS = 3 * 3600 * 1000;

function draw(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

const money = (fen) => roundMoney(fen, language);

/** The next round figure above: 1, 2 or 5 times a power of ten. */
export function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return power * [1, 2, 5, 10].find((step) => step * power >= value);
}

function makeScale(fromMs, largest, width, height) {
  const floor = height - FOOT;
  return {
    width,
    height,
    x: (ms) => ((ms - fromMs) * width) / TREND_MS,
    y: (fen) => floor - (Math.max(0, fen) * (floor - TOP)) / largest,
    floor,
  };
}

// Rows by minute: what was sold online, and offline on top of it. A minute that only took back stands at nothing.
function byMinute(rows) {
  const minutes = new Map();
  rows.forEach((row) => {
    const minute = minutes.get(row.start_ms) ?? { ms: row.start_ms, online: 0, offline: 0 };
    minute[row.channel] = Math.max(0, row.net_fen);
    minutes.set(row.start_ms, minute);
  });
  return [...minutes.values()];
}

function drawBars(kind, spans, scale) {
  const width = ((scale.width * 60000) / TREND_MS) * 0.8;
  const path = spans.filter(({ from, to }) => to > from).map(({ ms, from, to }) => {
    const x = scale.x(ms).toFixed(1);
    return `M${x} ${scale.y(from).toFixed(1)}V${scale.y(to).toFixed(1)}h${width.toFixed(1)}V${scale.y(from).toFixed(1)}z`;
  });
  return draw('path', { class: `bars ${kind}`, d: path.join('') });
}

function drawGrid(fromMs, largest, scale, offset, sold) {
  const rules = [];
  const ticks = [];
  [0.5, 1].forEach((part) => {
    const y = scale.y(largest * part);
    rules.push(draw('line', { class: 'rule', x1: 0, x2: scale.width, y1: y, y2: y }));
    if (sold) ticks.push(draw('text', { class: 'tick', x: 2, y: y - 4 }, money(Math.round(largest * part))));
  });
  const half = 30 * 60000;
  for (let ms = Math.ceil(fromMs / half) * half; ms <= fromMs + TREND_MS; ms += half) {
    const x = scale.x(ms);
    const anchor = x < 20 ? 'start' : x > scale.width - 20 ? 'end' : 'middle';
    ticks.push(draw('text', { class: 'tick', x, y: scale.height - 6, 'text-anchor': anchor }, dayAndMinute(ms, offset).slice(6)));
  }
  return [rules, ticks];
}

const BESIDE_TICKS = 84; // from where on a name stands clear of the sums of the axis
const widthOf = (name) => 12 + 16 * Math.min(10, [...name].length);

// Starts close to each other share one name, so that all stay readable. The freeze has a line of its own, and its name
// always stands: to the left of its mark where there is no room to the right.
function drawMarks(marks, fromMs, scale) {
  const made = [];
  let freeFrom = -Infinity;
  marks.filter((mark) => mark.ms >= fromMs && mark.ms <= fromMs + TREND_MS).sort((a, b) => a.ms - b.ms).forEach((mark) => {
    const x = scale.x(mark.ms);
    const frozen = mark.kind === 'freeze';
    const back = x + widthOf(mark.name) > scale.width;
    made.push(draw('line', { class: `mark ${mark.kind}`, x1: x, x2: x, y1: frozen ? 34 : 18, y2: scale.floor }));
    if (!frozen && (back || x < freeFrom)) return;
    const at = back ? x - 4 : Math.max(BESIDE_TICKS, x + 4);
    made.push(draw('text', { class: `mark ${mark.kind}`, x: at, y: frozen ? 44 : 14, 'text-anchor': back ? 'end' : 'start' }, mark.name));
    if (!frozen) freeFrom = at + widthOf(mark.name);
  });
  return made;
}

const cutName = (name) => ([...name].length > 10 ? `${[...name].slice(0, 9).join('')}…` : name);

function marksOf(contest, board) {
  const streamers = new Map(contest.streamers.map((streamer) => [streamer.id, streamer]));
  const byStart = new Map();
  contest.sessions.forEach((session) => {
    const ms = Date.parse(session.starts);
    if (ms) byStart.set(ms, [...byStart.get(ms) ?? [], cutName(nameOf(streamers.get(session.streamer) ?? session) ?? session.id)]);
  });
  const marks = [...byStart].map(([ms, names]) => ({
    kind: 'start', ms, name: names.length > 1 ? say('startsOf', { n: names.length }) : `▸ ${names[0]}`,
  }));
  const freezesMs = board.frozenAtMs ?? contest.windows.freezes_ms;
  if (freezesMs) marks.push({ kind: 'freeze', ms: freezesMs, name: say('markFreeze') });
  return marks;
}

/** show(rows, untilMs, board): rows of series?bucket_s=60&by=channel, drawn up to untilMs. */
export function makeWallTrend(root, contest) {
  const picture = draw('svg', { role: 'img' });
  const range = element('small', {});
  root.replaceChildren(element('h2', {}, say('trend'), range,
    element('small', { class: 'key online' }, say('online')), element('small', { class: 'key offline' }, say('offline'))), picture);
  let last = null;

  function redraw() {
    if (last) paint(...last);
  }

  function paint(rows, untilMs, board) {
    const fromMs = untilMs - TREND_MS;
    const minutes = byMinute(rows);
    const largest = roundUp(Math.max(100, ...minutes.map((minute) => minute.online + minute.offline)));
    const unit = REM / parseFloat(getComputedStyle(document.documentElement).fontSize);
    const scale = makeScale(fromMs, largest, ...[picture.clientWidth, picture.clientHeight].map((length) => Math.max(100, Math.round(length * unit))));
    picture.setAttribute('viewBox', `0 0 ${scale.width} ${scale.height}`);
    const text = `${dayAndMinute(fromMs, board.offset)} – ${dayAndMinute(untilMs, board.offset)}`;
    setText(range, text);
    picture.setAttribute('aria-label', `${say('trend')}: ${text}`);
    const [rules, ticks] = drawGrid(fromMs, largest, scale, board.offset, minutes.length > 0);
    picture.replaceChildren(...rules,
      drawBars('online', minutes.map(({ ms, online }) => ({ ms, from: 0, to: online })), scale),
      drawBars('offline', minutes.map(({ ms, online, offline }) => ({ ms, from: online, to: online + offline })), scale),
      ...ticks, ...drawMarks(marksOf(contest, board), fromMs, scale));
  }

  new ResizeObserver(redraw).observe(picture);
  return {
    show(...now) {
      last = now;
      redraw();
    },
  };
}
