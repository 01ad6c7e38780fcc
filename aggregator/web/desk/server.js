// Both daemons, as a holder of a token sees them: reads come from the board, events and actions go to ingest. The
// token stands in the Authorization field and nowhere else.

const PATIENCE_MS = 8000;

/** Why something did not work: `status` 0 where nobody answered at all. `body` is what the server said. */
export class Refusal extends Error {
  constructor(status, body, retryAfterS) {
    super(body?.message ?? '');
    this.status = status;
    this.code = body?.code ?? '';
    this.body = body;
    this.retryAfterS = retryAfterS;
  }

  /** It may well work a little later: nobody answered, or "try again". */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status === 503;
  }
}

async function ask(url, options) {
  let answer;
  try {
    answer = await fetch(url, {
      cache: 'no-store', credentials: 'omit', redirect: 'error', signal: AbortSignal.timeout(PATIENCE_MS), ...options,
    });
  } catch {
    throw new Refusal(0, null, 0);
  }
  const body = await answer.json().catch(() => null);
  if (!answer.ok) throw new Refusal(answer.status, body, Number(answer.headers.get('retry-after')) || 0);
  return body;
}

/** One contest's part of both daemons, with a token (or null, for what is public). */
export function makeServer(contest, token) {
  const path = `/v1/contests/${encodeURIComponent(contest)}`;
  const authorization = token ? { Authorization: `Bearer ${token}` } : {};
  let ingest = null;

  // Where to post to: asked once, and again only while nobody has said it.
  async function ingestOrigin() {
    ingest ??= (await ask('/v1/addresses')).ingest ?? location.origin;
    return ingest;
  }

  async function post(kind, item) {
    return ask(`${await ingestOrigin()}${path}/${kind}`, {
      method: 'POST',
      headers: { ...authorization, 'Content-Type': 'application/json' },
      body: JSON.stringify(item),
    });
  }

  return {
    contest,
    token,
    path,
    authorization,
    read: (what, options = {}) => ask(what === '' ? path : `${path}/${what}`, { headers: authorization, ...options }),
    postEvent: (event) => post('events', event),
    act: (action) => post('actions', action),
  };
}

/** A new id that nobody else makes: for an event or an action, `kind` in front. */
export function newId(kind) {
  const random = crypto.getRandomValues(new Uint8Array(9));
  const letters = Array.from(random, (byte) => (byte % 32).toString(32)).join('');
  return `${kind}-${Date.now().toString(36)}-${letters}`;
}
