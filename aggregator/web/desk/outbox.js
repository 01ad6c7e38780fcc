// Events that a streamer has entered here and that are not on the server's disk yet. They are kept in the browser
// (never with the token), each with the id that it got when it was entered: however often it is sent, the server
// counts it once. It leaves the outbox when the server has acknowledged it, or when its owner takes it out.

const BACK_OFF_MS = [1000, 2000, 4000, 8000, 15000, 30000];

const keyOf = (contest, streamer) => `bochuang-outbox/${contest}/${streamer}`;

function load(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(kept) ? kept.filter((entry) => entry?.event?.id) : [];
  } catch {
    return null; // the browser keeps nothing here: what is entered lives as long as the page
  }
}

function save(key, entries) {
  try {
    localStorage.setItem(key, JSON.stringify(entries));
    return true;
  } catch {
    return false;
  }
}

/**
 * `on.change(entries, waiting)` with each change: entries are {event, refused: null or a sentence}; waiting says
 * why nothing can be sent now ('' while all is well). `on.sent(event)` for each that is on disk.
 */
export function makeOutbox(server, streamer, on) {
  const key = keyOf(server.contest, streamer);
  let entries = load(key) ?? [];
  let kept = true;
  let busy = false;
  let failures = 0;
  let waiting = '';
  let timer = 0;

  const isUnsent = (entry) => !entry.refused;

  // Another tab may have sent or added some meanwhile, so each change begins with what stands in the store.
  function update(change) {
    entries = change((kept && load(key)) || entries);
    kept = save(key, entries);
    on.change(entries, waiting);
    return kept;
  }

  const take = (id) => update((all) => all.filter((entry) => entry.event.id !== id));
  const mark = (id, refused) => update((all) => all.map((entry) => (entry.event.id === id ? { ...entry, refused } : entry)));

  // Throws where the same may work later.
  async function send(event) {
    try {
      await server.postEvent(event);
      take(event.id);
      on.sent(event);
    } catch (refusal) {
      if (!refusal.status || refusal.passing) throw refusal;
      const wrong = refusal.body?.errors?.[0]?.message ?? refusal.message;
      mark(event.id, wrong || String(refusal.status));
    }
  }

  // One at a time, oldest first; a line that is down stops it, and it tries again by itself.
  async function flush() {
    clearTimeout(timer);
    if (busy) return;
    busy = true;
    try {
      for (let next = entries.find(isUnsent); next; next = entries.find(isUnsent)) {
        await send(next.event);
        failures = 0;
        waiting = '';
      }
    } catch (refusal) {
      const pause = Math.max((refusal.retryAfterS ?? 0) * 1000, BACK_OFF_MS[Math.min(failures, BACK_OFF_MS.length - 1)]);
      failures += 1;
      waiting = refusal.message || 'offline';
      timer = setTimeout(flush, pause);
    }
    busy = false;
    on.change(entries, waiting);
  }

  addEventListener('online', () => { failures = 0; flush(); });
  document.addEventListener('visibilitychange', () => { if (!document.hidden) flush(); });
  addEventListener('storage', (event) => {
    if (event.key === key) {
      entries = load(key) ?? entries;
      on.change(entries, waiting);
    }
  });

  return {
    /** Keeps it, then sends it; false where the browser would lose it with this page. */
    put(event) {
      update((all) => [...all, { event, refused: null }]);
      flush();
      return kept;
    },
    /** Only for what was refused: of what is on its way nobody knows yet whether it has arrived. */
    discard: take,
    tryAgain(id) { mark(id, null); flush(); },
    start() { on.change(entries, waiting); flush(); },
  };
}
