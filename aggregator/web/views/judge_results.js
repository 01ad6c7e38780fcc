// From figures to a result: what stands in the way, who gets which award, publish, finalise, and every version with its
// downloads.

import { element, setText } from '../dom.js';
import { ask } from '../desk/ask.js';
import { actButton, actionMaker, moment, streamerName } from '../desk/desk.js';
import { language, nameOf } from '../i18n.js';
import { say } from '../i18n_judge.js';
import { count, yuan } from '../money.js';
import { makeJudgeAwards } from './judge_awards.js';
import { whoActed } from './judge_history.js';

const KINDS = ['contest_open', 'pending_claim', 'parked_refund', 'missing_mark', 'undecided_tie'];
const FORMATS = ['html', 'xlsx', 'csv', 'json'];
const LISTED = 5;
const EFFECT_EVERY_MS = 300;
const EFFECT_PATIENCE_MS = 10000;

// --- What stands in the way ---

function blockerLink(desk, blocker) {
  const { kind, streamer, event, judge, criterion, award } = blocker;
  if (event) return element('a', { href: '#events', class: 'event', 'data-streamer': streamer, 'data-event': event }, `${streamerName(desk, streamer)} ${event}`);
  if (kind === 'missing_mark') return element('a', { href: '#marks' }, say('missingOf', { judge, who: streamerName(desk, streamer), criterion: nameOf(desk.contest.panel.criteria.find((one) => one.id === criterion)) }));
  return element('span', {}, say('tieOf', { award: nameOf(desk.contest.awards.find((one) => one.id === award) ?? { name: award }), rank: blocker.rank }));
}

const WHERE = { pending_claim: '#pending', parked_refund: '#pending', missing_mark: '#marks', undecided_tie: '#results', contest_open: '#overview' };

function blockerRow(desk, kind, total) {
  const some = desk.results.blockers.filter((one) => one.kind === kind).slice(0, LISTED);
  return element('li', { 'data-kind': kind },
    element('p', {}, element('b', {}, kind === 'contest_open' ? '!' : count(total)), ' ', element('a', { href: WHERE[kind] }, say(`blocker_${kind}`, { n: total }))),
    kind === 'contest_open' ? null : element('p', { class: 'some' }, ...some.flatMap((one, index) => [index ? say('comma') : '', blockerLink(desk, one)]), total > some.length ? '…' : ''));
}

function makeBlockers(desk) {
  const list = element('ul', { class: 'blockers' });
  const clear = element('p', { class: 'clear' }, say('nothingBlocks'));
  return {
    root: element('section', { class: 'card', 'aria-labelledby': 'blockers-head' }, element('h2', { id: 'blockers-head' }, say('blocks')), clear, list),
    show() {
      const totals = desk.results.blocker_totals ?? {};
      const kinds = KINDS.filter((kind) => totals[kind] > 0);
      clear.hidden = kinds.length > 0;
      list.replaceChildren(...kinds.map((kind) => blockerRow(desk, kind, totals[kind])));
    },
  };
}

// --- Publish and finalise ---

const latest = (desk) => desk.results.versions.at(-1);

// A publish that is on disk may still have had no effect: the board says which it was.
async function effectOf(desk, id, happened) {
  const until = Date.now() + EFFECT_PATIENCE_MS;
  for (;;) {
    const results = await desk.server.read('results');
    const refusal = results.refusals.find((one) => one.id === id);
    if (refusal) throw new Error(say('noEffect', { why: say(`refused_${refusal.code}`) }));
    if (happened(results)) return;
    if (Date.now() > until) throw new Error(say('noAnswer'));
    await new Promise((resolve) => { setTimeout(resolve, EFFECT_EVERY_MS); });
  }
}

async function publish(desk) {
  const before = desk.results.versions.length;
  const blocked = Object.entries(desk.results.blocker_totals ?? {}).filter(([kind, total]) => total > 0 && kind !== 'contest_open');
  const override = element('input', { type: 'checkbox', id: 'override' });
  const lines = [say('explain_publish'), element('div', { class: 'changes' }, element('p', {}, say('publishNext', { n: before + 1, net: yuan(desk.totals.live?.net_fen ?? 0) })))];
  if (blocked.length) lines.push(element('ul', {}, ...blocked.map(([kind, total]) => element('li', {}, `${count(total)} ${say(`blocker_${kind}`, { n: total })}`))), element('label', { class: 'inline' }, override, ` ${say('override')}`));
  // With another answer to the override it is another action; the same one again keeps its id.
  const makers = new Map([true, false].map((is) => [is, actionMaker('publish', is ? { override: true } : {})]));
  const done = await ask({ title: say('act_publish'), verb: say('act_publish'), lines, reason: 'needed', danger: true }, async (reason) => {
    const action = makers.get(override.checked)(reason);
    await desk.server.act(action);
    try {
      await effectOf(desk, action.id, (results) => results.versions.length > before);
    } catch (failure) {
      makers.set(override.checked, actionMaker('publish', override.checked ? { override: true } : {}));
      throw failure;
    }
  });
  desk.changed();
  return done;
}

function noticeOf(desk, version) {
  return say('noticeUntil', { n: version.notice_days, time: moment(desk, version.notice_until_ms) });
}

