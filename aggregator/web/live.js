// The live stream of one contest, and an honest answer to "is what I see still true?".
//
// EventSource comes back by itself after a broken connection, but it gives up at an error status, and it does
// not notice a connection that died in silence (a phone that left the hall). So we dial again ourselves, with
// back-off, and ask /healthz now and then: no answer means that the connection is lost, and it is said at once.

const PROBE_EVERY_MS = 10000;
const PROBE_PATIENCE_MS = 5000;
const BACK_OFF_MS = [500, 1000, 2000, 4000, 8000];

/**
 * Follows /v1/contests/{contest}/live. `on.message(kind, body)` gets each snapshot and update,
 * `on.connection(state)` 'connecting', 'live' or 'lost'. Nothing is 'live' before a message or an accepted
 * connection says so.
 */
export function followLive(contest, on) {
  const url = `/v1/contests/${encodeURIComponent(contest)}/live`;
  let source = null;
  let failures = 0;
  let redial = 0;

  function lose() {
    on.connection('lost');
    source?.close();
    source = null;
    clearTimeout(redial);
    redial = setTimeout(dial, BACK_OFF_MS[Math.min(failures, BACK_OFF_MS.length - 1)]);
    failures += 1;
  }

  function hear(event) {
    failures = 0;
    on.message(event.type, JSON.parse(event.data));
    on.connection('live');
  }

  function dial() {
    clearTimeout(redial);
    source?.close();
    source = new EventSource(url);
    source.addEventListener('snapshot', hear);
    source.addEventListener('update', hear);
    source.onerror = lose;
  }

  async function probe() {
    if (!source || document.hidden) return;
    try {
      const answer = await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(PROBE_PATIENCE_MS) });
      if (!answer.ok) lose();
    } catch {
      lose();
    }
  }

  on.connection('connecting');
  dial();
  setInterval(probe, PROBE_EVERY_MS);
  addEventListener('offline', lose);
  addEventListener('online', dial);
  document.addEventListener('visibilitychange', probe);
}

/** Reads one of the board's documents; waits and asks again while the server cannot answer. */
export async function readDocument(path, onWaiting) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const answer = await fetch(path, { cache: 'no-store', signal: AbortSignal.timeout(PROBE_PATIENCE_MS) });
      if (answer.ok) return await answer.json();
      if (answer.status === 404) return null;
      onWaiting((await answer.json()).message);
    } catch {
      onWaiting('');
    }
    const pause = BACK_OFF_MS[Math.min(attempt, BACK_OFF_MS.length - 1)];
    await new Promise((resolve) => { setTimeout(resolve, pause); });
  }
}
