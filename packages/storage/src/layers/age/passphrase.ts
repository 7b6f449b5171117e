/**
 * A passphrase as recipient and identity (C2SP `age.md`, "The scrypt recipient type"); it stands alone in its
 * header:
 *
 *   stanza  -> scrypt <salt, 16 bytes> <log2 of N>
 *   body    the file key, under scrypt(passphrase, "age-encryption.org/v1/scrypt" ‖ salt, N, r = 8, p = 1)
 */
import { randomBytes, scryptSync } from 'node:crypto';
import { LayerConfigurationError } from '../layer-errors.ts';
import { HeaderError } from '../layer-format.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { openFileKey, sealFileKey, WRAPPED_FILE_KEY } from './file-key.ts';
import type { Stanza } from './header.ts';
import type { AgeIdentity, AgeRecipient } from './identity.ts';

const TYPE = 'scrypt';
const LABEL = Buffer.from('age-encryption.org/v1/scrypt');
const SALT = 16;
/** age's own choice: about a second. */
const WORK = 18;
/** As age: 2^22 takes 4 GiB and half a minute, and a file must not be able to ask for more. */
const MOST_WORK = 22;

export class PassphraseRecipient implements AgeRecipient {
  readonly #passphrase: string;
  readonly #work: number;

  /** `work` is the logarithm of the cost; less than the default is for tests. */
  constructor(passphrase: string, work = WORK) {
    if (passphrase === '') throw new LayerConfigurationError('the passphrase is empty');
    this.#passphrase = passphrase;
    this.#work = work;
  }

  wrap(fileKey: Buffer): Stanza {
    const salt = randomBytes(SALT);
    const body = sealFileKey(fileKey, stretch(this.#passphrase, salt, this.#work));
    return { args: [TYPE, encodeBase64(salt), String(this.#work)], body };
  }
}

export class PassphraseIdentity implements AgeIdentity {
  readonly #passphrase: string;

  constructor(passphrase: string) {
    this.#passphrase = passphrase;
  }

  unwrap(stanzas: readonly Stanza[]): Buffer | undefined {
    const stanza = stanzas.find(({ args }) => args[0] === TYPE);
    if (stanza === undefined) return undefined;
    const { args, body } = stanza;
    const salt = args.length === 3 ? decodeBase64(args[1] ?? '') : undefined;
    if (salt?.length !== SALT || !/^[1-9][0-9]*$/.test(args[2] ?? '') || body.length !== WRAPPED_FILE_KEY)
      throw new HeaderError('damaged', 'its age header has a malformed scrypt recipient');
    const work = Number(args[2]);
    if (work > MOST_WORK)
      throw new HeaderError('damaged', `its passphrase was stretched 2^${args[2]} times, which is too much`);
    return openFileKey(body, stretch(this.#passphrase, salt, work));
  }
}

function stretch(passphrase: string, salt: Buffer, work: number): Buffer {
  const N = 2 ** work;
  const maxmem = 128 * N * 8 + 1024 * 1024;
  return scryptSync(passphrase, Buffer.concat([LABEL, salt]), 32, { N, r: 8, p: 1, maxmem });
}
