// Who overtook whom: in a contest that goes on every figure moves all the time, and this is what is shown of it. Nothing moves
// and nothing fades: of a list of many that costs two frames, not ninety.

const SHOWN_MS = 1500;

/** note(rows) takes a ranking as it is now; has(id): it came up a moment ago. `over()` is called when a moment is over. */
export function makeRisen(over) {
  const ranks = new Map();
  const untilMs = new Map();
  let timer = 0;
  return {
    note(rows) {
      const risen = rows.filter((row) => ranks.get(row.id) > row.rank);
      rows.forEach((row) => ranks.set(row.id, row.rank));
      if (!risen.length) return;
      risen.forEach((row) => untilMs.set(row.id, performance.now() + SHOWN_MS));
      clearTimeout(timer);
      timer = setTimeout(over, SHOWN_MS + 1);
    },
    has: (id) => untilMs.get(id) > performance.now(),
  };
}
