// What an action would change, worked out from the figures at hand, for the eye before it is confirmed. The log decides:
// what the board shows afterwards is the truth, and between the two somebody may have sold something.

/** The metrics that a sale (a receipt) adds where it counts. */
export function metricsOf(sale) {
  const net = sale.remaining_fen ?? 0;
  const split = sale.channel === 'offline' ? 'offline_net_fen' : 'online_net_fen';
  return { gross_fen: sale.amount_fen, refunded_fen: sale.amount_fen - net, net_fen: net, [split]: net, orders: 1, orders_kept: net > 0 ? 1 : 0 };
}

const sum = (one, other, sign) => {
  const all = { ...one };
  for (const [metric, value] of Object.entries(other)) all[metric] = (all[metric] ?? 0) + sign * value;
  return all;
};

// To which row of a ranking a sale belongs.
function rowIdOf(kind, sale, contest) {
  const streamer = contest.streamers.find((one) => one.id === sale.streamer);
  const county = contest.counties.find((one) => one.id === streamer?.county);
  return { streamer: sale.streamer, county: county?.id, city: county?.city, division: streamer?.division, product: sale.product, session: sale.session }[kind];
}

function compare(one, other, ranking) {
  if (one.value !== other.value) return other.value - one.value;
  for (const metric of ranking.ties ?? ['net_fen', 'orders', 'reached_at']) {
    const late = (row) => row.metrics.reached_at_ms ?? Infinity;
    const order = metric === 'reached_at' ? Math.sign(late(one) - late(other)) || 0 : other.metrics[metric] - one.metrics[metric];
    if (order) return order;
  }
  return 0;
}

// The ranks of these rows by id: equal ones share one.
function ranksOf(rows, ranking) {
  const sorted = [...rows].sort((one, other) => compare(one, other, ranking));
  const ranks = new Map();
  sorted.forEach((row, index) => {
    const before = sorted[index - 1];
    ranks.set(row.id, before && compare(before, row, ranking) === 0 ? ranks.get(before.id) : index + 1);
  });
  return ranks;
}

function rankingEffect(ranking, changes, nowMs) {
  const rows = ranking.rows.map((row) => {
    const change = changes.get(row.id);
    const metrics = change ? { ...sum(row.metrics, change, 1), ...(change.net_fen && { reached_at_ms: nowMs }) } : row.metrics;
    return { id: row.id, metrics, value: metrics[ranking.by] };
  });
  const after = ranksOf(rows, ranking);
  return ranking.rows.filter((row) => after.get(row.id) !== row.rank)
    .map((row) => ({ ranking, row, before: row.rank, after: after.get(row.id), touched: changes.has(row.id) }));
}

/**
 * What counting (sign 1) or no longer counting (−1) these sales changes: {net_fen, orders, moves}. `moves` are of rankings
 * by one metric; points are worked out by the board alone.
 */
export function effectOfSales(desk, sales, sign) {
  const total = sales.reduce((all, sale) => sum(all, metricsOf(sale), sign), { net_fen: 0, orders: 0 });
  const moves = desk.rankings.filter((ranking) => ranking.by).flatMap((ranking) => {
    const changes = new Map();
    for (const sale of sales) {
      const id = rowIdOf(ranking.of, sale, desk.contest);
      if (id) changes.set(id, sum(changes.get(id) ?? {}, metricsOf(sale), sign));
    }
    const rule = desk.contest.rankings.find((one) => one.id === ranking.id);
    return rankingEffect({ ...ranking, ties: rule?.ties }, changes, desk.clock.nowMs());
  });
  return { ...total, moves };
}

/** What so many points more (thousandths) change in the rankings by points that a streamer stands in. */
export function effectOfPoints(desk, streamer, milli) {
  return desk.rankings.filter((ranking) => !ranking.by && ranking.of === 'streamer' && ranking.rows.some((row) => row.id === streamer)).map((ranking) => {
    const pointsOf = (row) => (row.id === streamer ? Math.max(0, row.points_milli + milli) : row.points_milli);
    const row = ranking.rows.find((one) => one.id === streamer);
    const after = pointsOf(row);
    return { ranking, row, before: row.rank, after: 1 + ranking.rows.filter((one) => one.id !== streamer && pointsOf(one) > after).length, points: after };
  });
}
