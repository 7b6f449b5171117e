/**
 * Shamir's scheme over GF(2^8) (polynomial x^8 + x^4 + x^3 + x + 1), by the audited package of Privy: of a share
 * the last byte is the point, the ones before it are the values there, one for each byte of the secret.
 */
import { combine, split } from 'shamir-secret-sharing';
import { RecoveryKitError } from './errors.ts';
import type { Share } from './kit.ts';

/** Any `needed` of the shares give the secret again; fewer tell nothing about it. */
export async function splitSecret(secret: string, needed: number, total: number): Promise<Share[]> {
  if (needed < 2 || needed > total || total > 255) {
    throw new RecoveryKitError('kit.shares', `there are no ${needed} of ${total} shares`, {
      advice: 'At least two are needed, and at most 255 are made: --shares 2/3.',
    });
  }
  const parts = await split(new TextEncoder().encode(secret), total, needed);
  return parts.map((part, at) => ({ number: at + 1, total, needed, bytes: Buffer.from(part) }));
}

/** @throws RecoveryKitError when there are too few, or one stands there twice */
export async function combineShares(shares: readonly Share[]): Promise<string> {
  const distinct = [...new Map(shares.map((share) => [share.number, share])).values()];
  const needed = distinct[0]?.needed ?? 2;
  if (distinct.length < needed) {
    throw new RecoveryKitError('kit.incomplete', `${distinct.length} of ${needed} needed shares are here`, {
      advice: 'Give the kits of further holders of shares of the same set.',
    });
  }
  return Buffer.from(await combine(distinct.map(({ bytes }) => new Uint8Array(bytes)))).toString('utf8');
}
