// A streamer's own totals: the net figure, where it comes from, and what still waits for an approval.

import { element, setStyle, setText } from '../dom.js';
import { language, nameOf } from '../i18n.js';
import { say } from '../i18n_me.js';
import { lettersOf } from '../letters.js';
import { count, shortMoney, withUnit, yuan } from '../money.js';

const FIGURES = ['gross_fen', 'refunded_fen', 'online_net_fen', 'offline_net_fen', 'orders', 'sessions', 'videos', 'viewers'];

const textOf = (metric, value) => (metric.endsWith('_fen') ? yuan(value) : count(value));

function definition(metric) {
  return element('details', { class: 'definition' },
    element('summary', {}, say(metric)), element('p', {}, say(`define_${metric}`)));
}

function makeFigure(metric) {
  const number = element('span', { class: 'number' }, '–');
  const line = element('p', { class: 'value' }, number, element('span', { class: 'unit' }, metric.endsWith('_fen') ? withUnit('', say('yuan')) : ''));
  return {
    root: element('div', { class: 'figure', 'data-metric': metric }, definition(metric), line),
    show(value) {
      setText(number, textOf(metric, value));
      setStyle(line, '--letters-shown', lettersOf(line.textContent));
    },
  };
}

function pendingText(pending) {
  if (pending.length === 0) return '';
  const fen = pending.reduce((sum, receipt) => sum + (receipt.remaining_fen ?? 0), 0);
  return say('pendingSum', { n: count(pending.length), money: yuan(fen) });
}

export function makeMeTotals(me) {
  const number = element('span', { class: 'number' }, '–');
  const short = element('small', {});
  const waits = element('p', { class: 'waits', hidden: true });
  const frozen = element('p', { class: 'quiet', hidden: true }, say('ownFrozen'));
  const figures = FIGURES.map(makeFigure);
  const county = me.contest.counties.find((one) => one.id === me.streamer.county);
  return {
    root: element('section', { class: 'card me-totals', 'aria-labelledby': 'me-name' },
      element('h2', { id: 'me-name' }, nameOf(me.streamer),
        element('small', {}, ` ${county ? `${nameOf(county)} · ` : ''}${me.streamer.id}`)),
      element('div', { class: 'hero' }, definition('net_fen'),
        element('p', { class: 'value' }, number, element('span', { class: 'unit' }, withUnit('', say('yuan')))), short),
      waits, frozen,
      element('div', { class: 'figures' }, ...figures.map((figure) => figure.root))),
    /** `row`: of the tally; none while nothing counts. */
    show(row, pending, state) {
      const net = row?.net_fen ?? 0;
      const { number: size, unit } = shortMoney(net, language);
      setText(number, yuan(net));
      setText(short, unit === say('yuan') ? '' : withUnit(size, unit));
      setText(waits, pendingText(pending));
      waits.hidden = pending.length === 0;
      frozen.hidden = state !== 'frozen';
      FIGURES.forEach((metric, index) => figures[index].show(row?.[metric] ?? 0));
    },
  };
}
