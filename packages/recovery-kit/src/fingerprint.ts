import { scryptSync } from 'node:crypto';

/**
 * Sixteen hex digits that stand for a secret in one set of kits. Slow, and different in every set, so that it
 * neither helps to guess a password nor tells that two repositories have the same one.
 */
export const fingerprint = (secret: string, set: string): string =>
  scryptSync(secret, `octobox recovery kit ${set}`, 8, {
    N: 2 ** 15,
    r: 8,
    p: 1,
    maxmem: 64 * 1024 * 1024,
  }).toString('hex');
