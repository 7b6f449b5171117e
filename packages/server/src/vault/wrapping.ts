import { constants, type KeyObject, privateDecrypt, publicEncrypt } from 'node:crypto';
import type { PublicKey } from './public-key.ts';

// RSAES-OAEP of RFC 8017 with SHA-256 for both the label and MGF1; the label is empty, as key services have it.
const scheme = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };

export const wrapKey = ({ key }: PublicKey, dataKey: Buffer): Buffer =>
  publicEncrypt({ key, ...scheme }, dataKey);

/** @throws when the bytes were not wrapped for this key, or were changed since */
export const unwrapKey = (privateKey: KeyObject, wrapped: Buffer): Buffer =>
  privateDecrypt({ key: privateKey, ...scheme }, wrapped);
