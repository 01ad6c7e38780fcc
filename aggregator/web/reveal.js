// The reveal (揭榜): results from the bottom up, on the hall's screen, stepped through with a key or a presenter's remote.
//
//   a published version, or the live figures with a judge's token ─▶ program (steps) ─▶ stage at step n
//                                                                         presenter's window ◀─ channel ─▶

import { element, setText } from './dom.js';
import { enter, findContest, tell } from './desk/enter.js';
import { boardAt, makeProgram } from './desk/program.js';
import { readLive, readVersion } from './desk/result.js';
import { makeServer, Refusal } from './desk/server.js';
import { language, nameOf } from './i18n.js';
import { say } from './i18n_reveal.js';
import { dayAndSecond, offsetOf } from './times.js';
import { channelName, makePresenter } from './views/reveal_presenter.js';
import { boardRows, hint, makeNames, spotlight } from './views/reveal_stage.js';

const AGAIN_MS = 2000;
const RUN_MOST_MS = 15000;
const RUN_ROW_MS = 400;

const KEYS = {
  PageDown: 'next', ArrowRight: 'next', ArrowDown: 'next', ' ': 'next', Enter: 'next',
  PageUp: 'back', ArrowLeft: 'back', ArrowUp: 'back', Backspace: 'back',
  Home: 'home', b: 'black', B: 'black', '.': 'black', f: 'full', F: 'full',
};

const place = (id) => document.getElementById(id);
const parameters = new URLSearchParams(location.search);
const wantsStillness = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

function sourceText(result) {
  if (result.source === 'live') return say('fromLive');
  return say(result.final ? 'fromFinal' : 'fromVersion', { n: result.number });
}

// Keys go to what has the focus first: a button is pressed by Enter, a list is scrolled by arrows.
function listenToKeys(act) {
  addEventListener('keydown', (event) => {
    const command = KEYS[event.key];
    const own = event.target.closest?.('button, a, select, input');
    if (!command || event.ctrlKey || event.altKey || event.metaKey) return;
    if (own && (event.key === 'Enter' || event.key === ' ')) return;
    event.preventDefault();
    act(command);
  });
}

// --- Where we are, kept for a reload in the middle of the show ---

const keyOf = (stage) => `bochuang-reveal/${stage.contest.contest}/${stage.result.number ?? 'live'}/${stage.ranking.id}`;

function recall(stage) {
  try {
    return Math.min(Number(sessionStorage.getItem(keyOf(stage))) || 0, stage.program.length - 1);
  } catch {
    return 0;
  }
}

function remember(stage, index) {
  try {
    sessionStorage.setItem(keyOf(stage), String(index));
  } catch {
    // It starts from the beginning after a reload, then.
  }
}

// --- The stage ---

function makeView() {
  const light = element('section', { class: 'spotlight', 'aria-live': 'polite', 'aria-label': say('onStage') });
  const board = element('ol', { class: 'board' });
  const aside = element('section', { class: 'aside', tabindex: '0', 'aria-label': say('revealed') }, element('h2', {}, say('revealed')), board);
  place('main').replaceChildren(light, aside);
  return { light, board, aside };
}

function makeStage(contest, result, rankingId) {
  const ranking = result.rankings.find((one) => one.id === rankingId);
  return {
    contest, result, ranking, names: makeNames(contest),
    contestTitle: nameOf({ name: contest.title, name_en: contest.title_en }),
    awards: result.awards.filter((award) => award.winners.length > 0 && (award.manual || award.ranking === rankingId)),
    program: makeProgram(result, rankingId),
  };
}

function perform(stage) {
  const { program } = stage;
  const view = makeView();
  const id = crypto.getRandomValues(new Uint32Array(1))[0].toString(36);
  const channel = new BroadcastChannel(channelName(stage.contest.contest, id));
  const progress = element('span', { class: 'progress' });
  let index = recall(stage);
  let ran = Infinity; // rows of a run that are out
  let timer = 0;
  let black = false;

  function tellPresenter() {
    channel.postMessage({ index, count: program.length, black, shown: hint(stage, program[index]), next: hint(stage, program[index + 1]), later: hint(stage, program[index + 2]) });
  }

  function draw() {
    const step = program[index];
    const rows = boardAt(program, index, ran);
    view.light.dataset.kind = step.kind;
    view.light.dataset.rank = step.rank ?? '';
    view.light.replaceChildren(...spotlight(stage, step, ran));
    view.board.replaceChildren(...boardRows(stage, rows));
    view.aside.hidden = rows.length === 0;
    place('main').scrollTo(0, 0);
    setText(progress, say('stepOf', { n: index + 1, all: program.length }));
    document.body.classList.toggle('black', black);
    remember(stage, index);
    tellPresenter();
  }

  // One row after another; a step before its end shows the rest at once.
  function run() {
    const { rows } = program[index];
    ran += 1;
    if (ran >= rows.length) ran = Infinity;
    else timer = setTimeout(run, Math.min(RUN_ROW_MS, RUN_MOST_MS / rows.length));
    draw();
  }

  function go(to) {
    clearTimeout(timer);
    const forward = to > index;
    index = Math.max(0, Math.min(to, program.length - 1));
    ran = Infinity;
    if (forward && program[index].kind === 'run' && !wantsStillness()) {
      ran = 0;
      run();
    } else {
      draw();
    }
  }

  function act(command) {
    if (command === 'tell') tellPresenter();
    else if (command === 'black') { black = !black; draw(); }
    else if (command === 'full') toggleFull();
    else if (black) { black = false; draw(); }
    else if (command === 'home') go(0);
    else if (command === 'back') go(index - 1);
    else if (ran !== Infinity) { clearTimeout(timer); ran = Infinity; draw(); }
    else if (command === 'next' && index < program.length - 1) go(index + 1);
  }

  channel.addEventListener('message', ({ data }) => { if (data.command) act(data.command); });
  listenToKeys(act);
  showFooter(stage, progress, id, act);
  draw();
}

