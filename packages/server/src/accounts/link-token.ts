import { createHash, randomBytes } from 'node:crypto';

/** The secret of a one-time link, and what the database has of it. */
export function newToken(): { token: string; hash: string } {
  const token = randomBytes(32).toString('base64url');
  return { token, hash: tokenHash(token) };
}

// 256 random bits: what finds the row by its hash tells nothing about the token by the time that it takes.
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('hex');
