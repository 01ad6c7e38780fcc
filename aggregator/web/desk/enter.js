// What the screens for people with a token have in common at their start: which contest, whose token, and a form
// for the token where none has come along.

import { element } from '../dom.js';
import { language, nameOf } from '../i18n.js';
import { say } from '../i18n_desk.js';
import { readDocument } from '../live.js';
import { makeServer } from './server.js';
import { forgetToken, keepToken, tokenFor } from './token.js';

const AGAIN_MS = 2000;

const place = (id) => document.getElementById(id);

export function tell(text, kind = '') {
  place('notice').textContent = text;
  place('notice').hidden = text === '';
  place('notice').dataset.kind = kind;
}

const waiting = (why) => tell(say('waiting', { why }));

/**
 * Reads which contests there are and the one that the address asks for: {contests, contest}; contest null: none. `known`
 * (recall()) stands in for both where nobody answers.
 */
export async function findContest(known = null) {
  document.documentElement.lang = language === 'en' ? 'en' : 'zh-CN';
  place('skip').textContent = say('skip');
  const orKnown = (instead) => (why) => (known ? instead() : waiting(why));
  const { contests } = await readDocument('/v1/contests', orKnown(() => ({ contests: [known.contest] }))) ?? { contests: [] };
  const chosen = new URLSearchParams(location.search).get('contest') ?? contests[0]?.contest;
  const contest = chosen && await readDocument(`/v1/contests/${encodeURIComponent(chosen)}`, orKnown(() => known.contest));
  tell(contest ? '' : chosen ? say('unknownContest', { id: chosen }) : say('noContest'));
  return { contests, contest };
}

// Whose token this is, or the sentence that says why it opens nothing.
async function check(contest, token, roles) {
  try {
    const whose = await makeServer(contest, token).read('token');
    if (roles.includes(whose.role)) return { whose };
    return { why: say('wrongRole', { role: say(`role_${whose.role}`), page: whose.role === 'streamer' ? '/me' : '/judge' }) };
  } catch (refusal) {
    if (refusal.status === 401) return { why: say('badToken'), bad: true };
    return { why: refusal.message || say('noAnswer'), passing: refusal.passing };
  }
}

// The field is a password's, so that nobody reads it over a shoulder; the browser is asked not to keep it.
function makeForm(kind, contest) {
  const field = element('input', {
    id: 'token', name: 'token', type: 'password', required: true, autocomplete: 'off', autocapitalize: 'off',
    spellcheck: 'false', maxlength: '200', 'aria-describedby': 'token-help token-why',
  });
  const why = element('p', { id: 'token-why', class: 'wrong', role: 'alert' });
  const button = element('button', { class: 'primary', type: 'submit' }, say('enter'));
  const form = element('form', { class: 'card gate', autocomplete: 'off' },
    element('h2', {}, say(`gate_${kind}`)),
    element('p', { class: 'quiet' }, nameOf({ name: contest.title, name_en: contest.title_en })),
    element('label', { for: 'token' }, say('token')), field, why, button,
    element('p', { id: 'token-help', class: 'quiet' }, say(`gateHelp_${kind}`)));
  return { form, field, why, button };
}

/**
 * Resolves with {whose, server} once there is a token of one of these roles; shows the form in #main until then.
 * `kind`: 'me' or 'judge', whose words the form has. While nobody answers, `known` says whose the token that it has is.
 */
export function enter(kind, contest, roles, known = null) {
  return new Promise((resolve) => {
    const { form, field, why, button } = makeForm(kind, contest);

    async function attempt(token) {
      button.disabled = true;
      const found = await check(contest.contest, token, roles);
      button.disabled = false;
      if (found.whose) {
        tell('');
        keepToken(contest.contest, token);
        resolve({ whose: found.whose, server: makeServer(contest.contest, token) });
        return;
      }
      if (found.bad) forgetToken(contest.contest);
      if (found.passing && known?.token === token) {
        resolve({ whose: known.whose, server: makeServer(contest.contest, token) });
        return;
      }
      if (found.passing && !form.isConnected) { // a token that is kept is not asked for again because a line is down
        tell(found.why, 'lost');
        setTimeout(() => attempt(token), AGAIN_MS);
        return;
      }
      tell('');
      if (!form.isConnected) place('main').replaceChildren(form);
      why.textContent = found.why;
      field.focus();
    }

    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const token = field.value.trim();
      field.value = '';
      if (token) attempt(token);
    });

    const kept = tokenFor(contest.contest);
    if (kept) {
      attempt(kept);
    } else {
      place('main').replaceChildren(form);
      field.focus();
    }
  });
}

/** A button that ends the tab's session: the token is gone, and so is what it showed. */
export function leaveButton(contest) {
  const button = element('button', { type: 'button', class: 'plain' }, say('leave'));
  button.addEventListener('click', () => {
    forgetToken(contest.contest);
    location.reload();
  });
  return button;
}
