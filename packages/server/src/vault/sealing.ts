import { createCipheriv, createDecipheriv, randomBytes, timingSafeEqual } from 'node:crypto';
import { InvalidError } from '../platform/index.ts';
import { associatedData, type Binding } from './binding.ts';
import {
  blockLength,
  decodeEnvelope,
  type Envelope,
  encodeEnvelope,
  ivLength,
  tagLength,
} from './envelope.ts';
import { damaged } from './errors.ts';
import type { KeyHolder } from './key-holder.ts';
import type { PublicKey } from './public-key.ts';
import { wrapKey } from './wrapping.ts';

const cipher = 'aes-256-gcm';
const keyLength = 32;
const lengthField = 4;
export const longestSecret = 64 * 1_024;

/** Needs the public key alone. Every call takes a fresh data key. */
export function sealSecret(key: PublicKey, binding: Binding, secret: Buffer): Buffer {
  if (secret.length > longestSecret) {
    throw new InvalidError('secret', `it may have ${longestSecret} bytes at most`);
  }
  const dataKey = randomBytes(keyLength);
  const iv = randomBytes(ivLength);
  const padded = pad(secret);
  try {
    const sealer = createCipheriv(cipher, dataKey, iv, { authTagLength: tagLength });
    sealer.setAAD(associatedData(binding));
    const ciphertext = Buffer.concat([sealer.update(padded), sealer.final()]);
    return encodeEnvelope({
      fingerprint: key.fingerprint,
      wrappedKey: wrapKey(key, dataKey),
      iv,
      ciphertext,
      tag: sealer.getAuthTag(),
    });
  } finally {
    dataKey.fill(0);
    padded.fill(0);
  }
}

/**
 * @throws VaultError `server.vault-damaged` when anything but exactly these bytes was sealed as this binding, and
 *   what the holder throws
 */
export async function openSecret(holder: KeyHolder, binding: Binding, sealed: Buffer): Promise<Buffer> {
  const envelope = envelopeOf(binding, sealed);
  const dataKey = await dataKeyOf(holder, binding, envelope);
  try {
    return unpad(binding, await contentOf(holder, binding, envelope, dataKey));
  } finally {
    dataKey.fill(0);
  }
}

/** The same secret, its data key wrapped for another public key; proved to open with it before it is returned. */
export async function rewrapSecret(
  holder: KeyHolder,
  key: PublicKey,
  binding: Binding,
  sealed: Buffer,
): Promise<Buffer> {
  const envelope = envelopeOf(binding, sealed);
  const dataKey = await dataKeyOf(holder, binding, envelope);
  try {
    // A key that opens nothing would take the place of the one that does.
    (await contentOf(holder, binding, envelope, dataKey)).fill(0);
    const again = { ...envelope, fingerprint: key.fingerprint, wrappedKey: wrapKey(key, dataKey) };
    const proof = await dataKeyOf(holder, binding, again);
    const isSame = timingSafeEqual(proof, dataKey);
    proof.fill(0);
    if (!isSame) throw damaged(binding, 'the new key does not open what was wrapped for it');
    return encodeEnvelope(again);
  } finally {
    dataKey.fill(0);
  }
}

function envelopeOf(binding: Binding, sealed: Buffer): Envelope {
  const envelope = decodeEnvelope(sealed);
  if (typeof envelope === 'string') throw damaged(binding, envelope);
  return envelope;
}

async function dataKeyOf(holder: KeyHolder, binding: Binding, envelope: Envelope): Promise<Buffer> {
  const dataKey = await holder.unwrap(envelope.fingerprint, envelope.wrappedKey);
  if (dataKey?.length !== keyLength) throw damaged(binding, 'its data key cannot be unwrapped');
  return dataKey;
}

/** What the data key opens, filled up. When it opens nothing, its holder must show that it gives the right ones. */
async function contentOf(
  holder: KeyHolder,
  binding: Binding,
  envelope: Envelope,
  dataKey: Buffer,
): Promise<Buffer> {
  try {
    const opener = createDecipheriv(cipher, dataKey, envelope.iv, { authTagLength: tagLength });
    opener.setAAD(associatedData(binding));
    opener.setAuthTag(envelope.tag);
    return Buffer.concat([opener.update(envelope.ciphertext), opener.final()]);
  } catch {
    await holder.prove(envelope.fingerprint);
    throw damaged(binding, 'it was changed, or sealed for another owner, name or version');
  }
}

function pad(secret: Buffer): Buffer {
  const padded = Buffer.alloc(Math.ceil((lengthField + secret.length) / blockLength) * blockLength);
  padded.writeUInt32BE(secret.length);
  secret.copy(padded, lengthField);
  return padded;
}

function unpad(binding: Binding, padded: Buffer): Buffer {
  const length = padded.readUInt32BE();
  const end = lengthField + length;
  const isFilled = end <= padded.length && padded.length - end < blockLength;
  if (!isFilled || padded.subarray(end).some((byte) => byte !== 0)) {
    throw damaged(binding, 'its filling is not as it must be');
  }
  const secret = Buffer.from(padded.subarray(lengthField, end));
  padded.fill(0);
  return secret;
}
