/**
 * The bytes of a sealed secret: docs/formats.md, "Sealed secrets", all of it. Pure and length-checked; what the
 * parts mean is the matter of `sealing.ts`.
 */

export interface Envelope {
  /** SHA-256 of the public key that the data key is wrapped for, hex. */
  readonly fingerprint: string;
  readonly wrappedKey: Buffer;
  readonly iv: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

export const ivLength = 12;
export const tagLength = 16;
/** Secrets are filled up to a multiple of this, so that their length tells little. */
export const blockLength = 64;

const magic = Buffer.from('OBVS\x01', 'latin1');
const fingerprintLength = 32;
const headLength = magic.length + fingerprintLength + 2;

export function encodeEnvelope({ fingerprint, wrappedKey, iv, ciphertext, tag }: Envelope): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(wrappedKey.length);
  return Buffer.concat([magic, Buffer.from(fingerprint, 'hex'), length, wrappedKey, iv, ciphertext, tag]);
}

/** What is wrong with them instead, as a few words, when the bytes are no sealed secret. */
export function decodeEnvelope(bytes: Buffer): Envelope | string {
  if (bytes.length < headLength) return 'it is too short';
  if (!bytes.subarray(0, magic.length).equals(magic)) return 'it does not begin as a sealed secret does';
  const wrappedLength = bytes.readUInt16BE(headLength - 2);
  const content = bytes.length - headLength - wrappedLength - ivLength - tagLength;
  if (content < blockLength || content % blockLength !== 0) return 'its length cannot be right';
  const ivAt = headLength + wrappedLength;
  return {
    fingerprint: bytes.toString('hex', magic.length, magic.length + fingerprintLength),
    wrappedKey: bytes.subarray(headLength, ivAt),
    iv: bytes.subarray(ivAt, ivAt + ivLength),
    ciphertext: bytes.subarray(ivAt + ivLength, bytes.length - tagLength),
    tag: bytes.subarray(bytes.length - tagLength),
  };
}
