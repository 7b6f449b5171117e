import { createHash, randomBytes } from 'node:crypto';
import { crockford, encodeBase32 } from './base32.ts';

export const recoveryCodeCount = 10;
/** 120 bits: NIST SP 800-63B-4 (3.1.2.2) lets a plain hash be kept of a secret with 112 or more. */
const bytes = 15;
const groups = /.{6}/g;

/** `3f9k2m-…`, four groups of six. */
export const newRecoveryCodes = (): string[] =>
  Array.from({ length: recoveryCodeCount }, () =>
    (encodeBase32(randomBytes(bytes), crockford).match(groups) ?? []).join('-'),
  );

/** Of a code as somebody typed it: in any case, with or without the dashes. It tells nothing of the code. */
export const recoveryCodeHash = (typed: string): string => {
  const text = typed.toLowerCase().replace(/[\s-]/g, '').replace(/[il]/g, '1').replaceAll('o', '0');
  return createHash('sha256').update(text).digest('hex');
};
