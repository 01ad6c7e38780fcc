// What just happened: large sales, milestones, a new leader; at first, how things stand. All of it is read off public figures as they change,
// never off single events, so a freeze that stops the figures stops the ticker too.

import { element } from '../dom.js';
import { language, nameOf, say } from '../i18n.js';
import { fullMoney, roundMoney } from '../money.js';

const KEPT = 6;
const LARGE_SHARE = 3; // of the rises seen lately, one in so many is large
const RISES_KEPT = 60;
const AGAIN_AFTER_MS = 20000; // the same goods of the same team are news only once in a while

const money = (fen) => roundMoney(fen, language);

/** The highest of 1, 2 and 5 times a power of ten yuan, from 10,000 on, that a sum has passed; 0: none. */
export function milestoneBelow(fen) {
  if (fen < 1000000) return 0;
  const power = 10 ** Math.floor(Math.log10(fen));
  return power * [5, 2, 1].find((step) => step * power <= fen);
}

const keyOf = (row) => `${row.streamer}/${row.product}`;

function findRises(before, rows) {
  return rows.map((row) => ({ row, fen: row.net_fen - (before.get(keyOf(row)) ?? 0) }))
    .filter((rise) => rise.fen > 0).sort((a, b) => b.fen - a.fen);
}

export function makeWallTicker(root, contest) {
  const list = element('ul', {});
  root.replaceChildren(element('h2', {}, say('ticker')), list);
  const names = new Map([...contest.streamers, ...contest.products].map((entity) => [entity.id, nameOf(entity)]));
  const lately = [];
  const toldOf = new Map();
  let cells = null;
  let milestone = null;
  let leader = null;

  function tell(kind, text) {
    list.prepend(element('li', { 'data-kind': kind }, text));
    while (list.children.length > KEPT) list.lastChild.remove();
  }

  function isLarge(fen) {
    const bar = [...lately].sort((a, b) => b - a)[Math.floor(lately.length / LARGE_SHARE)] ?? 0;
    lately.push(fen);
    if (lately.length > RISES_KEPT) lately.shift();
    return fen >= bar;
  }

  return {
    /** rows of tally?by=streamer,product */
    sales(rows) {
      const largest = cells && findRises(cells, rows).find(({ row }) => !(toldOf.get(keyOf(row)) > Date.now() - AGAIN_AFTER_MS));
      cells = new Map(rows.map((row) => [keyOf(row), row.net_fen]));
      if (!largest || !isLarge(largest.fen)) return;
      toldOf.set(keyOf(largest.row), Date.now());
      const { streamer, product, names: own } = largest.row;
      tell('sale', say('tickerSale', {
        who: names.get(streamer) ?? own.streamer,
        what: names.get(product) ?? own.product,
        money: fullMoney(largest.fen, language),
      }));
    },
    total(fen) {
      const now = milestoneBelow(fen);
      if (now > (milestone ?? 0)) tell('milestone', say(milestone === null ? 'tickerPassed' : 'tickerMilestone', { money: money(now) }));
      milestone = Math.max(milestone ?? 0, now);
    },
    leads(row, name) {
      const sold = row && row.net_fen > 0 && row.rank === 1 && !row.tied;
      if (sold && leader !== row.id) tell('leader', say(leader === null ? 'tickerLeads' : 'tickerLeader', { who: name }));
      if (sold) leader = row.id;
    },
  };
}
