// The first thing to see: totals, the trend, and every ranking as a card.

import { element, makeFrames } from '../dom.js';
import { makeBoardAir } from './board_air.js';
import { makeBoardCounties } from './board_counties.js';
import { makeRankings } from './rankings.js';
import { makeTotals } from './totals.js';
import { makeTrend } from './trend.js';

const TREND_EVERY_MS = 20000; // ten thousand boards read it: seldom, and not all at once

export function makeOverview(root, context) {
  const { contest } = context;
  const totals = element('div', { id: 'totals' });
  const trend = element('section', { class: 'card trend' });
  const rankings = element('div', { id: 'rankings' });
  root.classList.add('overview');
  const counties = element('section', { class: 'card' });
  const air = element('section', { class: 'card' });
  root.replaceChildren(element('div', { class: 'first' }, totals, air, counties), element('div', { class: 'beside' }, trend, rankings));
  const inFrame = makeFrames();
  const views = { totals: makeTotals(totals), rankings: makeRankings(rankings, context, inFrame), counties: makeBoardCounties(counties, context), air: makeBoardAir(air, context) };
  const drawn = makeTrend(trend, context, {
    fromMs: contest.windows.opens_ms,
    untilMs: Math.max(contest.windows.closes_ms, contest.windows.opens_ms + 3600000),
    marks: context.marks(),
  });

  function show(message, rankingsNow) {
    inFrame(totals, () => views.totals.show(message.totals));
    inFrame(air, views.air.show);
    views.rankings.show(message.rankings);
    inFrame(counties, () => views.counties.show(rankingsNow));
  }

  if (context.latest) show({ ...context.latest, rankings: context.rankings }, context.rankings);
  const stop = context.onChange(drawn.read, TREND_EVERY_MS);
  return {
    show,
    leave() {
      stop();
      views.rankings.leave();
      views.air.leave();
      drawn.leave();
      root.classList.remove('overview');
    },
  };
}