async function finalise(desk) {
  const version = latest(desk);
  const isNotice = version.notice_until_ms && desk.clock.nowMs() < version.notice_until_ms;
  let make = actionMaker('finalise', {});
  await ask({ title: say('act_finalise'), verb: say('act_finalise'), reason: 'needed', danger: true,
    lines: [say('explain_finalise'), element('div', { class: 'changes' }, element('p', {}, say('finaliseWhich', { n: version.number, who: whoActed({ actor: version.who }), at: moment(desk, version.published_at_ms) })), isNotice ? element('p', { class: 'warning' }, say('stillNotice', { until: noticeOf(desk, version) })) : null)] },
  async (reason) => {
    const action = make(reason);
    await desk.server.act(action);
    try {
      await effectOf(desk, action.id, (results) => results.versions.at(-1).final);
    } catch (failure) {
      make = actionMaker('finalise', {});
      throw failure;
    }
  });
  desk.changed();
}

// --- Versions ---

// To print: a page of its own; the others: files. What is read by machines has no language.
function downloadLink(desk, version, format) {
  const query = language === 'en' && format !== 'json' ? '?lang=en' : '';
  const toPrint = format === 'html';
  return element('a', {
    href: `${desk.server.path}/results/${version.number}.${format}${query}`, rel: 'noopener',
    target: toPrint ? '_blank' : null, download: toPrint ? null : `${desk.contest.contest}-${version.number}.${format}`,
  }, toPrint ? say('toPrint') : format.toUpperCase());
}

function statusPill(desk, version) {
  if (version !== latest(desk)) return element('span', { class: 'pill', 'data-status': 'replaced' }, say('replaced', { n: latest(desk).number }));
  return element('span', { class: 'pill', 'data-status': version.final ? 'counted' : 'pending' }, say(version.final ? 'state_final' : 'state_provisional'));
}

function versionRow(desk, version) {
  return element('li', { 'data-version': version.number },
    element('p', { class: 'head' }, element('b', {}, say('version', { n: version.number })),
      statusPill(desk, version)),
    element('p', {}, say('publishedBy', { at: moment(desk, version.published_at_ms), who: whoActed({ actor: version.who }), reason: version.reason })),
    version.notice_until_ms ? element('p', {}, noticeOf(desk, version)) : null,
    version.override ? element('p', { class: 'warning' }, say('overridden')) : null,
    version.final ? element('p', {}, say('finalisedBy', { at: moment(desk, version.finalised_at_ms), who: whoActed({ actor: version.finalised_by }), reason: version.finalised_reason })) : null,
    element('p', { class: 'downloads' }, ...FORMATS.map((format) => downloadLink(desk, version, format)),
      element('a', { href: `/reveal?contest=${encodeURIComponent(desk.contest.contest)}&version=${version.number}` }, say('revealIt'))));
}

function makeVersions(desk) {
  const list = element('ol', { class: 'versions', reversed: true });
  const none = element('p', { class: 'empty' }, say('noVersion'));
  const buttons = [actButton(desk, 'publish', () => publish(desk), 'primary'), actButton(desk, 'finalise', () => finalise(desk), 'primary')].filter(Boolean);
  const refused = element('ul', { class: 'refused' });
  const why = element('p', { class: 'quiet' });
  return {
    root: element('section', { class: 'card', 'aria-labelledby': 'versions-head' }, element('h2', { id: 'versions-head' }, say('versions')),
      element('div', { class: 'buttons' }, ...buttons), why, none, list, refused),
    show() {
      const { versions, refusals = [] } = desk.results;
      const open = (desk.results.blocker_totals?.contest_open ?? 0) > 0;
      none.hidden = versions.length > 0;
      list.replaceChildren(...[...versions].reverse().map((one) => versionRow(desk, one)));
      refused.replaceChildren(...refusals.slice(-3).reverse().map((one) => element('li', {}, `${moment(desk, one.at_ms)} · ${say(`act_${one.type}`)}${say('colon')}${say('noEffect', { why: say(`refused_${one.code}`) })}`)));
      for (const button of buttons) button.disabled = button.dataset.act === 'publish' ? open : !latest(desk) || latest(desk).final;
      setText(why, open ? say('closeFirst') : latest(desk) && !latest(desk).final ? say('secondPerson') : '');
    },
  };
}

// --- What a manual award can be decided by ---

function makeCounties(desk) {
  const body = element('tbody');
  const columns = ['entrants', 'active', 'sessions', 'videos', 'net_fen', 'refund_rate_bp'];
  const cell = (row, column) => (column === 'net_fen' ? yuan(row.net_fen) : column === 'refund_rate_bp' ? (row[column] === null ? '–' : `${(row[column] / 100).toFixed(2)} %`) : count(row[column]));
  return {
    root: element('details', { class: 'card' }, element('summary', {}, say('countyAid')), element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': say('countyAid') }, element('table', {}, element('thead', {}, element('tr', {},
      element('th', { scope: 'col', class: 'who' }, say('of_county')), ...columns.map((column) => element('th', { scope: 'col', class: 'n' }, say(column))))), body))),
    show() {
      body.replaceChildren(...(desk.results.counties ?? []).map((row) => element('tr', {}, element('th', { scope: 'row', class: 'who' }, nameOf(desk.county(row.county ?? row.id))), ...columns.map((column) => element('td', { class: 'n' }, cell(row, column))))));
    },
  };
}

export function makeJudgeResults(desk) {
  const blockers = makeBlockers(desk);
  const versions = makeVersions(desk);
  const awards = makeJudgeAwards(desk);
  const counties = makeCounties(desk);
  const parts = [blockers, versions, awards, counties];
  let drawn = null;
  return {
    root: element('div', { class: 'results' }, element('div', {}, versions.root, blockers.root), element('div', {}, awards.root), counties.root),
    show() {
      if (drawn !== desk.results) parts.forEach((part) => part.show());
      drawn = desk.results;
    },
  };
}

