// The awards as they would be given now: by places, or decided by the panel. A tie at an edge, and a manual award, want a
// decision.

import { element } from '../dom.js';
import { actButton, perform } from '../desk/desk.js';
import { nameOf } from '../i18n.js';
import { say } from '../i18n_judge.js';

// The last word on each award.
function decisions(actions) {
  const all = new Map();
  for (const { outcome, action } of actions) if (outcome === 'applied' && action.type === 'award') all.set(action.award, action);
  return all;
}

const rankingOf = (desk, award) => desk.rankings.find((one) => one.id === award.ranking);

// Who stands on the places of the award; ties can make them more than there are.
function onPlaces(desk, award) {
  return (rankingOf(desk, award)?.rows ?? []).filter((row) => row.rank >= award.from && row.rank <= award.to);
}

function anybody(desk, id) {
  const found = [...desk.contest.streamers, ...desk.contest.counties, ...desk.contest.products].find((one) => one.id === id);
  return found ? nameOf(found) : id;
}

function chooser(desk, award, chosen) {
  const options = (list) => list.map((one) => element('option', { value: one.id, selected: chosen.includes(one.id) }, `${nameOf(one)} · ${one.id}`));
  const groups = award.manual
    ? [['counties', desk.contest.counties], ['streamers', desk.contest.streamers]]
    : [['onPlaces', onPlaces(desk, award).map((row) => ({ id: row.id, name: anybody(desk, row.id) }))]];
  return element('select', { id: 'winners', multiple: true, size: '8' },
    ...groups.map(([label, list]) => element('optgroup', { label: say(label) }, ...options(list))));
}

function decide(desk, award, before) {
  const select = chooser(desk, award, before?.winners ?? []);
  const fields = { award: award.id, get winners() { return [...select.selectedOptions].map((option) => option.value); } };
  return perform(desk, 'award', fields, {
    title: `${say('act_award')}${say('colon')}${nameOf(award)}`, reason: 'needed',
    lines: [say(award.manual ? 'explain_award' : 'explain_tie'), element('div', { class: 'field' }, element('label', { for: 'winners' }, say('winners')), select)],
  });
}

function makeRow(desk, award, decided) {
  const given = award.manual ? [] : onPlaces(desk, award);
  const winners = decided ? decided.winners.map((id) => anybody(desk, id)) : given.map((row) => `${row.rank}. ${anybody(desk, row.id)}`);
  const open = desk.results.blockers.some((one) => one.kind === 'undecided_tie' && one.award === award.id) || (award.manual && !decided);
  return element('li', { 'data-award': award.id },
    element('p', { class: 'head' }, element('b', {}, nameOf(award)), element('small', {}, award.manual ? say('manual') : say(award.from === award.to ? 'onePlaceOf' : 'placesOf', { ranking: nameOf(rankingOf(desk, award) ?? { name: award.ranking }), from: award.from, to: award.to }))),
    element('p', {}, winners.length ? winners.join(say('comma')) : say('undecided')),
    decided ? element('p', { class: 'quiet' }, say('because', { reason: decided.reason })) : null,
    actButton(desk, 'award', () => decide(desk, award, decided), open ? 'primary' : 'plain'));
}

export function makeJudgeAwards(desk) {
  const list = element('ul', { class: 'awards' });
  return {
    root: element('section', { class: 'card', 'aria-labelledby': 'awards-head' }, element('h2', { id: 'awards-head' }, say('awardsNow')), list),
    show() {
      const decided = decisions(desk.audit.actions);
      list.replaceChildren(...(desk.contest.awards ?? []).map((award) => makeRow(desk, award, decided.get(award.id))));
    },
  };
}
