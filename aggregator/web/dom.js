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

/** Marks what has just changed; the style sheet lets the mark fade (or not, where motion is unwanted). */
export function flash(node) {
  node.classList.remove('changed');
  // Reading a size makes the browser notice that the class was gone, so the fade starts anew.
  node.getBoundingClientRect();
  node.classList.add('changed');
}
