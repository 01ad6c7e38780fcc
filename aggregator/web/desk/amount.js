// Money and points as people type them, read without ever becoming a fraction: "1,280.5" is 128050 fen.

const FULL_WIDTH = /[０-９．，]/g;

// What a Chinese keyboard gives for digits, and what people put between them.
function plain(text) {
  return text.replace(FULL_WIDTH, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0xfee0))
    .replace(/[,\s¥￥元]/g, '');
}

/** Digits with at most so many decimals, as an integer of the smallest unit; null where it is none. */
export function decimal(text, decimals) {
  const found = /^(-?)(\d{1,10})(?:\.(\d+))?$/.exec(plain(text).replace('−', '-'));
  const fraction = found?.[3] ?? '';
  if (!found || fraction.length > decimals) return null;
  const size = Number(found[2]) * 10 ** decimals + Number(fraction.padEnd(decimals, '0') || 0);
  return found[1] ? -size : size;
}

/** Yuan as typed → fen, null where it is not money or below 0. */
export function fenOf(text) {
  const fen = decimal(text, 2);
  return fen === null || fen < 0 ? null : fen;
}

/** 14564 thousandths → "14.564", "14.5", "14": as short as it is exact. */
export function milliText(milli) {
  const size = Math.abs(milli);
  const fraction = String(size % 1000).padStart(3, '0').replace(/0+$/, '');
  return `${milli < 0 ? '−' : ''}${Math.floor(size / 1000)}${fraction && `.${fraction}`}`;
}
