/**
 * Of passwords that are long because they must be, those that are tried first are common ones with a little more: `password12345678`,
 * two of them together, a walk over the keys. ASVS 5, V6.2.4, asks for 3,000 common ones of the least length; these are more than a list
 * of them would have.
 */

/** Neighbours on a keyboard, and what people count by; each also backwards. */
const orders = [
  ...['abcdefghijklmnopqrstuvwxyz', '12345678901234567890'],
  ...['qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'qwertzuiop', 'yxcvbnm', 'azertyuiop', 'qsdfghjklm', 'wxcvbn'],
  ...['1qaz', '2wsx', '3edc', '4rfv', '5tgb', '6yhn', '7ujm', '8ik', '9ol', '1qay', '2wsx', '!qaz', '@wsx'],
].flatMap((order) => [order, [...order].reverse().join('')]);

const shortestWalk = 3;
const shortestCommon = 8;
const longestCommon = 32;
/** Three common words are a sentence, and nobody's first guess. */
const mostCommon = 2;

/**
 * How many characters of a lowercase text are left when walks, repeated characters and at most two common passwords are taken out, in the
 * way that leaves the fewest.
 */
export function leftToGuess(text: string, common: ReadonlySet<string>): number {
  // fewest[words][at]: with so many common ones among the characters before `at`.
  const fewest = Array.from({ length: mostCommon + 1 }, () => Array<number>(text.length + 1).fill(Infinity));
  const improve = (words: number, at: number, left: number): void => {
    const row = fewest[words];
    if (row !== undefined) row[at] = Math.min(row[at] ?? Infinity, left);
  };
  improve(0, 0, 0);
  for (let at = 0; at < text.length; at++) {
    const walk = walkFrom(text, at);
    const lengths = commonFrom(text, at, common);
    for (let words = 0; words <= mostCommon; words++) {
      const left = fewest[words]?.[at] ?? Infinity;
      improve(words, at + 1, left + 1);
      for (let length = shortestWalk; length <= walk; length++) improve(words, at + length, left);
      for (const length of lengths) improve(words + 1, at + length, left);
    }
  }
  return Math.min(...fewest.map((row) => row[text.length] ?? Infinity));
}

/** So long is the walk, or the repetition of one character, that begins there; 0 for what is none. */
function walkFrom(text: string, at: number): number {
  let longest = 1;
  while (text[at + longest] === text[at]) longest++;
  for (const order of orders) {
    let length = shortestWalk;
    while (at + length <= text.length && order.includes(text.slice(at, at + length))) length++;
    longest = Math.max(longest, length - 1);
  }
  return longest < shortestWalk ? 0 : longest;
}

function commonFrom(text: string, at: number, common: ReadonlySet<string>): number[] {
  const found: number[] = [];
  const most = Math.min(longestCommon, text.length - at);
  for (let length = shortestCommon; length <= most; length++)
    if (common.has(text.slice(at, at + length))) found.push(length);
  return found;
}
