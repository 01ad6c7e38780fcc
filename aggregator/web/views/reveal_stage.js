// The stage: what the hall sees. Drawn anew from the step alone, so nothing of a higher place is in the page before it is
// revealed, and nothing is left of it after a step back.

import { element } from '../dom.js';
import { language, nameOf } from '../i18n.js';
import { say } from '../i18n_reveal.js';
import { count, fullMoney, points, shortMoneyWord, withUnit } from '../money.js';

const LONG = 12; // letters of a name from which it is set smaller

/** The figure that a ranking ranks on, in words for a hall. */
export function figureText(ranking, row) {
  if (!ranking.by) return withUnit(points(row.points_milli), say('pointsUnit'));
  const value = row.metrics[ranking.by];
  return ranking.by.endsWith('_fen') ? fullMoney(value, language) : count(value);
}

function secondFigure(ranking, row) {
  if (ranking.by === 'net_fen') return '';
  return `${say('net_fen')} ${shortMoneyWord(row.metrics.net_fen, language)}`;
}

/** The names of whoever won: of a row, or of an id of any kind. */
export function makeNames(contest) {
  const lists = ['streamers', 'counties', 'products', 'sessions', 'divisions'];
  const known = new Map(lists.flatMap((list) => contest[list] ?? []).map((one) => [one.id, one]));
  const counties = new Map((contest.counties ?? []).map((one) => [one.id, one]));
  return {
    name: (id, fallback) => nameOf({ name: fallback ?? id, ...known.get(id) }) ?? fallback ?? id,
    beside(id) {
      const county = counties.get(known.get(id)?.county);
      return county ? nameOf(county) : '';
    },
  };
}

const title = (text, kind) => element('p', { class: `name ${kind ?? ''}`, 'data-long': String([...text].length > LONG) }, text);

export const placeText = (rank, shared) => say(shared ? 'placesShared' : 'placeNo', { rank });

function winner(stage, row) {
  const { ranking, names } = stage;
  return element('div', { class: 'winner' }, title(names.name(row.id, row.name)),
    names.beside(row.id) ? element('p', { class: 'beside' }, names.beside(row.id)) : null,
    element('p', { class: 'figure' }, figureText(ranking, row)),
    element('p', { class: 'beside' }, row.wins ? secondFigure(ranking, row) : say('noAwardHere')));
}

function runText(step) {
  const ranks = step.rows.map((row) => row.rank);
  const [from, to] = [Math.max(...ranks), Math.min(...ranks)];
  return say(from === to ? 'runOne' : 'runOf', { from, to });
}

// Names one behind the other, each in one piece with the comma behind it; a space behind that, if any, is where a line may end.
function listed(names) {
  const [comma, space] = [say('comma').trimEnd(), say('comma').slice(say('comma').trimEnd().length)];
  return names.flatMap((name, at) => (at < names.length - 1 ? [element('span', {}, name + comma), space] : [element('span', {}, name)]));
}

const SPOTLIGHTS = {
  title: (stage) => [element('p', { class: 'over' }, stage.contestTitle), title(nameOf(stage.ranking), 'title')],
  announce: (stage, step) => [element('p', { class: 'award' }, nameOf(step.award)),
    element('p', { class: 'place' }, step.committee ? say('committee') : placeText(step.rank, step.count > 1)), element('p', { class: 'who' }, say('whoIsIt'))],
  reveal: (stage, step) => [element('p', { class: 'award' }, nameOf(step.award)), element('p', { class: 'place' }, placeText(step.rank, step.rows.length > 1)),
    element('div', { class: 'winners', 'data-many': String(step.rows.length > 1) }, ...step.rows.map((row) => winner(stage, row)))],
  given: (stage, step) => [element('p', { class: 'award' }, nameOf(step.award)), element('p', { class: 'place' }, say('committee')),
    element('div', { class: 'winners', 'data-many': String(step.award.winners.length > 1) }, ...step.award.winners.map((id) => element('div', { class: 'winner' }, title(stage.names.name(id)),
      stage.names.beside(id) ? element('p', { class: 'beside' }, stage.names.beside(id)) : null)))],
  run(stage, step, ran) {
    const row = step.rows[Math.min(ran, step.rows.length) - 1];
    return [element('p', { class: 'over' }, nameOf(stage.ranking)), element('p', { class: 'place' }, row ? placeText(row.rank, row.tied) : runText(step)),
      row ? title(stage.names.name(row.id, row.name)) : null, row ? element('p', { class: 'figure' }, figureText(stage.ranking, row)) : null].filter(Boolean);
  },
  end: (stage) => [element('p', { class: 'award' }, say('congratulations')), element('dl', { class: 'all' }, ...stage.awards.flatMap((award) => [
    element('dt', {}, nameOf(award)), element('dd', {}, ...listed(award.winners.map((id) => stage.names.name(id))))]))],
};

/** The middle of the stage at a step. */
export const spotlight = (stage, step, ran) => SPOTLIGHTS[step.kind](stage, step, ran);

function rowOf(stage, row) {
  return element('li', { class: row.wins && 'wins', 'data-rank': row.rank }, element('span', { class: 'rank' }, String(row.rank)),
    element('span', { class: 'who' }, stage.names.name(row.id, row.name)), element('span', { class: 'n' }, figureText(stage.ranking, row)));
}

/** The board beside it: all places revealed so far, the highest first. */
export const boardRows = (stage, rows) => rows.map((row) => rowOf(stage, row));

/** A step in words, for whoever presents. */
export function hint(stage, step) {
  if (!step) return say('hint_none');
  const names = step.kind === 'given' ? step.award.winners.map((id) => stage.names.name(id))
    : step.rows.map((row) => say('hint_who', { who: stage.names.name(row.id, row.name), figure: figureText(stage.ranking, row) }));
  return say(`hint_${step.kind}`, {
    award: step.award ? nameOf(step.award) : '', names: names.join(say('comma')), n: step.rows.length,
    place: step.committee ? say('committee') : step.rank ? placeText(step.rank, (step.count ?? step.rows.length) > 1) : '',
    places: step.kind === 'run' ? runText(step) : '',
  });
}
