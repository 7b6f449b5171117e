import type { Stanza } from './header.ts';

/** Wraps file keys for one recipient. */
export interface AgeRecipient {
  wrap(fileKey: Buffer): Stanza;
}

/** Unwraps file keys. */
export interface AgeIdentity {
  /**
   * The file key of a header, when one of its stanzas is for this identity. Throws `HeaderError` for a stanza of
   * its own type that is malformed.
   */
  unwrap(stanzas: readonly Stanza[]): Buffer | undefined;
}
