import { createHash, type KeyObject } from 'node:crypto';

/** The half that seals. */
export interface PublicKey {
  readonly key: KeyObject;
  /** SHA-256 of its DER form (SubjectPublicKeyInfo), hex. */
  readonly fingerprint: string;
  readonly bits: number;
}

/** Below this nothing is sealed and nothing is opened. */
export const leastBits = 2_048;
export const usualBits = 3_072;

/** What is wrong with it instead, as a few words. */
export function publicKeyFrom(key: KeyObject): PublicKey | string {
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (key.asymmetricKeyType !== 'rsa' || bits === undefined) return 'it holds no RSA key';
  if (bits < leastBits) return `an RSA key of ${bits} bits is too weak`;
  const der = key.export({ type: 'spki', format: 'der' });
  return { key, fingerprint: createHash('sha256').update(der).digest('hex'), bits };
}
