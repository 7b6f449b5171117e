/**
 * age v1 (C2SP `age.md`) as a layer: header, payload nonce, chunks. Headers that are written here are filled up with
 * a stanza that every reader skips, so that header and nonce take 1,024 bytes whatever the number of recipients and
 * the plain size of a file can be told from its length. It begins with a tag of the set of recipients, by which
 * files are found that are still wrapped for other ones.
 */
import { hash, randomBytes } from 'node:crypto';
import { LayerConfigurationError } from '../layer-errors.ts';
import { HeaderError, type LayerFormat, type OpenedHeader } from '../layer-format.ts';
import { AGE_SUFFIX } from '../suffixes.ts';
import {
  type AgeHeader,
  assertMac,
  decodeHeader,
  encodeHeader,
  FILE_KEY,
  LONGEST_HEADER,
  type Stanza,
} from './header.ts';
import type { AgeIdentity } from './identity.ts';
import { PAYLOAD_NONCE, PayloadCipher, payloadKey } from './payload.ts';
import type { X25519Recipient } from './x25519.ts';

/** Header, filled up, and payload nonce. */
export const AGE_HEADER = 1024;
export const MOST_RECIPIENTS = 8;
/** By the custom that stanzas which nobody is meant to understand end with `-grease`. */
const FILLER = 'fill-grease';

export interface AgeKeys {
  /** Who will be able to read what is written; empty makes the layer read-only. */
  readonly recipients: readonly X25519Recipient[];
  /** What opens files; empty makes the layer write-only. */
  readonly identities: readonly AgeIdentity[];
}

export function ageFormat(keys: AgeKeys): LayerFormat {
  assertRecipients(keys.recipients);
  return {
    name: 'age',
    suffix: AGE_SUFFIX,
    headerLength: AGE_HEADER,
    longestHeader: LONGEST_HEADER + PAYLOAD_NONCE,
    emptyBlock: true,

    begin() {
      const fileKey = randomBytes(FILE_KEY);
      const nonce = randomBytes(PAYLOAD_NONCE);
      const header = Buffer.concat([filledHeader(fileKey, keys.recipients), nonce]);
      return { layer: 'age', header, key: payloadKey(fileKey, nonce) };
    },

    open(head): OpenedHeader | undefined {
      const header = decodeHeader(head);
      if (header === undefined || head.length < header.length + PAYLOAD_NONCE) return undefined;
      const nonce = head.subarray(header.length, header.length + PAYLOAD_NONCE);
      const key = payloadKey(openFileKeyOf(header, keys.identities), nonce);
      const length = header.length + PAYLOAD_NONCE;
      const opening = { layer: 'age', headerLength: length, start: new Uint8Array(), key } as const;
      return { length, cipher: new PayloadCipher(key), keyProven: true, opening };
    },
  };
}

/** Tells two sets of recipients apart, and nothing about them to whom does not know them. */
export const recipientsTag = (recipients: readonly X25519Recipient[]): string =>
  hash('sha256', recipients.map(String).sort().join(' ')).slice(0, 16);

/** The tag of the recipients that a header was written for; undefined for a header from elsewhere. */
export const tagOf = ({ stanzas }: AgeHeader): string | undefined =>
  stanzas.find(({ args }) => args[0] === FILLER)?.args[1]?.slice(0, 16);

/** A header of `AGE_HEADER` bytes less the payload nonce. */
export function filledHeader(fileKey: Buffer, recipients: readonly X25519Recipient[]): Buffer {
  if (recipients.length === 0) {
    throw new LayerConfigurationError('the age layer has no recipient, so that nothing can be written', {
      advice: 'Give the recipients of the repository: --age-recipient, or --age-recipients-file.',
    });
  }
  const stanzas = recipients.map((recipient) => recipient.wrap(fileKey));
  const tag = recipientsTag(recipients);
  const filler = (zeros: number): Stanza => ({
    args: [FILLER, tag + '0'.repeat(zeros)],
    body: Buffer.alloc(0),
  });
  const shortest = encodeHeader([...stanzas, filler(0)], fileKey).length;
  return encodeHeader([...stanzas, filler(AGE_HEADER - PAYLOAD_NONCE - shortest)], fileKey);
}

/** The file key, proven by the header's MAC. Throws `HeaderError`. */
export function openFileKeyOf(header: AgeHeader, identities: readonly AgeIdentity[]): Buffer {
  if (header.stanzas.length > 1 && header.stanzas.some(({ args }) => args[0] === 'scrypt'))
    throw new HeaderError('damaged', 'its age header has a passphrase beside other recipients');
  for (const identity of identities) {
    const fileKey = identity.unwrap(header.stanzas);
    if (fileKey === undefined) continue;
    assertMac(header, fileKey);
    return fileKey;
  }
  throw new HeaderError('no-key', whyNot(header, identities));
}

function whyNot({ stanzas }: AgeHeader, { length }: readonly AgeIdentity[]): string {
  if (length === 0) return 'no age identity is given, so that files can be written and not read';
  if (stanzas[0]?.args[0] === 'scrypt')
    return 'it was encrypted with a passphrase, and none at hand opens it';
  const none = length === 1 ? 'the identity at hand is not' : `none of the ${length} identities at hand is`;
  return `it was encrypted for other recipients: ${none} among them`;
}

function assertRecipients(recipients: readonly X25519Recipient[]): void {
  if (recipients.length > MOST_RECIPIENTS) {
    throw new LayerConfigurationError(
      `${recipients.length} age recipients are given; ${MOST_RECIPIENTS} are possible`,
    );
  }
  const names = recipients.map(String);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined)
    throw new LayerConfigurationError(`the age recipient ${twice} is given twice`, {
      advice: 'Each custodian needs an identity of their own.',
    });
}
