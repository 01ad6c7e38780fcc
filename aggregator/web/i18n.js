// The sentences of the screens, in Chinese and in English. The language is the page's address: ?lang=en. What only one
// screen says stands with that screen, which teaches it: learn({ key: ['中文', 'English'] }). A {hole} is filled by name; where
// English turns on a number, the hole of that number holds both words: '{n} {n:row|rows}'.

const SENTENCES = {
  product: ['播创', 'Bochuang'],
  comma: ['、', ', '],
  skip: ['跳到数据', 'Skip to the figures'],
  otherLanguage: ['English', '中文'],
  chooseContest: ['选择赛事', 'Contest'],
  noContest: ['还没有赛事。', 'There is no contest yet.'],
  unknownContest: ['没有这个赛事：{id}', 'There is no such contest: {id}'],
  loading: ['正在读取…', 'Loading…'],
  waiting: ['正在读取数据…{why}', 'Reading the figures… {why}'],
  // What can stand in the way of a publish, behind its number: 3 marks missing.
  blocker_contest_open: ['比赛还没有关闭', 'The contest is not closed'],
  blocker_pending_claim: ['笔线下申报没有决定', 'offline {n:claim|claims} not decided'],
  blocker_parked_refund: ['笔退款等不到订单', '{n:refund|refunds} whose sale has not come'],
  blocker_missing_mark: ['个评分缺失', '{n:mark|marks} missing'],
  blocker_undecided_tie: ['处并列没有决定', '{n:tie|ties} not decided'],
  asOf: ['数据截至', 'Figures as of'],
  noEntryYet: ['尚无数据', 'no figures yet'],

  markFreeze: ['封榜', 'Freeze'],

  state_scheduled: ['未开始', 'Not open yet'],
  state_running: ['进行中', 'Running'],
  state_frozen: ['封榜中', 'Frozen'],
  state_ended: ['已结束', 'Ended'],
  state_provisional: ['公示中', 'Provisional'],
  state_final: ['最终结果', 'Final'],

  connection_connecting: ['连接中', 'Connecting'],
  connection_live: ['实时', 'Live'],
  connection_lost: ['已断开', 'Disconnected'],

  notice_scheduled: ['比赛将于 {opens} 开始。', 'The contest opens at {opens}.'],
  notice_frozen: ['封榜中：公开榜单停在 {frozen}，比赛仍在继续，结果稍后揭晓。',
    'Frozen: the public board stands as it was at {frozen}. The contest goes on; the result will be revealed later.'],
  notice_ended: ['比赛已结束，正在核对，以下数字还不是最终结果。',
    'The contest has ended and is being checked. These figures are not the final result.'],
  notice_provisional: ['公示中：结果已公布，可以申诉，尚未最终确定。',
    'Provisional: the result is published and open to appeal. It is not final yet.'],
  notice_final: ['最终结果：以下名次已经确定。', 'Final result: these places stand.'],
  notice_lost: ['连接已断开，正在重连。下面是 {asOf} 时的旧数据，不是最新。',
    'Connection lost, reconnecting. What you see is old: it stands as of {asOf}.'],
  notice_lost_empty: ['连接不上服务器，正在重试。', 'The server cannot be reached; trying again.'],

  version: ['第 {n} 版', 'Version {n}'],
  replaced: ['已被第 {n} 版取代', 'Replaced by version {n}'],
  noticeUntil: ['公示期 {n} 天，至 {time} 止', 'Public notice for {n} {n:day|days}, until {time}'],

  overview: ['总览', 'Overview'],
  exactly: ['准确值', 'Exactly'],
  yuan: ['元', 'yuan'],
  story: ['{videos}\u00a0条短视频，{sessions}\u00a0场直播，累计线上线下销售 {money}',
    '{videos}\u00a0short {videos:video|videos}, {sessions}\u00a0{sessions:livestream|livestreams}, {money} sold online and offline'],
  split: ['线上与线下', 'Online and offline'],
  online: ['线上', 'online'],
  offline: ['线下', 'offline'],

  net_fen: ['净销售额', 'Net sales'],
  gross_fen: ['销售总额', 'Gross sales'],
  refunded_fen: ['退款', 'Refunded'],
  online_net_fen: ['线上净额', 'Online, net'],
  offline_net_fen: ['线下净额', 'Offline, net'],
  orders: ['订单', 'Orders'],
  sessions: ['直播场次', 'Livestreams'],
  videos: ['短视频', 'Short videos'],
  counties_active: ['成交县域', 'Active counties'],
  streamers_active: ['成交主播', 'Active streamers'],
  orders_kept: ['有效订单', 'Orders kept'],
  quantity: ['件数', 'Pieces'],
  viewers: ['观看', 'Viewers'],
  likes: ['点赞', 'Likes'],
  followers: ['新增粉丝', 'New followers'],
  comments: ['评论', 'Comments'],

  define_net_fen: ['实付金额减去已发生的退款和取消。未批准的线下申报和已作废的订单不计入。排名默认用这个数。',
    'What was paid, less what was refunded or cancelled so far. Offline claims not yet approved and voided orders do not count. Rankings use it by default.'],
  define_gross_fen: ['已计入的订单实付金额之和，不减退款。', 'What was paid for all counted orders, refunds not taken off.'],
  define_refunded_fen: ['已计入的订单中退款和取消的金额之和。', 'What was refunded or cancelled of counted orders.'],
  define_online_net_fen: ['直播间内成交的净销售额。', 'Net sales made in the livestream.'],
  define_offline_net_fen: ['线下成交并申报的净销售额；需要批准的赛事只计已批准的。',
    'Net sales made and claimed offline; where the contest wants approval, only approved ones.'],
  define_orders: ['已计入的订单行数，包括后来退款的。', 'Counted order lines, those refunded later too.'],
  define_orders_kept: ['已计入且没有全额退款的订单行数。', 'Counted order lines of which something is left after refunds.'],
  define_sessions: ['已经开播的场次，每场计一次。', 'Livestreams that have started, each once.'],
  define_videos: ['已发布的参赛短视频条数。', 'Contest videos that were published.'],
  define_counties_active: ['至少有一笔计入订单的县（市、区），按主播所属县计。', 'Counties whose streamers have at least one counted order.'],
  define_streamers_active: ['至少有一笔计入订单的参赛主播或队伍。', 'Streamers or teams with at least one counted order.'],

  define_quantity: ['已计入订单的商品件数之和，不减退款。', 'Pieces of all counted orders, refunds not taken off.'],
  define_viewers: ['各场次上报的累计观看人数之和，每场取上报的最大值。', 'Viewers of all livestreams: of each, the largest number reported.'],
  define_likes: ['各场次上报的累计点赞数之和，每场取上报的最大值。', 'Likes of all livestreams: of each, the largest number reported.'],
  define_followers: ['各场次上报的新增粉丝数之和，每场取上报的最大值。', 'New followers of all livestreams: of each, the largest number reported.'],
  define_comments: ['各场次上报的评论数之和，每场取上报的最大值。', 'Comments of all livestreams: of each, the largest number reported.'],
  define_points: ['按榜单规则由各项指标和评委打分折算，精确到千分之一分。', 'Worked out of metrics and jury marks by the rules of the ranking, to a thousandth of a point.'],

  rankings: ['排行榜', 'Rankings'],
  rank: ['名次', 'Rank'],
  points: ['得分', 'Points'],
  tied: ['并列', 'tied'],
  of_county: ['县域', 'County'],
  of_streamer: ['主播', 'Streamer'],
  of_product: ['产品', 'Product'],
  of_session: ['场次', 'Livestream'],
  of_city: ['城市', 'City'],
  of_division: ['组别', 'Division'],
  by_points: ['按得分排名', 'by points'],
  by_metric: ['按{metric}排名', 'by {metric}'],
  countyIsStreamers: ['县域按主播所属县统计，不是产品产地。', 'A county is that of the streamer, not where the product comes from.'],
  byStreamersCounty: ['按主播所属县统计，不是产品产地', "by the streamer's county"],
  nobodyYet: ['还没有参赛者。', 'Nobody takes part yet.'],
  showAll: ['显示全部 {n} 名', 'Show all {n}'],
  showLess: ['收起', 'Show fewer'],
  firstOnly: ['实时榜显示前 {n} 名', 'The live ranking shows the first {n}'],

  untilOpen: ['距开赛', 'Opens in'],
  untilClose: ['距结束', 'Closes in'],
  daysAndClock: ['{days} 天 {clock}', '{days} d {clock}'],
  minutesLeft: ['距比赛结束还有 {minutes} 分钟。', '{minutes} {minutes:minute remains|minutes remain} until the contest closes.'],
  tileMap: ['县域净销售额', 'Net sales by county'],
  topProducts: ['热销产品 · 净销售额', 'Top products by net sales'],
  categories: ['品类占比 · 净销售额', 'Share of net sales by category'],
  noCategory: ['未分类', 'no category'],
  others: ['其他', 'others'],
  mapReview: ['审图号：{number}', 'Map review number: {number}'],
  trend: ['每分钟净销售额', 'Net sales per minute'],
  startsOf: ['▸ {n} 场开播', '▸ {n} {n:starts|start}'],
  onAir: ['计划直播中 {n} 场', 'On air by plan: {n}'],
  airOver: ['直播已全部结束', 'All livestreams are over'],
  andMore: ['另有 {n} 场', 'and {n} more'],
  nextAt: ['下一场 {time}', 'next at {time}'],
  airUntil: ['至 {time}', 'to {time}'],
  nothingSold: ['还没有销售。', 'Nothing sold yet.'],
  pointsUnit: ['分', 'points'],
  ticker: ['快讯', 'Latest'],
  tickerSale: ['{who}：{what} +{money}', '{who}: {what} +{money}'],
  tickerMilestone: ['累计净销售额突破 {money}', 'Net sales pass {money}'],
  tickerPassed: ['累计净销售额已过 {money}', 'Net sales are past {money}'],
  tickerLeads: ['{who} 暂列第一', '{who} leads'],
  tickerLeader: ['{who} 升至第一', '{who} takes the lead'],

  footer: ['金额单位为元，简写向下取整；悬停或点开可见准确值。时间为赛事当地时间（UTC{offset}）。',
    'Money in yuan; short forms are cut, not rounded up; point at one or open it for the exact value. Times are those of the contest (UTC{offset}).'],
};

