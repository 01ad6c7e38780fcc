// The streamer's screen without a line: a phone that opens /me again while the hall's network is dead gets the page as it
// came last, with the scripts and sheets that it names. Figures are never kept here: they come from the server or not at
// all. me.js asks for this worker; browsers run one over https only, and on the machine itself.

const KEPT = 'bochuang-me';
const PAGE = '/me';
const PATIENCE_MS = 4000;
const NAMED = /\s(?:src|href)="(\/[^"#?]+)"/g;
const AS_NAMED = { ignoreSearch: true, ignoreVary: true };

// The files first and the page last, so that a page that is kept has all that it names. What it names no longer goes.
async function keep(page) {
  const cache = await caches.open(KEPT);
  const named = [...(await page.clone().text()).matchAll(NAMED)].map((found) => found[1]);
  const kept = (await cache.keys()).map((request) => new URL(request.url).pathname);
  await cache.addAll(named.filter((name) => !kept.includes(name)));
  await cache.put(PAGE, page);
  const gone = kept.filter((name) => name !== PAGE && !named.includes(name));
  await Promise.all(gone.map((name) => cache.delete(name, AS_NAMED)));
}

// From the server while there is one; a proxy that says it has none (5xx) is no better than silence.
async function openPage(event) {
  const page = await fetch(event.request, { signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => null);
  if (page?.ok) event.waitUntil(keep(page.clone()));
  if (page && page.status < 500) return page;
  return await caches.match(PAGE, AS_NAMED) ?? page ?? Response.error();
}

const openFile = async (request) => await caches.match(request, AS_NAMED) ?? fetch(request);

addEventListener('install', (event) => {
  event.waitUntil(fetch(PAGE).then(keep).then(() => skipWaiting()));
});

addEventListener('activate', (event) => {
  event.waitUntil(clients.claim());
});

addEventListener('fetch', (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (event.request.mode === 'navigate') event.respondWith(openPage(event));
  else if (origin === location.origin && (pathname.startsWith('/assets/') || pathname === '/icon.svg')) event.respondWith(openFile(event.request));
});
