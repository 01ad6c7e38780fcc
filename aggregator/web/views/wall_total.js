// The grand total, digit by digit, with its definition, and the figures that organisers publish beside it.

import { element, setText, turn } from '../dom.js';
import { language, say, sayWithFigures } from '../i18n.js';
import { compactMoney, count, fullMoney, shortMoneyWord, yuan } from '../money.js';

const FIGURES = ['gross_fen', 'refunded_fen', 'orders', 'orders_kept', 'counties_active', 'streamers_active'];
const SPLIT = ['online_net_fen', 'offline_net_fen'];

const isMoney = (metric) => metric.endsWith('_fen');

function text(metric, value) {
  return isMoney(metric) ? compactMoney(value, language) : count(value);
}

// Only digits that change turn over. Counted from the right, so that the units stay the units when it grows.
function makeDigits() {
  const root = element('p', { class: 'digits', role: 'img' });
  return {
    root,
    show(fen) {
      const letters = [...yuan(fen)];
      root.setAttribute('aria-label', fullMoney(fen, language));
      while (root.children.length > letters.length) root.firstChild.remove();
      while (root.children.length < letters.length) root.prepend(element('span', {}));
      letters.forEach((letter, index) => {
        const cell = root.children[index];
        if (cell.textContent === letter) return;
        const first = cell.textContent === '';
        cell.textContent = letter;
        cell.className = /\d/.test(letter) ? 'digit' : 'mark';
        if (!first) turn(cell);
      });
      root.dataset.fen = fen;
      root.style.setProperty('--letters-shown', Math.max(letters.length, 10));
    },
  };
}

// The sentence that organisers publish when all is over, here at any moment.
function makeStory() {
  const root = element('p', { class: 'story' });
  let shown = '';
  return {
    root,
    show(totals) {
      const holes = { videos: count(totals.videos), sessions: count(totals.sessions), money: shortMoneyWord(totals.net_fen, language) };
      const key = JSON.stringify(holes);
      if (key !== shown) root.replaceChildren(...sayWithFigures('story', holes));
      shown = key;
    },
  };
}

function makeFigure(metric) {
  const value = element('dd', { 'data-metric': metric }, '–');
  return {
    root: element('div', {}, element('dt', {}, say(metric)), value),
    show(totals) { setText(value, text(metric, totals[metric])); },
  };
}

function makeSplit() {
  const bar = element('i', { 'aria-hidden': 'true' });
  const figures = SPLIT.map(makeFigure);
  return {
    root: element('div', { class: 'split' }, element('div', { class: 'bar' }, bar),
      element('dl', {}, ...figures.map((figure) => figure.root))),
    show(totals) {
      figures.forEach((figure) => figure.show(totals));
      const [online, offline] = SPLIT.map((metric) => Math.max(0, totals[metric]));
      bar.parentElement.classList.toggle('empty', online + offline === 0);
      bar.style.setProperty('width', `${online + offline ? (100 * online) / (online + offline) : 0}%`);
    },
  };
}

export function makeWallTotal(root) {
  const digits = makeDigits();
  const story = makeStory();
  const split = makeSplit();
  const figures = FIGURES.map(makeFigure);
  root.replaceChildren(
    element('div', { class: 'grand' },
      element('h2', {}, say('net_fen'), element('small', {}, say('yuan'))),
      digits.root,
      element('p', { class: 'definition' }, say('define_net_fen'))),
    element('div', { class: 'told' }, story.root,
      element('dl', { class: 'figures' }, ...figures.map((figure) => figure.root))),
    split.root);
  return {
    show(totals) {
      digits.show(totals.net_fen);
      story.show(totals);
      split.show(totals);
      figures.forEach((figure) => figure.show(totals));
    },
  };
}
