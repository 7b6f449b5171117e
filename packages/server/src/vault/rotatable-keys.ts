import type { KeyHolder } from './key-holder.ts';
import type { PrivateKey } from './private-key.ts';
import type { PublicKey } from './public-key.ts';

/** A key holder that goes over from one key to another. What it offers and adopts is said inside of a transaction. */
export interface RotatableKeys extends KeyHolder {
  /** Where a person looks for a key that is not here. */
  readonly path: string;
  /** Of the private keys that can be asked here; asks none. */
  fingerprints(): Promise<string[]>;
  /** The key of a rotation that is under way, where a file of this machine tells of one. */
  next(): Promise<PublicKey | undefined>;
  /**
   * Readies the next key, which may take its time: a new pair, or nothing where the next key is made elsewhere and has
   * now shown that it opens.
   */
  makePair(): Promise<PrivateKey | undefined>;
  /** Begins a rotation with this pair, or with the key that is the next already. */
  offerNext(pair: PrivateKey | undefined): Promise<PublicKey>;
  /** This key is the only one from now on. What else is here goes, as far as it is among the retired ones. */
  adoptNext(fingerprint: string, retired: ReadonlySet<string>): Promise<void>;
}
