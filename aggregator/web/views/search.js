// Finds counties, streamers, products and sessions by any part of their names or ids, in both languages, in the contest's
// own document: nothing is asked of the server while somebody types.

import { element } from '../dom.js';
import { WITH_PAGE } from '../entities.js';
import { say } from '../i18n.js';
import { count } from '../money.js';
import { entityLink } from './links.js';

const MOST = 200;

const folded = (text) => String(text ?? '').toLowerCase().normalize('NFKC');

function wordsOf(kind, id, entities) {
  const entity = entities.find(kind, id);
  return folded([id, entities.name(kind, id), entities.beside(kind, id), entity.name, entity.name_en, entity.category, entity.city].join(' '));
}

/** [{kind, id}], those whose own name begins with it first. */
export function findEntities(query, entities) {
  const words = folded(query).split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  return WITH_PAGE.flatMap((kind) => entities.all(kind).filter(({ id }) => {
    const text = wordsOf(kind, id, entities);
    return words.every((word) => text.includes(word));
  }).map(({ id, name }) => ({ kind, id, early: folded(name).startsWith(words[0]) ? 0 : 1 })))
    .sort((a, b) => a.early - b.early);
}

/** A field: Enter shows all that was found, a suggestion that is taken opens its page. */
export function makeSearchField(context, name = 'found', q = '') {
  const field = element('input', { type: 'search', name: 'q', value: q, 'aria-label': say('search'), placeholder: say('searchShort'), autocomplete: 'off', list: name });
  const list = element('datalist', { id: name });
  const form = element('form', { class: 'search', role: 'search' }, field, list);
  field.addEventListener('input', () => {
    const found = findEntities(field.value, context.entities).slice(0, 12);
    const exact = found.find(({ kind, id }) => context.entities.name(kind, id) === field.value);
    if (exact) {
      open(exact);
      return;
    }
    list.replaceChildren(...found.map(({ kind, id }) => element('option', { value: context.entities.name(kind, id) })));
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (field.value.trim()) context.see({ see: 'search', q: field.value.trim() });
  });

  function open({ kind, id }) {
    field.value = '';
    context.see({ see: kind, id });
  }

  return form;
}

export function makeSearchPage(root, context, { q = '' }) {
  const found = findEntities(q, context.entities);
  const heading = element('h2', { tabindex: '-1' }, q ? say('searchOf', { q }) : say('search'));
  const groups = WITH_PAGE.map((kind) => [kind, found.filter((one) => one.kind === kind)]).filter(([, list]) => list.length);
  root.replaceChildren(element('section', { class: 'card' }, heading, makeSearchField(context, 'found-here', q),
    q ? element('p', { class: 'quiet', role: 'status' }, found.length ? say('searchCount', { n: count(found.length) }) : say('searchNone', { q })) : null,
    ...groups.flatMap(([kind, list]) => [element('h3', {}, say(`page_${kind}`)),
      element('ul', { class: 'found' }, ...list.slice(0, MOST).map(({ id }) => element('li', {}, entityLink(context.entities, kind, id))))])));
  return { title: heading.textContent, heading, leave() {} };
}

