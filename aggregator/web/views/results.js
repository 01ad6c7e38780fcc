// What was published: the awards, what stands against it, and the files; older versions too. Nothing here is worked
// out: it says what the version says.

import { hrefTo } from '../address.js';
import { readActor } from '../actor.js';
import { element } from '../dom.js';
import { language, nameOf, say } from '../i18n.js';
import { count, points, shortMoneyWord, yuan } from '../money.js';
import { dayAndSecond } from '../times.js';
import { headList } from './chain.js';
import { entityLink } from './links.js';

const READ_EVERY_MS = 800;
const PUBLISHED_IN = ['ended', 'provisional', 'final']; // the states in which a version can come or change
const FORMATS = ['html', 'xlsx', 'csv', 'json'];
const ROWS = 10;

function standingOf(version, newest) {
  if (version.number !== newest.number) return say('replaced', { n: newest.number });
  return say(version.final ? 'versionFinal' : 'versionNotice');
}

// By name: whoever published is not who made it final.
function publicName(actor) {
  const { role, name } = readActor(actor);
  return say(`who_${role}`, { name });
}

// How long there was to object, and whether anybody waited for it.
function noticeOf(version, offset) {
  if (!version.notice_until_ms) return null;
  const until = say('noticeUntil', { n: version.notice_days, time: dayAndSecond(version.notice_until_ms, offset) });
  return element('p', {}, version.final && version.finalised_at_ms < version.notice_until_ms ? say('finalBeforeIt', { until }) : until);
}

function versionHead(version, newest, offset) {
  const isOld = version.number !== newest.number;
  const state = isOld ? 'scheduled' : version.final ? 'final' : 'provisional';
  const open = Object.entries(version.set_aside_totals ?? {}).filter(([, n]) => n > 0).map(([kind, n]) => `${count(n)} ${say(`blocker_${kind}`, { n })}`);
  return element('div', {},
    element('p', { class: 'standing' }, element('span', { class: 'state', 'data-state': state }, standingOf(version, newest)),
      element('span', {}, say('version', { n: version.number })), element('span', { class: 'quiet' }, say('publishedAt', { time: dayAndSecond(version.published_at_ms, offset), who: publicName(version.who) })),
      version.final ? element('span', { class: 'quiet' }, say('finalisedAt', { time: dayAndSecond(version.finalised_at_ms, offset), who: publicName(version.finalised_by) })) : null),
    version.reason ? element('p', {}, say('whyPublished', { reason: version.reason })) : null,
    version.finalised_reason ? element('p', {}, say('whyFinal', { reason: version.finalised_reason })) : null,
    noticeOf(version, offset),
    open.length ? element('p', { class: 'warning' }, say('setAside', { what: open.join(say('comma')) })) : null,
    isOld ? element('p', {}, element('a', { href: hrefTo({ see: 'results', id: newest.number }) }, say('toNewest', { n: newest.number }))) : null,
    state === 'provisional' ? element('p', {}, say('noticeOfResults')) : null,
    version.chains ? element('details', { class: 'chain' }, element('summary', {}, say('headOfVersion')), headList(version.chains)) : null);
}

function communique(version) {
  const told = version.communique;
  if (!told) return null;
  return element('p', { class: 'story' }, say('story', { videos: count(told.videos), sessions: count(told.sessions), money: shortMoneyWord(told.net_fen, language) }));
}

function awardCard(award, rankings, entities) {
  const ranking = rankings.find((one) => one.id === award.ranking);
  const kind = ranking?.of;
  const winnerOf = (winner) => {
    const of = kind ?? ['streamer', 'county', 'product', 'session'].find((one) => entities.find(one, winner.id));
    const rank = ranking?.rows.find((row) => row.id === winner.id)?.rank;
    return element('li', {}, rank ? `${rank}. ` : null, of ? entityLink(entities, of, winner.id) : winner.name ?? winner.id);
  };
  return element('li', { class: 'award' }, element('h3', {}, nameOf(award)),
    award.winners?.length ? element('ul', { class: 'plain-list' }, ...award.winners.map(winnerOf)) : element('p', { class: 'quiet' }, say('winnersNone')),
    ...(award.ties ?? []).filter((tie) => !tie.decided).map((tie) => element('p', { class: 'quiet' }, say('tieOpen', { rank: tie.rank, n: tie.tied }))),
    award.reason ? element('p', { class: 'quiet' }, award.reason) : null);
}

