/**
 * The text form of age files (C2SP `age.md`, "ASCII armor"): base64 with padding in lines of 64 columns between two
 * markers. White space is allowed around it; lines end with a line feed, with or without a carriage return.
 */
import { HeaderError } from '../layer-format.ts';

const BEGIN = '-----BEGIN AGE ENCRYPTED FILE-----';
const END = '-----END AGE ENCRYPTED FILE-----';
const COLUMNS = 64;
const SPACE = ' \t\r\n';

const invalid = (problem: string): HeaderError =>
  new HeaderError('damaged', `its armor is invalid: ${problem}`);

export const isArmored = (bytes: Buffer): boolean =>
  bytes.toString('latin1', 0, 1024).trimStart().startsWith(BEGIN);

/** The binary file. Throws `HeaderError`. Text of any size costs memory in proportion to itself only. */
export function decodeArmor(text: string): Buffer {
  const lines = withoutSpaceAround(text).split(/\r?\n/);
  if (lines.shift() !== BEGIN) throw invalid('it does not begin with its marker');
  if (lines.pop() !== END) throw invalid('it does not end with its marker');
  for (const [number, line] of lines.entries()) {
    const isLast = number === lines.length - 1;
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(line) || line.length % 4 !== 0) throw invalid(`line ${number + 2}`);
    if (isLast ? line.length > COLUMNS : line.length !== COLUMNS || line.endsWith('='))
      throw invalid(`the length of line ${number + 2}`);
  }
  const base64 = lines.join('');
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length === 0 || bytes.toString('base64') !== base64) throw invalid('its base64 is not canonical');
  return bytes;
}

/** Not by a pattern that is tried at every space: a long run of them within the text would take its square. */
function withoutSpaceAround(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && SPACE.includes(text.charAt(start))) start++;
  while (end > start && SPACE.includes(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

export function encodeArmor(bytes: Buffer): string {
  const base64 = bytes.toString('base64');
  const lines = base64.match(/.{1,64}/g) ?? [];
  return `${[BEGIN, ...lines, END].join('\n')}\n`;
}
