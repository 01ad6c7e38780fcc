// The streamers: where each stands by points, what was added or taken, who is out; and the actions on a person.

import { element, setText } from '../dom.js';
import { decimal, milliText } from '../desk/amount.js';
import { ask } from '../desk/ask.js';
import { actButton, actionMaker, perform, pointsBox, streamerName } from '../desk/desk.js';
import { effectOfPoints } from '../desk/effect.js';
import { adjustments, disqualified } from '../desk/record.js';
import { makeRows } from '../desk/rows.js';
import { nameOf } from '../i18n.js';
import { say } from '../i18n_judge.js';
import { points, yuan } from '../money.js';

const MOST_MILLI = 1000 * 1000;

// Points, then what they change, drawn anew with each letter typed.
async function adjust(desk, streamer) {
  const field = element('input', { id: 'adjust-points', type: 'text', inputmode: 'text', autocomplete: 'off', placeholder: '−2.5' });
  const preview = element('div', { 'aria-live': 'polite' });
  const milliOf = () => decimal(field.value, 3);
  const isGood = (milli) => milli !== null && milli !== 0 && Math.abs(milli) <= MOST_MILLI;
  let make = null;
  field.addEventListener('input', () => {
    make = null;
    preview.replaceChildren(isGood(milliOf()) ? pointsBox(desk, effectOfPoints(desk, streamer.id, milliOf())) : element('p', { class: 'quiet' }, say('adjustRange')));
  });
  const done = await ask({ title: say('adjustWho', { who: streamerName(desk, streamer.id) }), verb: say('act_adjust'), reason: 'needed',
    lines: [say('explain_adjust'), element('div', { class: 'field' }, element('label', { for: 'adjust-points' }, say('adjustPoints')), field), preview] },
  (reason) => {
    if (!isGood(milliOf())) throw new Error(say('adjustRange'));
    make ??= actionMaker('adjust', { streamer: streamer.id, points: milliOf() / 1000 });
    return desk.server.act(make(reason));
  });
  if (done) desk.changed();
}

function placesOf(desk, id) {
  return desk.rankings.filter((ranking) => ranking.of === 'streamer').map((ranking) => ({ ranking, row: ranking.rows.find((row) => row.id === id) })).filter(({ row }) => row);
}

function outLines(desk, streamer, isOut) {
  const places = placesOf(desk, streamer.id).map(({ ranking, row }) => element('li', {}, say('standsAt', { ranking: nameOf(ranking), rank: row.rank })));
  return [say(isOut ? 'explain_reinstate' : 'explain_disqualify'),
    element('div', { class: 'changes' }, isOut ? element('p', {}, say('backInto')) : places.length ? element('ul', {}, ...places) : element('p', {}, say('inNone')))];
}

function makeRow(desk, item) {
  const { streamer, isOut, adjusted, place, net } = item;
  const flip = isOut ? 'reinstate' : 'disqualify';
  return element('tr', { 'data-streamer': streamer.id, class: isOut && 'out' },
    element('th', { scope: 'row', class: 'who' }, nameOf(streamer), element('small', {}, ` ${nameOf(desk.county(streamer.county))} · ${streamer.id}`)),
    element('td', { class: 'n' }, isOut ? element('span', { class: 'pill', 'data-status': 'refused' }, say('isOut')) : place),
    element('td', { class: 'n', 'data-label': say('net_fen') }, net), element('td', { class: 'n', 'data-label': say('adjusted') }, adjusted ? `${adjusted > 0 ? '+' : ''}${milliText(adjusted)}` : ''),
    element('td', { class: 'acts' }, actButton(desk, 'adjust', () => adjust(desk, streamer)),
      actButton(desk, flip, () => perform(desk, flip, { streamer: streamer.id }, { title: `${say(`act_${flip}`)}${say('colon')}${nameOf(streamer)}`, lines: outLines(desk, streamer, isOut), reason: 'needed', danger: !isOut }))));
}

export function makeJudgeStreamers(desk) {
  const search = element('input', { id: 'who', type: 'search', autocomplete: 'off' });
  const body = element('tbody');
  const rows = makeRows(body, (item) => item.streamer.id, (item) => makeRow(desk, item));
  const heading = element('th', { scope: 'col', class: 'n' });

  function items() {
    const ranking = desk.rankings.find((one) => one.of === 'streamer' && !one.by && !one.division) ?? desk.rankings.find((one) => one.of === 'streamer');
    const place = new Map((ranking?.rows ?? []).map((row) => [row.id, row]));
    const out = disqualified(desk.audit.actions);
    const added = adjustments(desk.audit.actions);
    setText(heading, ranking ? nameOf(ranking) : say('rank'));
    return desk.contest.streamers.map((streamer) => {
      const row = place.get(streamer.id);
      const words = row ? `${row.rank}${row.points_milli === undefined ? '' : ` · ${points(row.points_milli)}`}` : '–';
      return { streamer, isOut: out.has(streamer.id), adjusted: added.get(streamer.id) ?? 0, place: words, net: row ? yuan(row.metrics.net_fen) : '', rank: row?.rank ?? Infinity };
    }).filter(({ streamer }) => `${streamer.name} ${streamer.name_en ?? ''} ${streamer.id}`.toLowerCase().includes(search.value.trim().toLowerCase()))
      .sort((one, other) => one.rank - other.rank || one.streamer.id.localeCompare(other.streamer.id));
  }

  const show = () => rows(items());
  search.addEventListener('input', show);
  return {
    root: element('section', { class: 'card', 'aria-label': say('part_streamers') },
      element('div', { class: 'field narrow' }, element('label', { for: 'who' }, say('search')), search),
      element('table', { class: 'people', 'aria-label': say('part_streamers') }, element('thead', {}, element('tr', {}, element('th', { scope: 'col', class: 'who' }, say('streamer')), heading,
        element('th', { scope: 'col', class: 'n' }, `${say('net_fen')} (${say('yuan')})`), element('th', { scope: 'col', class: 'n' }, say('adjusted')), element('th', { scope: 'col' }, element('span', { class: 'spoken' }, say('actions'))))), body)),
    show,
  };
}