function rankingCard(ranking, entities) {
  const value = (row) => (ranking.by ? `${ranking.by.endsWith('_fen') ? yuan(row.metrics[ranking.by]) : count(row.metrics[ranking.by])}` : points(row.points_milli));
  const label = ranking.by ? say(ranking.by) + (ranking.by.endsWith('_fen') ? ` (${say('yuan')})` : '') : say('points');
  return element('section', { class: 'card ranking' }, element('h3', {}, nameOf(ranking)),
    element('table', {}, element('thead', {}, element('tr', {}, element('th', { scope: 'col', class: 'rank' }, say('rank')), element('th', { scope: 'col' }, say(`of_${ranking.of}`)), element('th', { scope: 'col', class: 'n' }, label))),
      element('tbody', {}, ...ranking.rows.slice(0, ROWS).map((row) => element('tr', {}, element('td', { class: 'rank' }, String(row.rank), row.tied ? element('small', {}, ` ${say('tied')}`) : null),
        element('th', { scope: 'row', class: 'who' }, entityLink(entities, ranking.of, row.id)), element('td', { class: 'n' }, value(row)))))));
}

// What is read by machines has no language.
function downloads(context, number) {
  const path = `${context.path}/results/${number}`;
  const query = (format) => (language === 'en' && format !== 'json' ? '?lang=en' : '');
  return element('section', { class: 'card' }, element('h3', {}, say('downloads')), element('ul', { class: 'downloads' },
    ...FORMATS.map((format) => element('li', {}, element('a', { href: `${path}.${format}${query(format)}`, download: format === 'html' ? null : true, target: format === 'html' ? '_blank' : null, rel: 'noopener' }, say(`download_${format}`))))));
}

function otherVersions(versions, shown, offset) {
  if (versions.length < 2) return null;
  const newest = versions[versions.length - 1];
  return element('section', { class: 'card' }, element('h3', {}, say('otherVersions')), element('ul', {}, ...[...versions].reverse().map((version) => element('li', {},
    element('a', { href: hrefTo({ see: 'results', id: version.number }), 'aria-current': version.number === shown ? 'page' : null }, say('version', { n: version.number })),
    ` · ${dayAndSecond(version.published_at_ms, offset)} · ${standingOf(version, newest)}`))));
}

export function makeResultsPage(root, context, { id }) {
  const { entities } = context;
  const heading = element('h2', { tabindex: '-1' }, say('resultsTitle'));
  const place = element('div', { class: 'page' }, element('p', { class: 'empty' }, say('loading')));
  root.replaceChildren(element('div', { class: 'page' }, heading, place));
  let shown = '';

  async function read() {
    if (shown !== '' && !PUBLISHED_IN.includes(context.board.state)) return;
    const answer = await context.read('results');
    if (!answer) return;
    const versions = [...answer.versions].sort((a, b) => a.number - b.number);
    const newest = versions[versions.length - 1];
    const listed = versions.find((version) => String(version.number) === id) ?? newest;
    const key = JSON.stringify([versions.map((version) => [version.number, version.final]), listed?.number]);
    if (key === shown) return;
    if (!listed) {
      place.replaceChildren(element('p', { class: 'card empty' }, say('noResults')));
      shown = key;
      return;
    }
    const version = await context.read(`results/${listed.number}`);
    if (!version) return;
    shown = key;
    place.replaceChildren(...[
      element('section', { class: 'card' }, versionHead({ ...version, ...listed }, newest, entities.offset), communique(version)),
      element('section', { class: 'card' }, element('h3', {}, say('awards')), element('ul', { class: 'awards' }, ...version.awards.map((award) => awardCard(award, version.rankings, entities)))),
      downloads(context, listed.number),
      element('div', { class: 'parts' }, ...version.rankings.map((ranking) => rankingCard(ranking, entities))),
      otherVersions(versions, listed.number, entities.offset),
    ].filter(Boolean));
  }

  const stop = context.onChange(read, READ_EVERY_MS);
  return { title: say('resultsTitle'), heading, leave: stop };
}
