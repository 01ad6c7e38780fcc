// How much room a text takes, and where a long name may go on in a second line.

const WIDE = /[\u2e80-\uffef]/;

/** How wide a text is, in halves of a Chinese character. */
export const lettersOf = (text) => [...text].reduce((sum, letter) => sum + (WIDE.test(letter) ? 2 : 1.15), 0);

const LONG = 10.4; // five Chinese characters, or nine Latin letters

// Where a name may part: between Chinese characters, behind a space, before a syllable of pinyin (Jing|gang|shan). What stands
// before the place, and what behind it: a pattern that looks back is one that older phones cannot read.
const CHINESE = [/[\u2e80-\ud7ff]$/, /^[\u2e80-\ud7ff]/];
const SPACE = [/\S $/, /^\S/];
const SYLLABLE = [/([aeiouüv]n?|ng|er)$/i, /^([zcs]h|[bpmfdtnlgkhjqxrzcsyw])[aeiouüv]/i];
const BREAKS = [CHINESE, SPACE, SYLLABLE];

const maySplit = (first, second) => BREAKS.some(([before, behind]) => before.test(first) && behind.test(second));

function withMark(first, second) {
  const mark = /[a-zü]$/i.test(first) ? '\u00ad' : '';
  return { text: first + mark + second, letters: Math.max(lettersOf(first.trim() + (mark && '-')), lettersOf(second)) };
}

/**
 * A long name with the place marked where it parts best in two, and how many letters the longer part has:
 * {text, letters}; a short one as it is.
 */
export function inTwo(name) {
  const whole = { text: name, letters: lettersOf(name) };
  if (whole.letters <= LONG) return whole;
  const parted = Array.from(name, (_, at) => [name.slice(0, at), name.slice(at)])
    .filter(([first, second]) => first && maySplit(first, second))
    .map(([first, second]) => withMark(first, second));
  return parted.reduce((best, one) => (one.letters < best.letters ? one : best), whole);
}
