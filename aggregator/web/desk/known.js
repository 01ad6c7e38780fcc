// What this tab was told when somebody came in: the contest (names, sessions, products; no figures) and whose token it
// is. So the page can be opened again without a line, and a sale be put down. It lies beside the token and goes with it.

const KEY = 'bochuang-known';

export function remember(contest, whose, token) {
  try {
    const aheadMs = contest.now_ms - Date.now(); // of the server's clock: that lasts, the moment does not
    sessionStorage.setItem(KEY, JSON.stringify({ contest: { ...contest, state: '' }, aheadMs, whose, token }));
  } catch {
    // Then the page opens with a line only.
  }
}

/** {contest, whose, token} of the contest of that id, or of the last one where none is asked for; or null. */
export function recall(id) {
  try {
    const known = JSON.parse(sessionStorage.getItem(KEY));
    if (!known || (id ?? known.contest.contest) !== known.contest.contest) return null;
    known.contest.now_ms = Date.now() + known.aheadMs;
    return known;
  } catch {
    return null;
  }
}

export function forgetKnown() {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
}
