/**
 * age's native keys (C2SP `age.md`, "The X25519 recipient type"):
 *
 *   recipient  age1…               Bech32 of an X25519 public key
 *   identity   AGE-SECRET-KEY-1…   Bech32 of its scalar, in capitals
 *   stanza     -> X25519 <ephemeral share>
 *   body       ChaCha20-Poly1305 (nonce 0) of the file key under HKDF-SHA-256 (salt share ‖ recipient, info below)
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import sodium from 'sodium-native';
import { LayerConfigurationError } from '../layer-errors.ts';
import { HeaderError } from '../layer-format.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { decodeBech32, encodeBech32 } from './bech32.ts';
import { openFileKey, sealFileKey, WRAPPED_FILE_KEY } from './file-key.ts';
import { hkdf, type Stanza } from './header.ts';
import type { AgeIdentity, AgeRecipient } from './identity.ts';

const POINT = 32;
const INFO = 'age-encryption.org/v1/X25519';
const TYPE = 'X25519';

export class X25519Recipient implements AgeRecipient {
  readonly point: Buffer;

  constructor(point: Buffer) {
    this.point = point;
  }

  /** Throws `LayerConfigurationError` for what is no native recipient. */
  static parse(text: string): X25519Recipient {
    const decoded = decodeBech32(text);
    if (decoded?.prefix === 'age' && decoded.bytes.length === POINT && text.startsWith('age1'))
      return new X25519Recipient(decoded.bytes);
    throw new LayerConfigurationError(`${shortened(text)} is no age recipient`, {
      advice:
        'Give a native recipient: age1 and 58 letters, as age-keygen prints it. Others are not supported.',
    });
  }

  wrap(fileKey: Buffer): Stanza {
    const ephemeral = randomBytes(POINT);
    const share = scalarBase(ephemeral);
    const shared = scalarMultiply(ephemeral, this.point);
    if (shared === undefined) throw new LayerConfigurationError(`the age recipient ${this} is no usable key`);
    const key = hkdf(shared, Buffer.concat([share, this.point]), INFO);
    return { args: [TYPE, encodeBase64(share)], body: sealFileKey(fileKey, key) };
  }

  toString(): string {
    return encodeBech32('age', this.point);
  }
}

export class X25519Identity implements AgeIdentity {
  readonly #scalar: Buffer;
  readonly recipient: X25519Recipient;

  private constructor(scalar: Buffer) {
    this.#scalar = scalar;
    this.recipient = new X25519Recipient(scalarBase(scalar));
  }

  static generate(): X25519Identity {
    return new X25519Identity(randomBytes(POINT));
  }

  /** Throws `LayerConfigurationError` for what is no native identity, without telling it. */
  static parse(text: string): X25519Identity {
    const decoded = decodeBech32(text);
    if (
      decoded?.prefix === 'age-secret-key-' &&
      decoded.bytes.length === POINT &&
      text.startsWith('AGE-SECRET-KEY-1')
    )
      return new X25519Identity(decoded.bytes);
    throw new LayerConfigurationError('this is no native age identity', {
      advice: 'An identity begins with AGE-SECRET-KEY-1, as age-keygen prints it.',
    });
  }

  unwrap(stanzas: readonly Stanza[]): Buffer | undefined {
    for (const stanza of stanzas) {
      if (stanza.args[0] !== TYPE) continue;
      const fileKey = this.#unwrapOne(stanza);
      if (fileKey !== undefined) return fileKey;
    }
    return undefined;
  }

  #unwrapOne({ args, body }: Stanza): Buffer | undefined {
    const share = args.length === 2 ? decodeBase64(args[1] ?? '') : undefined;
    if (share?.length !== POINT || body.length !== WRAPPED_FILE_KEY)
      throw new HeaderError('damaged', 'its age header has a malformed X25519 recipient');
    const shared = scalarMultiply(this.#scalar, share);
    if (shared === undefined)
      throw new HeaderError('damaged', 'its age header has an X25519 recipient with a weak share');
    const key = hkdf(shared, Buffer.concat([share, this.recipient.point]), INFO);
    return openFileKey(body, key);
  }

  /** The secret itself, for the one file that keeps it. */
  exportSecret(): string {
    return encodeBech32('age-secret-key-', this.#scalar).toUpperCase();
  }

  /** Never the secret: this is what a log or an error would show. */
  toString(): string {
    return `identity of ${this.recipient}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

function scalarBase(scalar: Buffer): Buffer {
  const point = Buffer.alloc(POINT);
  sodium.crypto_scalarmult_base(point, scalar);
  return point;
}

/** Undefined for a point of low order, whose product tells nothing about the scalar. */
function scalarMultiply(scalar: Buffer, point: Buffer): Buffer | undefined {
  const product = Buffer.alloc(POINT);
  try {
    sodium.crypto_scalarmult(product, scalar, point);
  } catch {
    return undefined;
  }
  return timingSafeEqual(product, Buffer.alloc(POINT)) ? undefined : product;
}

/** Enough of a public key to find it; nothing of what may be a secret that was given by mistake. */
function shortened(text: string): string {
  return /^age1[a-z0-9]+$/.test(text) ? JSON.stringify(`${text.slice(0, 14)}…`) : 'what was given';
}
