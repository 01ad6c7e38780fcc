// Charts, by Apache ECharts: only the parts that a trend needs, and loaded only when one is shown (views/trend.js asks
// for this module when it has something to draw). Drawn on a canvas; tips are drawn there too, since tips made of HTML
// would want inline styles, which our policy forbids.

import { BarChart } from 'echarts/charts';
import { DataZoomInsideComponent, GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { language, say } from './i18n.js';
import { roundMoney, yuan } from './money.js';
import { dayAndMinute } from './times.js';

echarts.use([BarChart, GridComponent, TooltipComponent, DataZoomInsideComponent, MarkLineComponent, CanvasRenderer]);

const whenIdle = window.requestIdleCallback ?? ((work) => setTimeout(work));
const dark = matchMedia('(prefers-color-scheme: dark)');

function colours(node) {
  const style = getComputedStyle(node);
  return { letters: style.fontFamily, ...Object.fromEntries(['ink', 'quiet', 'rule', 'card', 'blue', 'part-0', 'part-1'].map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) };
}

function tip(spans, offsetMs, bucketMs, colour) {
  return {
    trigger: 'axis',
    renderMode: 'richText',
    axisPointer: { type: 'shadow' },
    backgroundColor: colour.card,
    borderColor: colour.rule,
    textStyle: { color: colour.ink, fontSize: 13 },
    formatter: (points) => {
      const ms = points[0].value[0] - offsetMs - bucketMs / 2;
      const lines = points.map((point) => `${point.seriesName}  ${yuan(Math.round(point.value[1]))}`);
      return [`${dayAndMinute(ms, offsetMs / 60000)} – ${dayAndMinute(ms + bucketMs, offsetMs / 60000).slice(6)}`, ...lines].join('\n');
    },
  };
}

// A bucket with more refunds than sales falls a little below zero: a whole step of the axis for it would be an empty band.
function lowestOf(buckets) {
  const sum = (bucket, sign) => ['online', 'offline'].reduce((fen, kind) => fen + sign * Math.max(0, sign * bucket[kind]), 0);
  const low = Math.min(0, ...buckets.map((bucket) => sum(bucket, -1)));
  const high = Math.max(0, ...buckets.map((bucket) => sum(bucket, 1)));
  return low < 0 && -low < high / 12 ? low : null;
}

function axes(spans, offsetMs, colour) {
  const lowest = lowestOf(spans.buckets);
  const label = { color: colour.quiet, fontSize: 12, hideOverlap: true };
  return {
    xAxis: { type: 'time', min: spans.fromMs + offsetMs, max: spans.untilMs + offsetMs, axisLabel: { ...label, formatter: { day: '{MM}-{dd}', hour: '{HH}:{mm}', minute: '{HH}:{mm}' } }, axisLine: { lineStyle: { color: colour.rule } }, axisTick: { show: false } },
    yAxis: {
      type: 'value', min: lowest, axisLabel: { ...label, showMinLabel: lowest === null, formatter: (fen) => roundMoney(fen, language) },
      splitLine: { showMinLine: lowest === null, lineStyle: { color: colour.rule } },
    },
  };
}

function bars(kind, colour, spans, offsetMs) {
  const middle = offsetMs + spans.bucketMs / 2;
  return {
    name: say(kind),
    type: 'bar',
    stack: 'net',
    large: true,
    barMaxWidth: 28,
    barMinWidth: 1,
    itemStyle: { color: colour },
    data: spans.buckets.map((bucket) => [bucket.ms + middle, bucket[kind]]),
  };
}

const markLines = (marks, offsetMs, colour) => ({
  silent: true,
  symbol: 'none',
  animation: false,
  lineStyle: { color: colour.blue, type: 'dashed' },
  label: { color: colour.blue, formatter: '{b}', fontSize: 12 },
  data: marks.map((mark) => ({ name: mark.name, xAxis: mark.ms + offsetMs })),
});

/**
 * A trend in `root`. show(spans): {fromMs, untilMs, bucketMs, offset (minutes), buckets: [{ms, online, offline}], marks:
 * [{ms, name}]}. The time axis shows the contest's own clock.
 */
export function makeTrendChart(root) {
  const chart = echarts.init(root, null, { renderer: 'canvas' });
  let last = null;

  function paint() {
    if (!last) return;
    const colour = colours(root);
    const offsetMs = last.offset * 60000;
    const online = bars('online', colour['part-0'], last, offsetMs);
    online.markLine = markLines(last.marks, offsetMs, colour);
    chart.setOption({
      useUTC: true,
      textStyle: { fontFamily: colour.letters },
      animation: false,
      grid: { left: 8, right: 16, top: 28, bottom: 8, containLabel: true },
      dataZoom: [{ type: 'inside', zoomOnMouseWheel: 'ctrl', moveOnMouseWheel: false, preventDefaultMouseMove: false }],
      tooltip: tip(last, offsetMs, last.bucketMs, colour),
      ...axes(last, offsetMs, colour),
      series: [online, bars('offline', colour['part-1'], last, offsetMs)],
    });
  }

  const observer = new ResizeObserver(() => chart.resize());
  observer.observe(root);
  dark.addEventListener('change', paint);
  return {
    /** Drawn when the browser has nothing better to do: it takes longer than a frame. */
    show(spans) {
      last = spans;
      whenIdle(paint);
    },
    leave() {
      last = null;
      observer.disconnect();
      dark.removeEventListener('change', paint);
      chart.dispose();
    },
  };
}
