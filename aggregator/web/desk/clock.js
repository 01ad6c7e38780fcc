// The contest's clock in a form: what people read and type is the contest's own time, wherever they are; what is sent
// carries its offset.

import { offsetOf } from '../times.js';

const two = (value) => String(value).padStart(2, '0');

function offsetText(minutes) {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** `aheadMs`: how far the server's clock is ahead of ours. */
export function makeClock(contest) {
  const offset = offsetOf(contest.opens);
  const aheadMs = contest.now_ms - Date.now();
  const { opens_ms: opensMs, closes_ms: closesMs, refunds_until_ms: refundsMs } = contest.windows;
  const local = (ms) => new Date(ms + offset * 60000).toISOString();
  return {
    offset,
    nowMs: () => Date.now() + aheadMs,
    /** The moment nearest to now at which a sale can have been made. */
    nearestMs() { return Math.min(Math.max(this.nowMs(), opensMs), closesMs - 1000); },
    /** …and at which one can be taken back. */
    refundMs() { return Math.min(Math.max(this.nowMs(), opensMs), refundsMs - 1000); },
    isOpen() { return this.nowMs() >= opensMs && this.nowMs() < closesMs; },
    /** "2021-11-26T19:30:05+08:00", for an event */
    rfc3339: (ms) => `${local(ms).slice(0, 19)}${offsetText(offset)}`,
    /** "2021-11-26T19:30", for a field of type datetime-local, and back (milliseconds) */
    toField: (ms) => local(ms).slice(0, 16),
    fromField: (text) => Date.parse(`${text}:00Z`) - offset * 60000,
  };
}