function toggleFull() {
  const done = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
  done.catch(() => {}); // not allowed here: it stays as it is
}

function presenterAddress(stage, id) {
  const address = new URL('/reveal', location.origin);
  address.search = new URLSearchParams({ contest: stage.contest.contest, presenter: id, ...(language === 'en' && { lang: 'en' }) });
  return address.href;
}

function showFooter(stage, progress, id, act) {
  const button = (label, work, kind) => {
    const made = element('button', { type: 'button', class: kind }, label);
    made.addEventListener('click', (event) => { work(); if (event.detail) made.blur(); }); // a hand on the mouse leaves the keys to the show
    return made;
  };
  place('footer').replaceChildren(
    element('p', { class: 'source', 'data-source': stage.result.source }, element('span', {}, sourceText(stage.result)),
      element('span', {}, `${say('asOf')} ${dayAndSecond(stage.result.asOfMs, offsetOf(stage.contest.opens))}`)),
    element('nav', { 'aria-label': say('reveal') }, button(`◀ ${say('backward')}`, () => act('back')), progress, button(`${say('forward')} ▶`, () => act('next')),
      button(say('fullScreen'), toggleFull),
      button(say('presenter'), () => open(presenterAddress(stage, id), `bochuang-presenter-${id}`, 'popup,noopener,width=900,height=700'), 'second-screen')));
}

// --- Before it: which ranking ---

function chooseRanking(contest, result) {
  const wanted = parameters.get('ranking');
  if (result.rankings.some((one) => one.id === wanted)) return Promise.resolve(wanted);
  const awardsOf = (ranking) => result.awards.filter((award) => !award.manual && award.ranking === ranking.id).length;
  const rankings = result.rankings.filter((one) => one.rows.length > 0).sort((one, other) => awardsOf(other) - awardsOf(one));
  return new Promise((resolve) => {
    const buttons = rankings.map((ranking) => {
      const button = element('button', { type: 'button', class: 'choice', 'data-ranking': ranking.id }, element('b', {}, nameOf(ranking)),
        element('small', {}, say('rankingFacts', { n: ranking.rows.length, awards: awardsOf(ranking) })));
      button.addEventListener('click', () => resolve(ranking.id));
      return button;
    });
    place('main').replaceChildren(element('section', { class: 'choose' }, element('p', { class: 'over' }, nameOf({ name: contest.title, name_en: contest.title_en })),
      element('h1', {}, say('chooseRanking')), ...buttons, rankings.length ? null : element('p', {}, say('noRanking')),
      element('p', { class: 'quiet' }, sourceText(result)), element('p', { class: 'quiet' }, say('keys'))));
    buttons[0]?.focus();
  });
}

// Until it is read: a hall must not stand before a black screen that does not say why.
async function patiently(read) {
  for (;;) {
    try {
      const found = await read();
      tell('');
      return found;
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      tell(say('waiting', { why: refusal.message }), 'lost');
      await new Promise((resolve) => { setTimeout(resolve, AGAIN_MS); });
    }
  }
}

async function findResult(contest) {
  const version = await patiently(() => readVersion(makeServer(contest.contest, null), parameters.get('version')));
  if (version) return version;
  const { server } = await enter('reveal', contest, ['judge', 'organiser']);
  return patiently(() => readLive(server, contest));
}

async function start() {
  const { contest } = await findContest();
  if (!contest) return;
  document.title = `${say('reveal')} · ${nameOf({ name: contest.title, name_en: contest.title_en })}`;
  const presenterOf = parameters.get('presenter');
  if (presenterOf) {
    document.body.classList.add('presents');
    listenToKeys(makePresenter(contest, presenterOf, place('main')));
    return;
  }
  const result = await findResult(contest);
  perform(makeStage(contest, result, await chooseRanking(contest, result)));
}

start();
