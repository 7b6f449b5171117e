/** Whole age files in memory: identity files and kits. Files of a repository go through the layer. */
import { randomBytes } from 'node:crypto';
import { BLOCK, plainBody, SEALED_BLOCK, sealedBody } from '../block-layout.ts';
import { HeaderError } from '../layer-format.ts';
import { openFileKeyOf } from './age-format.ts';
import { decodeArmor, isArmored } from './armor.ts';
import { decodeHeader, encodeHeader, FILE_KEY } from './header.ts';
import type { AgeIdentity, AgeRecipient } from './identity.ts';
import { PAYLOAD_NONCE, PayloadCipher, payloadKey } from './payload.ts';

export function encryptSmall(plain: Buffer, recipients: readonly AgeRecipient[]): Buffer {
  const fileKey = randomBytes(FILE_KEY);
  const nonce = randomBytes(PAYLOAD_NONCE);
  const header = encodeHeader(
    recipients.map((recipient) => recipient.wrap(fileKey)),
    fileKey,
  );
  const cipher = new PayloadCipher(payloadKey(fileKey, nonce));
  const body = Buffer.alloc(sealedBody(plain.length, true));
  const last = Math.max(0, Math.ceil(plain.length / BLOCK) - 1);
  for (let number = 0; number <= last; number++) {
    const from = plain.subarray(number * BLOCK, (number + 1) * BLOCK);
    const into = body.subarray(number * SEALED_BLOCK, (number + 1) * SEALED_BLOCK);
    cipher.seal(into, from, number, number === last);
  }
  return Buffer.concat([header, nonce, body]);
}

/** Binary or armored. Throws `HeaderError`, with the problem `no-key` when no identity opens it. */
export function decryptSmall(file: Buffer, identities: readonly AgeIdentity[]): Buffer {
  const bytes = isArmored(file) ? decodeArmor(file.toString('latin1')) : file;
  const header = decodeHeader(bytes);
  if (header === undefined) throw new HeaderError('damaged', 'its age header is cut off');
  const fileKey = openFileKeyOf(header, identities);
  const body = bytes.subarray(header.length + PAYLOAD_NONCE);
  const length = plainBody(body.length, true);
  if (bytes.length < header.length + PAYLOAD_NONCE || length === undefined)
    throw new HeaderError('damaged', 'its age payload is cut off');
  const cipher = new PayloadCipher(
    payloadKey(fileKey, bytes.subarray(header.length, header.length + PAYLOAD_NONCE)),
  );
  const plain = Buffer.alloc(length);
  const last = Math.ceil(body.length / SEALED_BLOCK) - 1;
  for (let number = 0; number <= last; number++) {
    const from = body.subarray(number * SEALED_BLOCK, (number + 1) * SEALED_BLOCK);
    const into = plain.subarray(number * BLOCK, (number + 1) * BLOCK);
    if (!cipher.open(into, from, number, number === last))
      throw new HeaderError('damaged', `chunk ${number} of its age payload is not authentic`);
  }
  return plain;
}
