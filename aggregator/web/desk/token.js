// The token that a screen was given. It comes typed in, or behind the # of a link (a QR code): that part of an
// address is never sent to a server, and it is taken out of the address before anything else happens, so that it
// stands in no history and no picture of the screen. It is kept in this tab's session alone, and ends with it.

import { forgetKnown } from './known.js';

const IN_LINK = /^#token=([\w-]{1,200})$/;

function takeFromAddress() {
  const found = IN_LINK.exec(location.hash);
  if (found) history.replaceState(null, '', location.pathname + location.search);
  return found?.[1] ?? null;
}

// At once, while the module is read: whatever runs later sees an address without it.
let fromLink = takeFromAddress();

const keyOf = (contest) => `bochuang-token/${contest}`;
const inMemory = new Map(); // for a browser that keeps nothing

/** The token for this contest, or null. One that came with the link wins, and is kept from now on. */
export function tokenFor(contest) {
  if (fromLink) {
    keepToken(contest, fromLink);
    fromLink = null;
  }
  try {
    return sessionStorage.getItem(keyOf(contest)) ?? inMemory.get(contest) ?? null;
  } catch {
    return inMemory.get(contest) ?? null;
  }
}

export function keepToken(contest, token) {
  inMemory.set(contest, token);
  try {
    sessionStorage.setItem(keyOf(contest), token);
  } catch {
    // It lives as long as this page, then.
  }
}

export function forgetToken(contest) {
  inMemory.delete(contest);
  forgetKnown();
  try {
    sessionStorage.removeItem(keyOf(contest));
  } catch {
    // Nothing was kept.
  }
}

/** A link that opens `page` on another device, with the token where no server sees it. */
export function linkWithToken(page, contest, token, language) {
  const link = new URL(page, location.origin);
  link.searchParams.set('contest', contest);
  if (language === 'en') link.searchParams.set('lang', 'en');
  link.hash = `token=${token}`;
  return link.href;
}
