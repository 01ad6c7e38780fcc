// The live view of a contest, which only organisers and judges may follow. EventSource cannot send a token, and a
// token has no place in an address; so this reads the same stream with fetch. Otherwise it is live.js again: it
// says at once when the line is lost, dials again by itself with back-off, and resumes where it was.

import { restOutOfSight } from '../live.js';

const BACK_OFF_MS = [500, 1000, 2000, 4000, 8000];
const SILENCE_MS = 25000; // a comment comes every 15 s

// Cuts what comes into messages: {id, event, data}. A line that begins with a colon is a sign of life.
function makeParser(hear) {
  let rest = '';
  let message = {};

  function line(text) {
    if (text === '') {
      if (message.data !== undefined) hear(message);
      message = {};
      return;
    }
    const colon = text.indexOf(':');
    if (colon <= 0) return;
    const name = text.slice(0, colon);
    const value = text.slice(colon + 1).replace(/^ /, '');
    message[name] = name in message ? `${message[name]}\n${value}` : value;
  }

  return (text) => {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop();
    lines.forEach(line);
  };
}

/**
 * Follows `…/live?view=live`. `on.message(kind, body)` and `on.connection(state)` as in followLive();
 * `on.refused(status)` once where the token is not good (or no longer), and then it is over.
 */
export function followView(server, on) {
  let lastId = null;
  let failures = 0;
  let line = null; // the connection that counts: an AbortController
  let redial = 0;
  let watchdog = 0;
  let resting = false;

  function hangUp() {
    line?.abort();
    line = null;
    clearTimeout(watchdog);
    clearTimeout(redial);
  }

  function lose() {
    if (resting) return;
    hangUp();
    on.connection('lost');
    redial = setTimeout(dial, BACK_OFF_MS[Math.min(failures, BACK_OFF_MS.length - 1)]);
    failures += 1;
  }

  function alive() {
    clearTimeout(watchdog);
    watchdog = setTimeout(lose, SILENCE_MS);
  }

  function hear({ id, event, data }) {
    failures = 0;
    lastId = id ?? lastId;
    on.message(event, JSON.parse(data));
    on.connection('live');
  }

  async function read(mine, answer) {
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    const parse = makeParser((message) => { if (line === mine) hear(message); });
    if (lastId) on.connection('live');
    for (;;) {
      const { value, done } = await reader.read();
      if (done || line !== mine) return;
      alive();
      parse(value);
    }
  }

  function letGo() {
    resting = true;
    hangUp();
    on.connection('connecting');
  }

  async function dial() {
    resting = false;
    hangUp();
    const mine = new AbortController();
    line = mine;
    alive();
    try {
      const answer = await fetch(`${server.path}/live?view=live`, {
        headers: { ...server.authorization, ...(lastId && { 'Last-Event-ID': lastId }) },
        cache: 'no-store', credentials: 'omit', signal: mine.signal,
      });
      if (answer.status === 401 || answer.status === 403) {
        clearTimeout(watchdog);
        on.refused(answer.status);
        return;
      }
      if (answer.ok) await read(mine, answer);
    } catch {
      // Lost, like any other end of it.
    }
    if (line === mine) lose();
  }

  on.connection('connecting');
  dial();
  addEventListener('offline', lose);
  addEventListener('online', dial);
  restOutOfSight(letGo, () => { if (resting) dial(); });
}
