// The grand totals: one big figure, the sentence that organisers publish, and the figures behind it, each with
// its definition one tap away.

import { element, setHidden, setStyle, setText, setTitle } from '../dom.js';
import { language, say } from '../i18n.js';
import { lettersOf } from '../letters.js';
import { count, shortMoney, shortMoneyWord, withUnit, yuan } from '../money.js';

const FIGURES = [
  'gross_fen', 'refunded_fen', 'orders', 'orders_kept', 'sessions', 'videos', 'counties_active', 'streamers_active',
];
const SPLIT = ['online_net_fen', 'offline_net_fen'];

const isMoney = (metric) => metric.endsWith('_fen');

const exactText = (metric, value) => (isMoney(metric) ? `${yuan(value)} ${say('yuan')}` : count(value));

// A label that opens its definition.
function definition(metric, exact) {
  return element('details', { class: 'definition' },
    element('summary', {}, say(metric)),
    element('p', {}, say(`define_${metric}`)),
    exact && element('p', { class: 'exact' }, `${say('exactly')} `, exact));
}

function shownAs(metric, value, inFull) {
  if (!isMoney(metric)) return { number: count(value), unit: '' };
  return inFull ? { number: yuan(value), unit: say('yuan') } : shortMoney(value, language);
}

/** One figure with its definition; also of a page of its own. */
export function makeFigure(metric, inFull = false) {
  const number = element('span', { class: 'number' }, '–');
  const unit = element('span', { class: 'unit' });
  const exact = element('b');
  let last = null;
  return {
    root: element('div', { class: 'card figure', 'data-metric': metric },
      definition(metric, isMoney(metric) ? exact : null),
      element('p', { class: 'value' }, number, unit)),
    show(value) {
      if (value === last) return;
      const short = shownAs(metric, value, inFull);
      setText(number, short.number);
      setStyle(number, '--letters-shown', short.number.length);
      setText(unit, short.unit && withUnit('', short.unit));
      setStyle(number.parentElement, '--letters-shown', lettersOf(short.number + unit.textContent));
      setText(exact, exactText(metric, value));
      setTitle(number.parentElement, exactText(metric, value));
      last = value;
    },
  };
}

function makeHero() {
  const number = element('span', { class: 'number' }, '–');
  const story = element('p', { class: 'story' });
  return {
    root: element('div', { class: 'card hero' },
      definition('net_fen', null),
      element('p', { class: 'value' }, number, element('span', { class: 'unit' }, withUnit('', say('yuan')))),
      story),
    show(totals) {
      const short = shortMoneyWord(totals.net_fen, language);
      setText(number, yuan(totals.net_fen));
      setStyle(number, '--letters-shown', number.textContent.length);
      setTitle(number, short);
      setText(story, say('story', {
        videos: count(totals.videos),
        sessions: count(totals.sessions),
        money: short,
      }));
    },
  };
}

// The bar is for the eye; the two figures beside it say the same in words.
function makeSplit() {
  const figures = SPLIT.map((metric) => makeFigure(metric));
  const bar = element('div', { class: 'split-bar', 'aria-hidden': 'true' }, element('i'));
  return {
    root: element('div', { class: 'card split', role: 'group', 'aria-label': say('split') },
      bar, element('div', { class: 'split-figures' }, ...figures.map((figure) => figure.root))),
    show(totals) {
      SPLIT.forEach((metric, index) => figures[index].show(totals[metric]));
      const [online, offline] = SPLIT.map((metric) => Math.max(0, totals[metric]));
      setHidden(bar, online + offline === 0);
      if (!bar.hidden) setStyle(bar.firstChild, 'transform', `scaleX(${(online / (online + offline)).toFixed(3)})`);
    },
  };
}

/** Builds the totals once; the result's show(totals) brings them up to date. */
export function makeTotals(root) {
  const hero = makeHero();
  const split = makeSplit();
  const figures = FIGURES.map((metric) => makeFigure(metric));
  root.replaceChildren(element('section', { class: 'totals', 'aria-label': say('overview') },
    hero.root, split.root,
    element('div', { class: 'figures' }, ...figures.map((figure) => figure.root))));
  return {
    show(totals) {
      hero.show(totals);
      split.show(totals);
      FIGURES.forEach((metric, index) => figures[index].show(totals[metric]));
    },
  };
}
