import { createHash, randomBytes } from 'node:crypto';

/** By it people and scanners for leaked secrets know what a text is. */
const prefix = 'octobox_';
const form = /^bearer +(octobox_[A-Za-z0-9_-]{43})$/i;

/** What the holder of a key has, and what the database has of it. */
export function newKeySecret(): { secret: string; hash: string } {
  const secret = `${prefix}${randomBytes(32).toString('base64url')}`;
  return { secret, hash: hashOf(secret) };
}

/** The hash of the key in an `Authorization` header; undefined when it holds none. */
export function presentedHash(authorization: string | undefined): string | undefined {
  const secret = form.exec(authorization ?? '')?.[1];
  return secret === undefined ? undefined : hashOf(secret);
}

// 256 random bits: a hash needs no cost, and what finds the row by it tells nothing about the key by the time it takes.
const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');
