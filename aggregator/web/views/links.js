// Names that lead somewhere: an entity's own page, a ranking's.

import { hrefTo } from '../address.js';
import { element, setText } from '../dom.js';
import { WITH_PAGE } from '../entities.js';
import { nameOf } from '../i18n.js';

/** The entity's name, as a link where it has a page, with its county or city beside. */
export function entityLink(entities, kind, id, withBeside = true) {
  const name = entities.name(kind, id);
  const beside = withBeside && entities.beside(kind, id);
  const page = kind === 'origin' ? 'county' : kind;
  return element('span', { class: 'entity' },
    WITH_PAGE.includes(page) && entities.find(kind, id) ? element('a', { class: 'name', href: hrefTo({ see: page, id }) }, name) : element('span', { class: 'name' }, name),
    beside ? ' ' : null, beside ? element('small', {}, beside) : null);
}

/**
 * Shows the entity in `cell`, where another may stand: what differs is changed in the elements that are there, for which the
 * browser works out less than for new ones.
 */
export function showEntity(cell, entities, kind, id) {
  const now = entityLink(entities, kind, id);
  const [name, beside] = cell.querySelectorAll('.name, small');
  const [nameNow, besideNow] = now.querySelectorAll('.name, small');
  if (name?.nodeName !== nameNow.nodeName || !beside !== !besideNow) {
    cell.replaceChildren(now);
    return;
  }
  if (name.href) name.href = nameNow.href;
  setText(name, nameNow.textContent);
  if (beside) setText(beside, besideNow.textContent);
}

export const rankingLink = (id, ranking) => element('a', { href: hrefTo({ see: 'ranking', id }) }, nameOf(ranking));
