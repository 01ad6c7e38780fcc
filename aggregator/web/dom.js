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

/**
 * Sets a text only where it differs, so that nothing is redrawn or read out again for nothing; in the text node that is
 * there, for which the browser lays out less than for a new one.
 */
export function setText(node, text) {
  const only = node.firstChild;
  if (only?.nodeType === Node.TEXT_NODE && !only.nextSibling) {
    if (only.data !== String(text)) only.data = text;
  } else if (node.textContent !== text) {
    node.textContent = text;
  }
}

/** An attribute, where it differs: to set one to what it is has the browser look for what is styled by it. */
export function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

export const setTitle = (node, title) => setAttribute(node, 'title', title);

export function setHidden(node, hidden) {
  if (node.hidden !== hidden) node.hidden = hidden;
}

/** A style's property, where it differs: what is styled by it is worked out anew. */
export function setStyle(node, name, value) {
  if (node.style.getPropertyValue(name) !== String(value)) node.style.setProperty(name, value);
}

const calm = matchMedia('(prefers-reduced-motion: reduce)');

/** Turns a digit over, as the flaps of a station's board do. */
export function turn(node) {
  if (calm.matches || document.hidden) return;
  node.animate([{ transform: 'perspective(8em) rotateX(-90deg)', opacity: 0.3 },
    { transform: 'perspective(8em) rotateX(12deg)', offset: 0.7 }, {}], { duration: 320, easing: 'ease-out' });
}

/**
 * Gives a function that takes works and does each in a frame of its own, in the order in which they came: what one update
 * changes is spread so that no frame is late. Of a `key` that waits already only the last work is done.
 */
export function makeFrames() {
  const waiting = new Map();
  function next() {
    const [[key, work]] = waiting;
    waiting.delete(key);
    if (waiting.size) requestAnimationFrame(next);
    work();
  }
  return (key, work) => {
    if (!waiting.size) requestAnimationFrame(next);
    waiting.set(key, work);
  };
}

const REST = 4; // times what the work took: a server that is slow is asked less

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
      const begunMs = performance.now();
      await work();
      const restMs = REST * (performance.now() - begunMs);
      await new Promise((resolve) => { setTimeout(resolve, Math.max(pauseMs, restMs)); });
    }
    busy = false;
  };
}
