import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

/** So long somebody may look for the key. */
export const challengeMs = 5 * 60_000;

const macBytes = 32;
const randomSize = 16;
const timeBytes = 8;

/**
 * What an authenticator signs: random bytes, when it is over, and a code of ours over both and what it is for. Nothing is
 * kept of one that nobody answers, so that showing a page writes nothing; one that was answered is remembered.
 */
export class Challenges {
  readonly #key: Buffer;

  /** @param secret what signs cookies; the key for challenges follows from it, and tells nothing about it */
  constructor(secret: string) {
    this.#key = Buffer.from(hkdfSync('sha256', secret, '', 'octobox passkey challenges', 32));
  }

  /** @param purpose for what and for whom: `proof SESSION` */
  make(purpose: string, now: Date, lifeMs: number = challengeMs): Buffer<ArrayBuffer> {
    const head = Buffer.alloc(randomSize + timeBytes);
    randomBytes(randomSize).copy(head);
    head.writeBigUInt64BE(BigInt(now.getTime() + lifeMs), randomSize);
    return Buffer.concat([head, this.#mac(head, purpose)]);
  }

  /** A secret that follows from a challenge, the same whenever it is asked for; 43 characters of base64url. */
  derive(what: string, challenge: string): string {
    return createHmac('sha256', this.#key).update(`${what} of `).update(challenge).digest('base64url');
  }

  /** Whether it was made here, for this, and is not over. `text` is base64url. */
  isGood(text: string, purpose: string, now: Date): boolean {
    const bytes = Buffer.from(text, 'base64url');
    if (bytes.length !== randomSize + timeBytes + macBytes) return false;
    const head = bytes.subarray(0, randomSize + timeBytes);
    if (!timingSafeEqual(bytes.subarray(head.length), this.#mac(head, purpose))) return false;
    return Number(head.readBigUInt64BE(randomSize)) > now.getTime();
  }

  #mac(head: Buffer, purpose: string): Buffer {
    return createHmac('sha256', this.#key).update(head).update(purpose).digest();
  }
}
