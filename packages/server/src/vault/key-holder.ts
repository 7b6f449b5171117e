import type { PublicKey } from './public-key.ts';

/**
 * Who has the private keys: the only thing that touches one. Every call looks anew, so that what somebody else
 * changed (a rotation, a file that was put back) holds at once.
 */
export interface KeyHolder {
  /**
   * The key to begin with when none is known yet; a kind that can make one does. Many may ask at once, and all get
   * the same.
   */
  first(): Promise<PublicKey>;

  /**
   * Another node was faster, and its key is the one: what `first` made here in vain goes, so that it is not in the way of
   * a copy of that other one. A key that was here before, or that somebody else made, stays.
   */
  giveUp(first: PublicKey): Promise<void>;

  /**
   * The public key with this fingerprint; needs no private key.
   * @throws VaultError `server.vault-wrong-key`, or `server.vault-key-missing` when there is no key at all
   */
  publicKey(fingerprint: string): Promise<PublicKey>;

  /**
   * The data key that was wrapped; undefined when the bytes were not wrapped for that key or were changed since.
   * @throws VaultError `server.vault-wrong-key`, `server.vault-key-missing`, `server.vault-key-exposed`,
   *   `server.vault-key-unusable`
   */
  unwrap(fingerprint: string, wrapped: Buffer): Promise<Buffer | undefined>;

  /**
   * Asked when a data key that it gave opens nothing: whether the holder is to be doubted, or what was sealed.
   * @throws VaultError when what is wrapped for that key does not come back
   */
  prove(fingerprint: string): Promise<void>;
}
