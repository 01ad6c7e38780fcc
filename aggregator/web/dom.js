// The few lines that building a page by hand needs.

/** element('td', {class: 'n', title: '…'}, 'text', child…); null children are left out. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(key, '');
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** Sets a text only where it differs, so that nothing is redrawn or read out again for nothing. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function setTitle(node, title) {
  if (node.getAttribute('title') !== title) node.setAttribute('title', title);
}

const calm = matchMedia('(prefers-reduced-motion: reduce)');

function animate(node, frames, ms) {
  if (!calm.matches && !document.hidden) node.animate(frames, { duration: ms, easing: 'ease-out' });
}

/** Marks what has just changed; the mark fades. Nothing is measured for it, so a list of many costs no layout. */
export const flash = (node) => animate(node, [{ backgroundColor: 'var(--flash)' }, {}], 1200);

/** Turns a digit over, as the flaps of a station's board do. */
export const turn = (node) => animate(node, [
  { transform: 'perspective(8em) rotateX(-90deg)', opacity: 0.3 }, { transform: 'perspective(8em) rotateX(12deg)', offset: 0.7 }, {}], 320);

/** Runs `work` now, or once more behind the one that runs, and never more often than the pause allows. */
export function makeThrottle(work, pauseMs) {
  let busy = false;
  let again = false;
  return async function run() {
    again = true;
    if (busy) return;
    busy = true;
    while (again) {
      again = false;
      await work();
      await new Promise((resolve) => { setTimeout(resolve, pauseMs); });
    }
    busy = false;
  };
}
