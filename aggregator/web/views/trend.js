// Net sales over time, of all or of one: bars for the eye, and the same as a table. The chart itself is loaded when
// there is something to draw.

import { element } from '../dom.js';
import { language, say } from '../i18n.js';
import { compactMoney } from '../money.js';
import { dayAndMinute, dayAndSecond } from '../times.js';
import { factsOf, setFacts } from './facts.js';
import { makeTable, metricColumn, nameColumn } from './table.js';

const STEPS_S = [60, 300, 900, 3600, 14400, 86400];
const BARS_MOST = 320;
const NEAR = '50%'; // of the screen's height: from there on it is worth reading

/**
 * Calls read() when `root` comes near the screen and had missed a reading; gives what says whether to read now. A phone
 * that shows something else spends nothing on a picture that nobody sees, and neither does the server.
 */
function watchSight(root, read) {
  let near = false;
  let missed = false;
  const observer = new IntersectionObserver((entries) => {
    near = entries[entries.length - 1].isIntersecting;
    if (near && missed) read();
  }, { rootMargin: `${NEAR} 0px` });
  observer.observe(root);
  return {
    isNear() {
      missed = !near;
      return near;
    },
    leave: () => observer.disconnect(),
  };
}

// The finest step that keeps the bars apart.
function finest(fromMs, untilMs) {
  return STEPS_S.find((step) => (untilMs - fromMs) / (step * 1000) <= BARS_MOST) ?? STEPS_S[STEPS_S.length - 1];
}

const loadCharts = () => import('../charts.js').catch(() => ({}));

function byBucket(rows) {
  const buckets = new Map();
  rows.forEach((row) => {
    const bucket = buckets.get(row.start_ms) ?? { ms: row.start_ms, online: 0, offline: 0, net_fen: 0, gross_fen: 0, orders: 0 };
    bucket[row.channel] += row.net_fen;
    bucket.net_fen += row.net_fen;
    bucket.gross_fen += row.gross_fen;
    bucket.orders += row.orders;
    buckets.set(row.start_ms, bucket);
  });
  return [...buckets.values()].sort((a, b) => a.ms - b.ms);
}

function stepName(step) {
  if (step < 3600) return say('perMinutes', { n: step / 60 });
  if (step < 86400) return say('perHours', { n: step / 3600 });
  return say('perDay');
}

// The steps to choose from: those that neither drown the picture in bars nor leave it one.
function makeSteps(spanMs, chosen, choose) {
  const usable = STEPS_S.filter((step) => spanMs / (step * 1000) <= 2880 && spanMs / (step * 1000) >= 2).slice(-5);
  const select = element('select', { 'aria-label': say('stepOf') },
    ...usable.map((step) => element('option', { value: step, selected: step === chosen }, stepName(step))));
  select.addEventListener('change', () => choose(Number(select.value)));
  return select;
}

function summary(buckets, offset) {
  if (!buckets.length) return say('nothingSold');
  const best = buckets.reduce((top, bucket) => (bucket.net_fen > top.net_fen ? bucket : top));
  return say('trendSummary', { time: dayAndMinute(best.ms, offset), money: compactMoney(best.net_fen, language) });
}

/**
 * `filters`: of the series, such as {county: '430223'}; from and until when. read() brings it up to date where it can be
 * seen; leave() ends it.
 */
export function makeTrend(root, context, { filters = {}, fromMs, untilMs, marks = [] }) {
  let step = finest(fromMs, untilMs);
  let chart = null;
  let gone = false;
  const offset = context.entities.offset;
  const canvas = element('div', { class: 'chart', role: 'img', 'aria-label': say('trendOf') });
  const told = factsOf('p', { class: 'quiet' }, []);
  const table = makeTable({
    columns: [nameColumn('ms', say('time'), (row) => dayAndMinute(row.ms, offset), null), metricColumn('net_fen'), metricColumn('gross_fen'), metricColumn('orders')],
    keyOf: (row) => row.ms,
    label: say('trendTable'),
    fileName: () => context.fileName(['trend', ...Object.values(filters)]),
  });
  const details = element('details', {}, element('summary', {}, say('asTable')), table.root);
  const steps = makeSteps(untilMs - fromMs, step, (chosen) => { step = chosen; read(); });
  root.replaceChildren(
    element('div', { class: 'title' }, element('h2', {}, say('trendOf')), element('span', { class: 'key online' }, say('online')),
      element('span', { class: 'key offline' }, say('offline')), steps),
    canvas, told, details);

  function tell(facts) {
    const label = [say('trendOf'), ...facts].join('. ');
    if (canvas.getAttribute('aria-label') === label) return;
    canvas.setAttribute('aria-label', label);
    setFacts(told, facts);
  }

  async function read() {
    if (!sight.isNear()) return;
    const query = new URLSearchParams({ bucket_s: step, by: 'channel', from_ms: fromMs, until_ms: untilMs, ...filters });
    const answer = await context.read(`series?${query.toString().replaceAll('%2C', ',')}`);
    if (!answer || gone) return;
    const buckets = byBucket(answer.rows);
    tell([summary(buckets, offset), ...(answer.as_of_ms ? [`${say('asOf')} ${dayAndSecond(answer.as_of_ms, offset)}`] : [])]);
    table.show(buckets);
    canvas.hidden = buckets.length === 0;
    details.hidden = buckets.length === 0;
    if (!buckets.length) return;
    if (!chart) {
      const { makeTrendChart } = await loadCharts();
      if (gone) return;
      chart = chart ?? makeTrendChart?.(canvas);
      // A page that is older than the server's files cannot have the chart; the figures it can.
      details.open = details.open || !chart;
    }
    canvas.hidden = !chart;
    chart?.show({ fromMs, untilMs, bucketMs: step * 1000, offset, buckets, marks });
  }

  const sight = watchSight(root, read);
  return {
    read,
    leave() {
      gone = true;
      sight.leave();
      chart?.leave();
    },
  };
}
