// The counties as tiles on the board: the wall's, small, each a link to its page. Their figures come with the stream.

import { hrefTo } from '../address.js';
import { element } from '../dom.js';
import { say } from '../i18n.js';
import { makeTiles, stepOf } from './wall_tiles.js';

/** show(rankings): takes the ranking of counties. Null where the contest has none, or too many for a picture. */
export function makeBoardCounties(root, context) {
  const { contest } = context;
  const ranking = contest.rankings.find((one) => one.of === 'county' && !one.division);
  root.hidden = !ranking || contest.counties.length > 30;
  if (root.hidden) return { show() {} };
  const tiles = makeTiles(contest.counties, (county) => hrefTo({ see: 'county', id: county.id }));
  root.replaceChildren(element('h2', {}, say('tileMap')), element('p', { class: 'quiet' }, say('byStreamersCounty')), element('div', { class: 'field' }, tiles.root));
  return {
    show(rankings) {
      const rows = rankings[ranking.id]?.rows ?? [];
      const net = new Map(rows.map((row) => [row.id, row.net_fen]));
      const largest = Math.max(0, ...net.values());
      tiles.show(net, (fen) => stepOf(fen, largest));
    },
  };
}
