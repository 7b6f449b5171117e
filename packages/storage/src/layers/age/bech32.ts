/**
 * Bech32 (BIP 173) as age uses it for keys: no limit of 90 characters, 8-bit data regrouped into 5-bit digits,
 * all lower or all upper case.
 */
const DIGITS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3] as const;
const CHECKSUM = 6;
/** Longer than any key that is known here; what is longer is not looked at. */
const LONGEST = 4096;

function polymod(values: readonly number[]): number {
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (const [bit, factor] of GENERATOR.entries()) if ((top >>> bit) & 1) sum ^= factor;
  }
  return sum >>> 0;
}

const expand = (prefix: string): number[] => [
  ...Array.from(prefix, (letter) => letter.charCodeAt(0) >>> 5),
  0,
  ...Array.from(prefix, (letter) => letter.charCodeAt(0) & 31),
];

function regroup(values: Iterable<number>, from: number, to: number, pad: boolean): number[] | undefined {
  const grouped: number[] = [];
  let bits = 0;
  let rest = 0;
  for (const value of values) {
    rest = ((rest << from) | value) & 0xfff;
    bits += from;
    while (bits >= to) {
      bits -= to;
      grouped.push((rest >>> bits) & ((1 << to) - 1));
    }
  }
  const left = rest & ((1 << bits) - 1);
  if (pad) return bits === 0 ? grouped : [...grouped, left << (to - bits)];
  return bits >= from || left !== 0 ? undefined : grouped;
}

/** `prefix` in lower case; so is what comes out. */
export function encodeBech32(prefix: string, bytes: Uint8Array): string {
  const data = regroup(bytes, 8, 5, true) ?? [];
  const sum = polymod([...expand(prefix), ...data, 0, 0, 0, 0, 0, 0]) ^ 1;
  const checksum = Array.from({ length: CHECKSUM }, (_, at) => (sum >>> (5 * (5 - at))) & 31);
  return `${prefix}1${[...data, ...checksum].map((digit) => DIGITS[digit]).join('')}`;
}

/** Prefix in lower case and bytes; undefined for what is no Bech32. */
export function decodeBech32(text: string): { prefix: string; bytes: Buffer } | undefined {
  if (text.length > LONGEST || !/^[\x21-\x7e]+$/.test(text)) return undefined;
  const lower = text.toLowerCase();
  if (text !== lower && text !== text.toUpperCase()) return undefined;
  const border = lower.lastIndexOf('1');
  if (border < 1 || lower.length - border - 1 < CHECKSUM) return undefined;
  const prefix = lower.slice(0, border);
  const digits = Array.from(lower.slice(border + 1), (letter) => DIGITS.indexOf(letter));
  if (digits.includes(-1) || polymod([...expand(prefix), ...digits]) !== 1) return undefined;
  const bytes = regroup(digits.slice(0, -CHECKSUM), 5, 8, false);
  return bytes === undefined ? undefined : { prefix, bytes: Buffer.from(bytes) };
}
