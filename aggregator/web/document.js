// The contest's document, and whether another reading of it says anything else of who takes part and by what rules.

import { readDocument } from './live.js';

const LASTING = ['title', 'title_en', 'opens', 'closes', 'freezes', 'counties', 'divisions', 'products', 'streamers', 'sessions', 'rankings', 'awards'];

const told = (contest) => JSON.stringify(LASTING.map((name) => contest[name] ?? null));

/**
 * Reads it again, as one must after each snapshot but the first: names may have been corrected, somebody registered.
 * Calls changed(now) where it says something else than `contest`.
 */
export async function readAnew(path, contest, changed) {
  const now = await readDocument(path, () => {});
  if (now && told(now) !== told(contest)) changed(now);
}
