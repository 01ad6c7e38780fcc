// Money and numbers for people. Money comes as an integer number of fen and is cut into yuan and fen without
// ever becoming a fraction; a short form is cut off, not rounded up: nobody is told of a yuan that is not there.

const GROUP = /\B(?=(\d{3})+$)/g;

const grouped = (digits) => String(digits).replace(GROUP, ',');

const YUAN = { zh: '元', en: 'yuan' };

/** A number and its unit in one piece: no line ends between them. For the eye; what goes into a file has no unit. */
export const withUnit = (number, unit) => `${number}\u00a0${unit.replaceAll(' ', '\u00a0')}`;

/** "6,512,345.67" */
export function yuan(fen) {
  const size = Math.abs(fen);
  const sign = fen < 0 ? '−' : '';
  return `${sign}${grouped(Math.floor(size / 100))}.${String(size % 100).padStart(2, '0')}`;
}

/** "6,512,345.67 yuan" */
export const fullMoney = (fen, language) => withUnit(yuan(fen), YUAN[language]);

// Cuts `size` to so many decimals of `unit`: cut(651234567, 1000000, 2) is "651.23".
function cut(size, unit, decimals) {
  const scale = 10 ** decimals;
  const steps = Math.floor(size / (unit / scale));
  return `${grouped(Math.floor(steps / scale))}.${String(steps % scale).padStart(decimals, '0')}`;
}

// From where on, in what unit, with how many decimals, and what it is called.
const MONEY_UNITS = {
  zh: [
    { from: 1e10, unit: 1e10, decimals: 4, name: '亿元' },
    { from: 1e6, unit: 1e6, decimals: 2, name: '万元' },
  ],
  en: [
    { from: 1e11, unit: 1e11, decimals: 3, name: 'billion yuan' },
    { from: 1e8, unit: 1e8, decimals: 3, name: 'million yuan' },
  ],
};

/** {number: "651.23", unit: "万元"}; small sums stay exact. */
export function shortMoney(fen, language) {
  const size = Math.abs(fen);
  const step = MONEY_UNITS[language].find((candidate) => size >= candidate.from);
  if (!step) return { number: yuan(fen), unit: YUAN[language] };
  return { number: (fen < 0 ? '−' : '') + cut(size, step.unit, step.decimals), unit: step.name };
}

/** The same as one word for a sentence: "6.512 million yuan". */
export function shortMoneyWord(fen, language) {
  const { number, unit } = shortMoney(fen, language);
  return withUnit(number, unit);
}

// Where room is scarce: letters that English readers know from the papers.
const COMPACT_UNITS = [
  { from: 1e11, unit: 1e11, decimals: 2, name: 'b' },
  { from: 1e8, unit: 1e8, decimals: 2, name: 'm' },
  { from: 1e5, unit: 1e5, decimals: 1, name: 'k' },
];

/** "651.23 万元" or "¥6.51m": one short word, for tiles and rows of a wall. */
export function compactMoney(fen, language) {
  if (language === 'zh') return shortMoneyWord(fen, language);
  const step = COMPACT_UNITS.find((candidate) => Math.abs(fen) >= candidate.from);
  const sign = fen < 0 ? '−' : '';
  return step ? `${sign}¥${cut(Math.abs(fen), step.unit, step.decimals)}${step.name}` : `${sign}¥${yuan(Math.abs(fen))}`;
}

/** The same where there is least room, as in a tile: below the first unit whole yuan, cut. */
export function tinyMoney(fen, language) {
  const small = Math.abs(fen) < (language === 'zh' ? 1e6 : 1e5);
  if (!small) return compactMoney(fen, language);
  const whole = `${fen < 0 ? '−' : ''}${grouped(Math.floor(Math.abs(fen) / 100))}`;
  return language === 'zh' ? withUnit(whole, YUAN.zh) : `¥${whole}`;
}

const withoutZeros = (text) => text.replace(/(\.\d*?)0+(?=\D|$)/, '$1').replace(/\.(?=\D|$)/, '');

/** The same of a round sum, as on an axis: "50 万元", "3.5 万元", "¥500k". */
export const roundMoney = (fen, language) => withoutZeros(compactMoney(fen, language));

/** "12,345" */
export const count = (value) => (value < 0 ? '−' : '') + grouped(Math.abs(value));

/** Points come in thousandths: 58492 is "58.492". */
export function points(milli) {
  const size = Math.abs(milli);
  return `${milli < 0 ? '−' : ''}${grouped(Math.floor(size / 1000))}.${String(size % 1000).padStart(3, '0')}`;
}
