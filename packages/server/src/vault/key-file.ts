import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createFile, replaceFile, syncFolder } from '../platform/index.ts';
import { keyMissing, wrongKey } from './errors.ts';
import { makeKeyPair, type PrivateKey, privatePem, publicPem, readPrivateKey } from './private-key.ts';
import { type PublicKey, usualBits } from './public-key.ts';
import { readPublicKey } from './public-key-file.ts';
import type { RotatableKeys } from './rotatable-keys.ts';
import { unwrapKey } from './wrapping.ts';

/**
 * The key in the data folder, and during a rotation the next one beside it:
 *
 *     vault.pem       the private key, PKCS#8, mode 0600; anything looser is refused
 *     vault.next.pem  while a rotation is under way
 *     vault.pub       the public half, all that a node needs which seals and never opens
 *
 * Nothing is remembered between two calls, but which key was made here.
 */
export class KeyFile implements RotatableKeys {
  readonly path: string;
  readonly nextPath: string;
  readonly publicPath: string;
  readonly #bits: number;
  #made: string | undefined;

  constructor(folder: string, options: { bits?: number } = {}) {
    this.path = join(folder, 'vault.pem');
    this.nextPath = join(folder, 'vault.next.pem');
    this.publicPath = join(folder, 'vault.pub');
    this.#bits = options.bits ?? usualBits;
  }

  async first(): Promise<PublicKey> {
    const known = (await this.#held())[0]?.public ?? (await readPublicKey(this.publicPath));
    if (known !== undefined) return known;
    const pair = await makeKeyPair(this.#bits);
    if (await createFile(this.path, privatePem(pair), 0o600)) this.#made = pair.public.fingerprint;
    // Another process may have been faster: its key is the one.
    const key = await readPrivateKey(this.path);
    if (key === undefined) throw keyMissing(this.path);
    await replaceFile(this.publicPath, publicPem(key.public), 0o644);
    return key.public;
  }

  async giveUp({ fingerprint }: PublicKey): Promise<void> {
    if (fingerprint === this.#made) await this.removeKeys(new Set([fingerprint]));
  }

  async publicKey(fingerprint: string): Promise<PublicKey> {
    const own = (await this.#held()).map((key) => key.public);
    const published = own.length > 0 ? undefined : await readPublicKey(this.publicPath);
    const known = published === undefined ? own : [published];
    const found = known.find((key) => key.fingerprint === fingerprint);
    if (found !== undefined) return found;
    if (known.length === 0) throw keyMissing(this.path);
    throw wrongKey(
      fingerprint,
      known.map((key) => key.fingerprint),
    );
  }

  async unwrap(fingerprint: string, wrapped: Buffer): Promise<Buffer | undefined> {
    const held = await this.#held();
    if (held.length === 0) throw keyMissing(this.path);
    const own = held.find((each) => each.public.fingerprint === fingerprint);
    if (own === undefined) {
      throw wrongKey(
        fingerprint,
        held.map((each) => each.public.fingerprint),
      );
    }
    try {
      return unwrapKey(own.key, wrapped);
    } catch {
      return undefined;
    }
  }

  /** The fingerprint is taken from the private key itself: what it unwraps is what was wrapped for it. */
  async prove(): Promise<void> {}

  /** Fingerprints of the private keys that are here. */
  async fingerprints(): Promise<string[]> {
    return (await this.#held()).map((key) => key.public.fingerprint);
  }

  /** The key of a rotation that is under way. */
  async next(): Promise<PublicKey | undefined> {
    return (await readPrivateKey(this.nextPath))?.public;
  }

  makePair(): Promise<PrivateKey> {
    return makeKeyPair(this.#bits);
  }

  /** Begins a rotation with this pair, or with the one that is the next already. */
  async offerNext(pair: PrivateKey | undefined): Promise<PublicKey> {
    if (pair !== undefined) await createFile(this.nextPath, privatePem(pair), 0o600);
    const next = await this.next();
    if (next === undefined) throw keyMissing(this.nextPath);
    return next;
  }

  /** Puts the next key in place of the one that was, if it is this one still. Nothing may need the old one. */
  async adoptNext(fingerprint: string): Promise<void> {
    const next = await this.next();
    if (next?.fingerprint !== fingerprint) return;
    await replaceFile(this.publicPath, publicPem(next), 0o644);
    await rename(this.nextPath, this.path);
    await syncFolder(this.path);
  }

  /** Removes the private keys that have one of these fingerprints, and with the last of them the public half. */
  async removeKeys(fingerprints: ReadonlySet<string>): Promise<void> {
    for (const path of [this.nextPath, this.path]) {
      const key = await readPrivateKey(path);
      if (key === undefined || !fingerprints.has(key.public.fingerprint)) continue;
      await rm(path, { force: true });
      await syncFolder(path);
    }
    const published = await readPublicKey(this.publicPath);
    if (published !== undefined && fingerprints.has(published.fingerprint))
      await rm(this.publicPath, { force: true });
  }

  async #held(): Promise<PrivateKey[]> {
    // The next one first: it may take the other's place between the two looks, and is then seen twice, not never.
    const next = await readPrivateKey(this.nextPath);
    const key = await readPrivateKey(this.path);
    return [key, next].filter((each) => each !== undefined);
  }
}
