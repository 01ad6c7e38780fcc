// The live stream of one contest, and an honest answer to "is what I see still true?".
//
// EventSource comes back by itself after a broken connection, but it gives up at an error status, and it does
// not notice a connection that died in silence (a phone that left the hall). So we dial again ourselves, with
// back-off, and ask /healthz now and then: no answer means that the connection is lost, and it is said at once.
//
// A browser has six connections to a server for all its tabs and for the pages it keeps behind the back button, and a
// stream holds one: so a page that nobody looks at lets go of its stream, and dials when it is looked at again.

const PROBE_EVERY_MS = 10000;
const PROBE_PATIENCE_MS = 5000;
const REST_AFTER_MS = 5000; // out of sight: short enough for the seventh tab, long enough for a glance aside
const BACK_OFF_MS = [500, 1000, 2000, 4000, 8000];

/** Has a stream let go while nobody looks at the page, and come back when somebody does, which it may find still there. */
export function restOutOfSight(letGo, comeBack) {
  let rest = 0;
  function look() {
    clearTimeout(rest);
    if (document.hidden) rest = setTimeout(letGo, REST_AFTER_MS);
    else comeBack();
  }
  addEventListener('pagehide', letGo);
  addEventListener('pageshow', (event) => { if (event.persisted) comeBack(); });
  document.addEventListener('visibilitychange', look);
}

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
  let resting = false;

  function lose() {
    if (resting) return;
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
    resting = false;
    clearTimeout(redial);
    source?.close();
    source = new EventSource(url);
    source.addEventListener('snapshot', hear);
    source.addEventListener('update', hear);
    source.onerror = lose;
  }

  // What stands on the page is old from here on, and says so when it is looked at again, until the first message.
  function letGo() {
    resting = true;
    clearTimeout(redial);
    source?.close();
    source = null;
    on.connection('connecting');
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
  restOutOfSight(letGo, () => (resting ? dial() : probe()));
}

/**
 * Reads one of the board's documents; waits and asks again while the server cannot answer. `onWaiting(why)` is told each
 * time; what it gives back, if anything, is taken instead.
 */
export async function readDocument(path, onWaiting) {
  for (let attempt = 0; ; attempt += 1) {
    let why = '';
    try {
      const answer = await fetch(path, { cache: 'no-store', signal: AbortSignal.timeout(PROBE_PATIENCE_MS) });
      if (answer.ok) return await answer.json();
      if (answer.status === 404) return null;
      why = (await answer.json()).message;
    } catch {
      // Nobody answered.
    }
    const instead = onWaiting(why);
    if (instead) return instead;
    const pause = BACK_OFF_MS[Math.min(attempt, BACK_OFF_MS.length - 1)];
    await new Promise((resolve) => { setTimeout(resolve, pause); });
  }
}
