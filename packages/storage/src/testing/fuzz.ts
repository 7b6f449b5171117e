/** A deterministic mutation fuzzer: committed seeds, a seeded generator, bounded time. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Seconds for each parser; `OCTOBOX_FUZZ_SECONDS` asks for more. */
export const fuzzSeconds = (): number => Number(process.env.OCTOBOX_FUZZ_SECONDS ?? 0.4);

/** `OCTOBOX_FUZZ_SEED` repeats a run. */
export const fuzzSeed = (): number => Number(process.env.OCTOBOX_FUZZ_SEED ?? Date.now() % 2 ** 31);

/** Numbers from 0 below `bound`, the same for the same seed (mulberry32). */
export function generator(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return Math.floor((((value ^ (value >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
}

export const corpus = (folder: string): Buffer[] =>
  readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name)));

const tokens = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ',',
  ':',
  'null',
  '-1',
  '1e308',
  '9223372036854775808',
  '18446744073709551616',
  '0.5',
  '"\\u0000"',
  '"\\ud800"',
  '"../x"',
  '"/"',
  '\\',
  '__proto__',
  '{"nodes":[',
  '"subtree":',
  '-> X25519 ',
  '-> scrypt ',
  '\n---',
  '=',
  ' ',
  '\r\n',
];

/** One to eight small changes of a seed, or of two of them spliced. */
export function mutate(seeds: readonly Buffer[], random: (bound: number) => number): Buffer {
  const pick = (): Buffer => seeds[random(seeds.length)] ?? Buffer.alloc(0);
  let bytes = Buffer.from(pick());
  for (let changes = 1 + random(8); changes > 0; changes--) {
    const at = random(bytes.length + 1);
    const insert = (piece: Uint8Array, skip = 0): void => {
      bytes = Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + skip)]);
    };
    switch (random(9)) {
      case 0:
        if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
        break;
      case 1:
        if (at < bytes.length) bytes[at] = [0, 1, 0x7f, 0x80, 0xff, 0x22][random(6)] ?? 0;
        break;
      case 2:
        bytes = bytes.subarray(0, at);
        break;
      case 3:
        insert(Buffer.alloc(0), random(16));
        break;
      case 4:
        insert(Buffer.from(tokens[random(tokens.length)] ?? ''), random(3));
        break;
      case 5:
        insert(bytes.subarray(at, at + random(64)));
        break;
      case 6: {
        const other = pick();
        insert(other.subarray(random(other.length + 1)), bytes.length);
        break;
      }
      case 7:
        insert(Buffer.from((tokens[random(tokens.length)] ?? '').repeat(1 + random(2000))));
        break;
      default:
        if (at + 4 <= bytes.length) bytes.writeUInt32LE([0xffffffff, 0x7fffffff, 0, 31][random(4)] ?? 0, at);
    }
    if (bytes.length > 200_000) bytes = bytes.subarray(0, 200_000);
  }
  return bytes;
}
