// The history: every action with who, when, why and what came of it, newest first. Nothing is ever taken out of it.

import { readActor } from '../actor.js';
import { element } from '../dom.js';
import { milliText } from '../desk/amount.js';
import { moment, streamerName } from '../desk/desk.js';
import { makeRows } from '../desk/rows.js';
import { nameOf } from '../i18n.js';
import { say } from '../i18n_judge.js';

const FIRST = 200;

/** "judge k3x… 评委一" → "评委 · 评委一" */
export function whoActed(action) {
  const { role, name } = readActor(action.actor);
  if (!['judge', 'organiser'].includes(role)) return say('schedule');
  return `${say(`who_${role}`)} · ${name}`;
}

const LISTS = ['counties', 'products', 'streamers', 'sessions'];

function registerWords(action) {
  return LISTS.filter((list) => action[list]?.length).map((list) => `${say(list).toLowerCase()} ${action[list].map((one) => one.name ?? one.id).join(say('comma'))}`).join(say('semicolon'));
}

/** What an action did, in a sentence. */
export function actionSentence(desk, action) {
  const holes = {
    who: action.streamer ? streamerName(desk, action.streamer) : '',
    event: action.event ?? '', judge: action.judge ?? '', award: action.award ?? '',
    criterion: nameOf(desk.contest.panel?.criteria.find((one) => one.id === action.criterion) ?? { name: action.criterion ?? '' }),
    points: action.points_milli === undefined ? '' : milliText(action.points_milli),
    winners: (action.winners ?? []).join(say('comma')),
    what: action.type === 'register' ? registerWords(action) : '',
  };
  const words = say(`did_${action.type}`, holes);
  return action.reason ? `${words} ${say('because', { reason: action.reason })}` : words;
}

export function makeJudgeHistory(desk) {
  const list = element('ol', { class: 'history' });
  const filter = element('select', { id: 'history-type' });
  const empty = element('p', { class: 'empty' }, say('noActions'));
  const rows = makeRows(list, (entry) => entry.log_id + entry.action.id, (entry) => element('li', { 'data-action': entry.action.id },
    element('span', { class: 'when' }, moment(desk, entry.at_ms)), element('span', { class: 'by' }, whoActed(entry.action)),
    element('span', { class: 'what' }, actionSentence(desk, entry.action)),
    element('span', { class: 'pill', 'data-status': entry.outcome }, say(`outcome_${entry.outcome}`))));

  function fillFilter() {
    const types = [...new Set(desk.audit.actions.map((entry) => entry.action.type))].sort();
    if (filter.dataset.types === types.join()) return;
    const kept = filter.value;
    filter.dataset.types = types.join();
    filter.replaceChildren(element('option', { value: '' }, say('allActions')), ...types.map((type) => element('option', { value: type, selected: type === kept }, say(`act_${type}`))));
  }

  function show() {
    fillFilter();
    const shown = desk.audit.actions.filter((entry) => !filter.value || entry.action.type === filter.value).slice(-FIRST).reverse();
    rows(shown);
    empty.hidden = shown.length > 0;
  }

  filter.addEventListener('change', show);
  return {
    root: element('section', { class: 'card', 'aria-label': say('part_history') },
      element('div', { class: 'field narrow' }, element('label', { for: 'history-type' }, say('filterActions')), filter), list, empty),
    show,
  };
}
