// How much room a text takes, and where a long name may go on in a second line.

const WIDE = /[\u2e80-\uffef]/;

/** How wide a text is, in halves of a Chinese character. */
export const lettersOf = (text) => [...text].reduce((sum, letter) => sum + (WIDE.test(letter) ? 2 : 1.15), 0);

const LONG = 10.4; // five Chinese characters, or nine Latin letters

// Between Chinese characters, at a space, or before a syllable of pinyin: Jing|gang|shan.
const BREAK = /(?<=[\u2e80-\ud7ff])(?=[\u2e80-\ud7ff])|(?<=[^\s] )(?=\S)|(?<=[aeiouüv]|[aeiouüv]n|ng|er)(?=(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])[aeiouüv])/gi;

/**
 * A long name with the place marked where it parts best in two, and how many letters the longer part has:
 * {text, letters}; a short one as it is.
 */
export function inTwo(name) {
  const whole = { text: name, letters: lettersOf(name) };
  if (whole.letters <= LONG) return whole;
  const parted = [...name.matchAll(BREAK)].map(({ index }) => [name.slice(0, index), name.slice(index)])
    .map(([first, second]) => {
      const mark = /[a-zü]$/i.test(first) ? '\u00ad' : '';
      return { text: first + mark + second, letters: Math.max(lettersOf(first.trim() + (mark && '-')), lettersOf(second)) };
    });
  return parted.reduce((best, one) => (one.letters < best.letters ? one : best), whole);
}