export const language = new URLSearchParams(location.search).get('lang') === 'en' ? 'en' : 'zh';

const COLUMN = { zh: 0, en: 1 }[language];

/** Adds sentences of one screen's own. A key that is there already would speak for somebody else: a mistake. */
export function learn(sentences) {
  for (const [key, both] of Object.entries(sentences)) {
    if (key in SENTENCES) throw new Error(`i18n: ${key} is there already`);
    SENTENCES[key] = both;
  }
}

const HOLES = /(\{[^}]+\})/; // splits a sentence into words and holes
const COUNTS = new Intl.PluralRules('en');

// What a part of a sentence comes to: a hole's value, or the word that goes with its number.
function fill(part, holes) {
  const [, name, one, more] = /^\{(\w+)(?::(.*)\|(.*))?\}$/.exec(part) ?? [];
  if (one === undefined) return holes[name] ?? part;
  return COUNTS.select(Number(holes[name])) === 'one' ? one : more;
}

/** The sentence of a key, its {holes} filled. A key that is not there is a mistake, and shows as itself. */
export function say(key, holes = {}) {
  const sentence = SENTENCES[key]?.[COLUMN] ?? key;
  return sentence.split(HOLES).map((part) => fill(part, holes)).join('');
}

/** The same as nodes, each filled hole in a <b>: for a sentence whose figures are to be seen from afar. */
export function sayWithFigures(key, holes) {
  return SENTENCES[key][COLUMN].split(HOLES).filter(Boolean).map((part) => {
    if (!/^\{\w+\}$/.test(part)) return fill(part, holes);
    const figure = document.createElement('b');
    figure.textContent = fill(part, holes);
    return figure;
  });
}

export const has = (key) => key in SENTENCES;

/** The name of an entity in the reader's language, or the one that it has. */
export const nameOf = (entity) => (language === 'en' && entity.name_en) || entity.name;

// The eight categories of the regional brand 湘赣红; a contest may have others, which keep their name.
const CATEGORIES = {
  茶叶: 'Tea', 茶油: 'Camellia oil', 蔬菜: 'Vegetables', 水果: 'Fruit', 粮食: 'Grain', 畜牧: 'Livestock', 中药材: 'Herbal medicine', 加工制品: 'Processed food',
};

export const categoryName = (category) => (language === 'en' && CATEGORIES[category]) || category;

/** This page's address with one parameter changed (or taken out: null). */
export function addressWith(name, value) {
  const parameters = new URLSearchParams(location.search);
  if (value === null) parameters.delete(name);
  else parameters.set(name, value);
  const query = parameters.toString();
  return query ? `?${query}` : location.pathname;
}
