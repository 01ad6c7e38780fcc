// Facts one behind the other with a dot between two of a line; none stands where a line begins or ends.

import { element } from '../dom.js';

/** Sets texts or elements as the facts of a node that was made by factsOf(). */
export const setFacts = (node, facts) => node.replaceChildren(...facts.map((fact) => element('span', {}, fact)));

export function factsOf(name, attributes, facts) {
  const made = element(name, { ...attributes, class: ['facts', attributes.class].filter(Boolean).join(' ') });
  setFacts(made, facts);
  return made;
}

/** A livestream's link with its streamer and its start as two facts; any other as it is. */
export function partName(link) {
  const name = link.querySelector('.name');
  const facts = name.textContent.split(' · ');
  if (facts.length > 1) name.replaceChildren(factsOf('span', {}, facts));
  return link;
}
