import { InvalidError } from '../platform/index.ts';

/** Whose secret it is and which one: sealed bytes open as this and as nothing else. */
export interface Binding {
  /** Kind and id: `source:5c1f…`. */
  readonly owner: string;
  /** Unique for its owner: `password`. */
  readonly name: string;
  readonly version: number;
}

const label = 'octobox vault 1';
const maxBytes = 1_024;

/**
 * The associated data of a sealed secret (docs/formats.md): each text with its length before it, so that no two
 * bindings give the same bytes.
 */
export function associatedData({ owner, name, version }: Binding): Buffer {
  if (!Number.isSafeInteger(version) || version < 1) {
    throw new InvalidError('version', 'it must be a whole number from 1 on');
  }
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(BigInt(version));
  return Buffer.concat([field('label', label), field('owner', owner), field('name', name), number]);
}

function field(what: string, text: string): Buffer {
  // Half a surrogate pair would be encoded as U+FFFD: two texts, one encoding.
  if (text === '' || !text.isWellFormed()) throw new InvalidError(what, 'it must be Unicode text, not empty');
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length > maxBytes) throw new InvalidError(what, `it may have ${maxBytes} bytes at most`);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** `password of source:5c1f…` */
export const bindingWords = ({ owner, name }: Binding): string => `${name} of ${owner}`;
