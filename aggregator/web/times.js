// Times as the contest's clock shows them, wherever the reader is: a result "as of 20:15" must mean the same
// quarter past eight for everybody.

const two = (value) => String(value).padStart(2, '0');

/** Minutes east of UTC, from an RFC 3339 time: "…+08:00" is 480. */
export function offsetOf(text) {
  const found = /([+-])(\d\d):(\d\d)$/.exec(text);
  if (!found) return 0;
  return (found[1] === '-' ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3]));
}

function parts(ms, offsetMinutes) {
  const local = new Date(ms + offsetMinutes * 60000);
  return {
    day: `${local.getUTCFullYear()}-${two(local.getUTCMonth() + 1)}-${two(local.getUTCDate())}`,
    minute: `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}`,
    second: two(local.getUTCSeconds()),
  };
}

/** "2021-11-29 18:00:05" */
export function dayAndSecond(ms, offsetMinutes) {
  const { day, minute, second } = parts(ms, offsetMinutes);
  return `${day} ${minute}:${second}`;
}

/** "11-29 18:00" */
export function dayAndMinute(ms, offsetMinutes) {
  const { day, minute } = parts(ms, offsetMinutes);
  return `${day.slice(5)} ${minute}`;
}
