// The panel's marks. One judge's sheet to fill in, a row a streamer: a mark is sent when its field is left. Or the marks of
// all judges side by side, where those that are missing catch the eye.

import { element, setText } from '../dom.js';
import { decimal, milliText } from '../desk/amount.js';
import { actionMaker, streamerName } from '../desk/desk.js';
import { markKey, marks } from '../desk/record.js';
import { Refusal } from '../desk/server.js';
import { nameOf } from '../i18n.js';
import { say } from '../i18n_judge.js';

const sheetOf = (judge) => (judge === '' ? 'all' : judge);

// A field for one mark; says of itself whether it is saved.
function makeMark(desk, judge, streamer, criterion) {
  const most = Math.round(criterion.max * 1000);
  const field = element('input', {
    type: 'text', inputmode: 'decimal', autocomplete: 'off', class: 'mark', disabled: !desk.may('score'),
    'aria-label': say('markOf', { who: streamerName(desk, streamer.id), criterion: nameOf(criterion), max: criterion.max }),
  });
  let saved; // as the log has it, thousandths

  function fill(milli) {
    saved = milli;
    if (field !== document.activeElement && field.dataset.is !== 'wrong' && field.dataset.is !== 'sending') field.value = milli === undefined ? '' : milliText(milli);
    if (!field.dataset.is) field.dataset.is = milli === undefined ? 'missing' : 'saved';
  }

  function mark(is, why = '') {
    field.dataset.is = is;
    field.setAttribute('aria-invalid', String(is === 'wrong'));
    field.title = why;
  }

  async function send() {
    const milli = decimal(field.value, 3);
    if (field.value.trim() === '' && saved === undefined) { mark('missing'); return; }
    if (milli === null || milli < 0 || milli > most) { mark('wrong', say('markRange', { max: criterion.max })); return; }
    if (milli === saved) { mark('saved'); field.value = milliText(milli); return; }
    mark('sending');
    try {
      await desk.server.act(actionMaker('score', { judge, streamer: streamer.id, criterion: criterion.id, points: milli / 1000 })());
      saved = milli;
      mark('saved');
      field.value = milliText(milli);
      desk.changed();
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      mark('wrong', refusal.body?.errors?.[0]?.message || refusal.message || say('noAnswer'));
    }
  }

  field.addEventListener('change', send);
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    const fields = [...field.closest('table').querySelectorAll('input.mark')];
    (fields[fields.indexOf(field) + 1] ?? field).focus();
  });
  return { field, fill };
}

function makeSheet(desk, judge) {
  const { criteria } = desk.contest.panel;
  const lines = new Map();

  function lineOf(streamer) {
    const fields = criteria.map((criterion) => makeMark(desk, judge, streamer, criterion));
    const sum = element('td', { class: 'n' });
    return {
      root: element('tr', { 'data-streamer': streamer.id }, element('th', { scope: 'row', class: 'who' }, streamerName(desk, streamer.id)),
        ...fields.map((one) => element('td', {}, one.field)), sum),
      fill(all) {
        const given = criteria.map((criterion) => all.get(markKey(judge, streamer.id, criterion.id)));
        given.forEach((milli, index) => fields[index].fill(milli));
        setText(sum, given.some((milli) => milli !== undefined) ? milliText(given.reduce((total, milli) => total + (milli ?? 0), 0)) : '–');
      },
    };
  }

  const body = element('tbody');
  return {
    root: element('table', { class: 'sheet-of', 'aria-label': say('sheetOf', { judge }) }, element('thead', {}, element('tr', {}, element('th', { scope: 'col', class: 'who' }, say('streamer')),
      ...criteria.map((criterion) => element('th', { scope: 'col' }, nameOf(criterion), element('small', {}, ` ≤ ${criterion.max}`))), element('th', { scope: 'col', class: 'n' }, say('sum')))), body),
    show(all) {
      for (const streamer of desk.contest.streamers) {
        if (!lines.has(streamer.id)) {
          lines.set(streamer.id, lineOf(streamer));
          body.append(lines.get(streamer.id).root);
        }
        lines.get(streamer.id).fill(all);
      }
    },
  };
}

function makeAll(desk) {
  const { judges, criteria } = desk.contest.panel;
  const body = element('tbody');
  const cell = (all, judge, streamer) => {
    const given = criteria.map((criterion) => all.get(markKey(judge, streamer.id, criterion.id)));
    const there = given.filter((milli) => milli !== undefined);
    const text = there.length === 0 ? '–' : milliText(there.reduce((total, milli) => total + milli, 0));
    return element('td', { class: 'n', 'data-is': there.length === criteria.length ? 'saved' : 'missing', title: criteria.map((one, index) => `${nameOf(one)} ${given[index] === undefined ? '–' : milliText(given[index])}`).join(' · ') },
      text, there.length > 0 && there.length < criteria.length ? element('small', {}, ` ${there.length}/${criteria.length}`) : null);
  };
  return {
    root: element('table', { class: 'sheet-of', 'aria-label': say('allJudges') }, element('thead', {}, element('tr', {}, element('th', { scope: 'col', class: 'who' }, say('streamer')),
      ...judges.map((judge) => element('th', { scope: 'col', class: 'n' }, judge)))), body),
    show(all) {
      body.replaceChildren(...desk.contest.streamers.map((streamer) => element('tr', { 'data-streamer': streamer.id },
        element('th', { scope: 'row', class: 'who' }, streamerName(desk, streamer.id)), ...judges.map((judge) => cell(all, judge, streamer)))));
    },
  };
}

export function makeJudgeMarks(desk) {
  const judges = desk.contest.panel?.judges ?? [];
  const sheets = new Map();
  const holder = element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': say('part_marks') });
  let open = judges.includes(desk.whose.label) ? desk.whose.label : '';
  let drawn = null;
  const chips = ['', ...judges].map((judge) => {
    const chip = element('button', { type: 'button', class: 'chip', 'data-judge': sheetOf(judge) }, judge === '' ? say('allJudges') : judge);
    chip.addEventListener('click', () => { open = judge; drawn = null; show(); });
    return chip;
  });

  function show() {
    chips.forEach((chip) => chip.setAttribute('aria-pressed', String(chip.dataset.judge === sheetOf(open))));
    if (drawn === desk.audit || judges.length === 0) return;
    drawn = desk.audit;
    if (!sheets.has(open)) sheets.set(open, open === '' ? makeAll(desk) : makeSheet(desk, open));
    const sheet = sheets.get(open);
    if (holder.firstChild !== sheet.root) holder.replaceChildren(sheet.root);
    sheet.show(marks(desk.audit.actions));
  }

  return {
    root: element('section', { class: 'card', 'aria-label': say('part_marks') },
      judges.length ? element('p', { class: 'quiet' }, say(desk.may('score') ? 'marksHelp' : 'marksLook')) : element('p', { class: 'empty' }, say('noPanel')),
      element('div', { class: 'chips', role: 'group', 'aria-label': say('judge') }, ...(judges.length ? chips : [])), holder),
    show,
    count: () => desk.results.blocker_totals?.missing_mark,
  };
}
