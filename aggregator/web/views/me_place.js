// Where I stand: my place in a ranking with the three before and behind me, and how far it is to the next.

import { element, setText } from '../dom.js';
import { language, nameOf } from '../i18n.js';
import { say } from '../i18n_me.js';
import { count, fullMoney, points, withUnit } from '../money.js';

const NEIGHBOURS = 3;

const valueOf = (ranking, row) => (ranking.by ? row.metrics[ranking.by] : row.points_milli);

function valueText(ranking, value) {
  if (!ranking.by) return withUnit(points(value), say('pointsUnit'));
  return ranking.by.endsWith('_fen') ? fullMoney(value, language) : count(value);
}

// To the next place that is better than mine: those who share mine are no nearer.
function distanceText(ranking, rows, mine) {
  const ahead = rows.slice(0, rows.indexOf(mine)).reverse().find((row) => row.rank < mine.rank);
  if (!ahead) return say(mine.tied ? 'leadShared' : 'leads');
  const distance = valueOf(ranking, ahead) - valueOf(ranking, mine);
  if (distance <= 0) return say('behindByTie', { rank: ahead.rank });
  return say('behind', { rank: ahead.rank, distance: valueText(ranking, distance) });
}

function rowOf(ranking, row, mine, streamer) {
  return element('tr', { class: row === mine && 'mine', 'aria-current': row === mine && 'true' },
    element('td', { class: 'rank' }, String(row.rank), row.tied ? element('small', {}, ` ${say('tied')}`) : null),
    element('th', { scope: 'row', class: 'who' }, nameOf(streamer ?? row)),
    element('td', { class: 'n' }, valueText(ranking, valueOf(ranking, row))));
}

export function makeMePlace(me) {
  const chooser = element('select', { 'aria-label': say('ranking'), hidden: true });
  const place = element('p', { class: 'my-place' });
  const distance = element('p', { class: 'quiet' });
  const body = element('tbody');
  const none = element('p', { class: 'empty', hidden: true }, say('notRanked'));
  const table = element('table', { 'aria-label': say('around') }, element('thead', { class: 'spoken' }, element('tr', {},
    ...['rank', 'of_streamer', 'value'].map((key) => element('th', { scope: 'col' }, say(key))))), body);
  let rankings = [];

  const isOpenToMe = (ranking) => ranking.of === 'streamer' && (!ranking.division || ranking.division === me.streamer.division);

  function fillChooser() {
    const wanted = rankings.map((ranking) => ranking.id).join();
    if (chooser.dataset.ids === wanted) return;
    const chosen = chooser.value;
    chooser.dataset.ids = wanted;
    chooser.hidden = rankings.length === 0;
    chooser.replaceChildren(...rankings.map((ranking) => element('option', { value: ranking.id, selected: ranking.id === chosen }, nameOf(ranking))));
  }

  function draw() {
    const ranking = rankings.find((one) => one.id === chooser.value);
    const mine = ranking?.rows.find((row) => row.id === me.streamer.id);
    none.hidden = Boolean(mine);
    [place, distance, table].forEach((node) => { node.hidden = !mine; });
    if (!mine) return;
    const at = ranking.rows.indexOf(mine);
    setText(place, say(mine.tied ? 'placeTied' : 'place', { rank: mine.rank, of: ranking.rows.length }));
    setText(distance, distanceText(ranking, ranking.rows, mine));
    body.replaceChildren(...ranking.rows.slice(Math.max(0, at - NEIGHBOURS), at + NEIGHBOURS + 1)
      .map((row) => rowOf(ranking, row, mine, me.contest.streamers.find((one) => one.id === row.id))));
  }

  chooser.addEventListener('change', draw);
  return {
    root: element('section', { class: 'card me-place', 'aria-labelledby': 'place-head' },
      element('div', { class: 'head' }, element('h2', { id: 'place-head' }, say('myPlace')), chooser), place, distance, table, none),
    show(all) {
      rankings = all.filter(isOpenToMe);
      fillChooser();
      draw();
    },
  };
}
