// What the actions so far add up to, read from the audit: who is disqualified, which marks stand, what was said of an event.

const LAST_WORD = { disqualify: true, reinstate: false };

/** Ids of the streamers who are disqualified now. */
export function disqualified(actions) {
  const out = new Set();
  for (const { outcome, action } of actions) {
    if (outcome !== 'applied' || !(action.type in LAST_WORD)) continue;
    if (LAST_WORD[action.type]) out.add(action.streamer);
    else out.delete(action.streamer);
  }
  return out;
}

export const markKey = (judge, streamer, criterion) => `${judge}/${streamer}/${criterion}`;

/** markKey → thousandths of points; the last one said holds. */
export function marks(actions) {
  const all = new Map();
  for (const { outcome, action } of actions)
    if (outcome === 'applied' && action.type === 'score') all.set(markKey(action.judge, action.streamer, action.criterion), action.points_milli);
  return all;
}

/** streamer → thousandths of points that were added or taken in all. */
export function adjustments(actions) {
  const all = new Map();
  for (const { outcome, action } of actions)
    if (outcome === 'applied' && action.type === 'adjust') all.set(action.streamer, (all.get(action.streamer) ?? 0) + action.points_milli);
  return all;
}

/** The actions about one event, oldest first. */
export const about = (actions, streamer, event) => actions.filter(({ action }) => action.streamer === streamer && action.event === event);
