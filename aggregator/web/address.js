// What the board shows stands in its address, so that a link, a reload and the back button all find it again:
//
//   ?contest=…&lang=en&see=tally&by=county,product&channel=offline&sort=orders&order=asc
//
// `contest` and `lang` stay wherever one goes; the rest belongs to what is seen.

const LASTING = ['contest', 'lang'];

const parametersNow = () => Object.fromEntries(new URLSearchParams(location.search));

function written(parameters) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined && value !== '') query.set(name, value);
  }
  // A comma between dimensions may stand as it is: an address is read by people too.
  const text = query.toString().replaceAll('%2C', ',');
  return text ? `?${text}` : location.pathname;
}

/** The address of another thing to see. */
export function hrefTo(parameters) {
  const now = parametersNow();
  return written({ ...Object.fromEntries(LASTING.map((name) => [name, now[name]])), ...parameters });
}

/** The present address with some parameters changed; null takes one out. */
export const hrefWith = (changes) => written({ ...parametersNow(), ...changes });

/** Calls show(parameters) now, and whenever the address changes: by a link of this page, back, forward, or go(). */
export function followAddress(show) {
  const showNow = () => show(parametersNow());
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="?"], a[href="/"]');
    const plain = link && !link.target && !link.hreflang && !link.download;
    if (!plain || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    history.pushState(null, '', link.getAttribute('href'));
    showNow();
  });
  addEventListener('popstate', showNow);
  showNow();
  return (changes) => {
    history.pushState(null, '', hrefWith(changes));
    showNow();
  };
}

/** Changes the address without going anywhere: for a sort order. */
export function noteInAddress(changes) {
  history.replaceState(null, '', hrefWith(changes));
}
