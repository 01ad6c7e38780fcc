// The fold's peer: the same events in DuckDB, deduplicated and grouped, on two threads.
//
//   node fold.mjs EVENTS.csv SESSIONS.csv RUNS      (sessions: session,streamer,county)
//
// Brings the CSV into a Parquet file first (not measured), then times the query and prints one JSON object.
import { DuckDBInstance } from '@duckdb/node-api';

const [events, sessions, runs] = process.argv.slice(2);
const parquet = events.replace(/\.csv$/, '.parquet');
const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
const db = await instance.connect();

await db.run(`COPY (SELECT * FROM read_csv('${events}', header = false, columns = {
  'id': 'VARCHAR', 'type': 'UTINYINT', 'time_ms': 'BIGINT', 'session': 'VARCHAR', 'product': 'VARCHAR', 'sale': 'VARCHAR',
  'quantity': 'BIGINT', 'amount_fen': 'BIGINT'})) TO '${parquet}' (FORMAT parquet)`);
await db.run(`CREATE TABLE sessions AS SELECT * FROM read_csv('${sessions}', header = true, all_varchar = true)`);

// Sales and refunds are deduplicated by (streamer, id), a refund is joined to its sale's session by its own: it names the
// same one. Net sales by county and product, as the first table of the board has them.
const query = `
  WITH once AS (
    SELECT DISTINCT ON (s.streamer, e.id) s.county, e.product, e.type, e.amount_fen, e.quantity
    FROM '${parquet}' e JOIN sessions s ON e.session = s.session)
  SELECT county, product,
    sum(CASE WHEN type = 0 THEN amount_fen ELSE -amount_fen END) AS net_fen,
    count(*) FILTER (type = 0) AS orders, sum(quantity) FILTER (type = 0) AS quantity
  FROM once GROUP BY county, product`;

const seconds = [];
let total;
for (let run = 0; run < Number(runs); run++) {
  const begun = performance.now();
  const reader = await db.runAndReadAll(`SELECT sum(net_fen)::BIGINT AS net_fen, sum(orders)::BIGINT AS orders FROM (${query})`);
  seconds.push((performance.now() - begun) / 1000);
  total = reader.getRowObjects()[0];
}
console.log(JSON.stringify({ seconds, net_fen: Number(total.net_fen), orders: Number(total.orders) }));
