// Who and what takes part, as the contest's document says: names in the reader's language, by dimension and id.

import { categoryName, language, nameOf, say } from './i18n.js';
import { dayAndMinute, offsetOf } from './times.js';

/** The dimensions of a tally, in the order in which they are offered. */
export const DIMENSIONS = ['county', 'city', 'province', 'division', 'streamer', 'session', 'platform', 'product', 'category', 'origin', 'channel'];

/** What has a page of its own. */
export const WITH_PAGE = ['county', 'streamer', 'product', 'session'];

const PLATFORMS = {
  douyin: ['抖音', 'Douyin'], kuaishou: ['快手', 'Kuaishou'], taobao: ['淘宝', 'Taobao'], shipinhao: ['视频号', 'WeChat Channels'],
  weixin: ['微信', 'WeChat'], wechat: ['微信', 'WeChat'], pinduoduo: ['拼多多', 'Pinduoduo'], xiaohongshu: ['小红书', 'Xiaohongshu'], 'wechat-channels': ['视频号', 'WeChat Channels'], jd: ['京东', 'JD'],
};

export const platformName = (id) => PLATFORMS[id]?.[language === 'en' ? 1 : 0] ?? id;

const byId = (list) => new Map((list ?? []).map((entity) => [entity.id, entity]));
const idsIn = (list, key) => [...new Set((list ?? []).map((entity) => entity[key]).filter(Boolean))];
const listed = (ids, nameOfId) => new Map(ids.map((id) => [id, { id, name: nameOfId(id) }]));

export function makeEntities(contest) {
  const offset = offsetOf(contest.opens);
  const counties = byId(contest.counties);
  const streamers = byId(contest.streamers);
  const startOf = (session) => dayAndMinute(Date.parse(session.starts), offset);
  const maps = {
    county: counties,
    origin: counties,
    streamer: streamers,
    product: byId(contest.products),
    session: byId(contest.sessions),
    division: byId(contest.divisions),
    city: listed(idsIn(contest.counties, 'city'), (id) => id),
    province: listed(idsIn(contest.counties, 'province'), (id) => id),
    platform: listed(idsIn(contest.sessions, 'platform'), platformName),
    category: listed(idsIn(contest.products, 'category'), categoryName),
    channel: listed(['online', 'offline'], say),
  };
  const find = (kind, id) => maps[kind]?.get(id);

  /** In the reader's language; a session is known by its streamer and its start. */
  function name(kind, id) {
    const entity = find(kind, id);
    if (kind === 'category' && !id) return say('noCategory');
    if (!entity) return id;
    if (kind !== 'session') return nameOf(entity) ?? id;
    const streamer = streamers.get(entity.streamer);
    return `${streamer ? nameOf(streamer) : id} · ${startOf(entity)}`;
  }

  /** What helps to know it: the county of a streamer or a product, the city of a county. */
  function beside(kind, id) {
    const entity = find(kind, id);
    if (kind === 'session') return platformName(entity?.platform);
    if (entity?.county) return name('county', entity.county);
    return language === 'en' ? '' : entity?.city ?? '';
  }

  return {
    find,
    name,
    beside,
    offset,
    has: (kind) => (maps[kind]?.size ?? 0) > 0,
    all: (kind) => [...maps[kind].keys()].map((id) => ({ id, name: name(kind, id) })),
  };
}
