// Registering while the contest runs: a session, a product, a streamer, a county. The same id again corrects the name; a
// county or a streamer of something that has events never changes (the server says so).

import { element, setText } from '../dom.js';
import { actionMaker, streamerOptions } from '../desk/desk.js';
import { ask } from '../desk/ask.js';
import { nameOf } from '../i18n.js';
import { say } from '../i18n_judge.js';

const ID = '[A-Za-z0-9._:\\-]{1,64}';
const PLATFORMS = ['douyin', 'kuaishou', 'taobao', 'weixin', 'pinduoduo', 'xiaohongshu'];

const text = (name, more = {}) => ({ name, make: () => element('input', { type: 'text', autocomplete: 'off', ...more }) });
const id = text('id', { required: true, pattern: ID, maxlength: '64', spellcheck: 'false' });
const optional = (name) => text(name, { maxlength: '200' });
const choice = (name, options, none) => ({ name, make: (desk) => element('select', { required: !none }, none ? element('option', { value: '' }, say('none')) : null, ...options(desk)) });

const countyOptions = (desk) => desk.contest.counties.map((one) => element('option', { value: one.id }, `${nameOf(one)} · ${one.id}`));
const divisionOptions = (desk) => (desk.contest.divisions ?? []).map((one) => element('option', { value: one.id }, nameOf(one)));
const categoryList = (desk) => element('datalist', { id: 'categories' }, ...[...new Set(desk.contest.products.map((one) => one.category).filter(Boolean))].map((one) => element('option', { value: one })));
const moment = (name) => ({ name, make: () => element('input', { type: 'datetime-local', required: true }), read: (desk, value) => desk.clock.rfc3339(desk.clock.fromField(value)) });

// What each kind of entity is made of; the names are those of the contest file.
const KINDS = {
  sessions: [id, choice('streamer', streamerOptions), choice('platform', () => PLATFORMS.map((one) => element('option', { value: one }, say(`platform_${one}`))), true), moment('starts'), moment('ends'), optional('name')],
  products: [id, text('name', { required: true, maxlength: '200' }), optional('name_en'), choice('county', countyOptions), text('category', { list: 'categories', maxlength: '200' })],
  streamers: [id, text('name', { required: true, maxlength: '200' }), optional('name_en'), choice('county', countyOptions), choice('division', divisionOptions, true)],
  counties: [text('id', { required: true, pattern: '[0-9]{1,12}', maxlength: '12', inputmode: 'numeric' }), text('name', { required: true, maxlength: '200' }), optional('name_en'), optional('city'), optional('province')],
};

const shown = (desk, kind, item) => Object.entries(item).flatMap(([key, value]) => [element('dt', {}, say(`register_${key}`)),
  element('dd', {}, key === 'county' ? `${nameOf(desk.county(value))} · ${value}` : key === 'streamer' ? `${nameOf(desk.streamer(value))} · ${value}` : value)]);

async function register(desk, kind, item) {
  const known = desk.contest[kind]?.find((one) => one.id === item.id);
  const make = actionMaker('register', { [kind]: [item] });
  const done = await ask({ title: `${say('act_register')}${say('colon')}${say(kind)}`, verb: say('act_register'), reason: 'optional',
    lines: [say(known ? 'explain_correct' : 'explain_register', { name: known ? nameOf(known) : '' }), element('dl', { class: 'changes' }, ...shown(desk, kind, item))] },
  (reason) => desk.server.act(make(reason)));
  if (done) desk.changed();
  return done;
}

function makeForm(desk, kind) {
  const said = element('p', { class: 'clear', role: 'status' });
  const fields = KINDS[kind].map((part) => {
    const node = part.make(desk);
    node.id = `${kind}-${part.name}`;
    return { ...part, node };
  });
  const form = element('form', { class: 'grid' },
    ...fields.map(({ name, node }) => element('div', { class: 'field' }, element('label', { for: node.id }, say(`register_${name}`), node.required ? '' : ` ${say('maybe')}`), node)),
    kind === 'products' ? categoryList(desk) : null,
    element('div', { class: 'buttons' }, element('button', { type: 'submit', class: 'primary' }, say('act_register'))), said);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    setText(said, '');
    const item = Object.fromEntries(fields.filter(({ node }) => node.value.trim() !== '').map(({ name, node, read }) => [name, read ? read(desk, node.value) : node.value.trim()]));
    if (!await register(desk, kind, item)) return;
    form.reset();
    setText(said, say('registered', { name: item.name ?? item.id }));
  });
  return form;
}

export function makeJudgeRegister(desk) {
  const may = desk.may('register');
  const holder = element('div', {});
  const forms = new Map();
  const chips = Object.keys(KINDS).map((kind) => {
    const chip = element('button', { type: 'button', class: 'chip', 'aria-pressed': 'false' }, say(kind));
    chip.addEventListener('click', () => open(kind));
    return { kind, chip };
  });

  function open(kind) {
    if (!forms.has(kind)) forms.set(kind, makeForm(desk, kind));
    chips.forEach((one) => one.chip.setAttribute('aria-pressed', String(one.kind === kind)));
    holder.replaceChildren(forms.get(kind));
  }

  if (may) open('sessions');
  return {
    root: element('section', { class: 'card', 'aria-label': say('part_register') }, element('p', { class: 'quiet' }, say(may ? 'registerHelp' : 'registerNotYou')),
      may ? element('div', { class: 'chips', role: 'group' }, ...chips.map((one) => one.chip)) : null, holder),
    show() {},
  };
}
