import { createHmac, timingSafeEqual } from 'node:crypto';

export type HotpAlgorithm = 'sha1' | 'sha256' | 'sha512';

/** RFC 6238: a counter that is the number of the half minute. */
export const stepSeconds = 30;
/** What every authenticator app understands; others are in the vectors of the RFC alone. */
const usual = { digits: 6, algorithm: 'sha1' } as const;
/** The half minute before and after: clocks differ, and people type. RFC 6238, section 5.2. */
const tolerated = [-1, 0, 1];

/** RFC 4226, section 5.3. */
export function hotp(
  key: Uint8Array,
  counter: number,
  { digits, algorithm }: { digits: number; algorithm: HotpAlgorithm } = usual,
): string {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(counter));
  const mac = createHmac(algorithm, key).update(message).digest();
  const offset = (mac.at(-1) ?? 0) & 0xf;
  const number = mac.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

export const stepAt = (at: Date): number => Math.floor(at.getTime() / 1_000 / stepSeconds);

/** The step that a code of six digits belongs to, near this time; it takes as long whichever it is, and for none. */
export function matchingStep(key: Uint8Array, code: string, at: Date): number | undefined {
  const given = Buffer.from(code, 'utf8');
  let found: number | undefined;
  for (const distance of tolerated) {
    const step = stepAt(at) + distance;
    const right = Buffer.from(hotp(key, step), 'utf8');
    if (given.length === right.length && timingSafeEqual(given, right)) found = step;
  }
  return found;
}
