/** Amounts as the story tells them; sizes are those of the promises. */

/** `99.6 %`; never rounded up to a hundred that is not one. */
export function share(part: number, whole: number): string {
  if (whole === 0) return '0 %';
  return `${(Math.floor((1000 * part) / whole) / 10).toFixed(1)} %`;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** Local time of day, `12:04:31`. */
export function timeOfDay(instant: string): string {
  const date = new Date(instant);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** `a, b and c` */
export function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** `EUR 1,234.50` */
export const money = (cents: number): string =>
  `EUR ${(cents / 100).toLocaleString('en-GB', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;

/** Lines of at most `width` characters, broken between words. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
