import { createHash, randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createFile, type Database, type Reader, syncFolder, type Writer } from '../platform/index.ts';
import { keyReplaced, VaultError } from './errors.ts';
import type { Vault } from './vault.ts';

const owner = 'platform';

/** `identity`: seals who somebody is; `session-signing`: signs cookies; `book-of-the-vault`: seals the book. */
export type OwnKeyName = 'identity' | 'session-signing' | 'book-of-the-vault';

export interface LostKey {
  readonly name: OwnKeyName;
  readonly error: VaultError;
}

const names: readonly OwnKeyName[] = ['identity', 'session-signing', 'book-of-the-vault'];

/**
 * Keys that the platform made for itself, the same on every node: random, sealed in the vault. To seal takes the public
 * key alone, so that somebody with SQL who has that could put a key of his own there, or remove one and have all rows taken for
 * old: each node therefore knows the keys that it has seen by their fingerprints, in files that no SQL reaches.
 */
export class OwnKeys {
  readonly #database: Database;
  readonly #vault: Vault;
  readonly #folder: string;

  /** @param options.folder of the node, beside `vault.pem`: `vault.seen.identity` is made there */
  constructor(options: { database: Database; vault: Vault; folder: string }) {
    this.#database = options.database;
    this.#vault = options.vault;
    this.#folder = options.folder;
  }

  /**
   * Made by the first who asks.
   * @param first done in the transaction that seals it, when it is made
   * @throws VaultError when the key of the vault is not here, or this is not the key that was seen here before
   */
  async get(
    name: OwnKeyName,
    first: (transaction: Writer, key: string) => Promise<void> = async () => {},
  ): Promise<string> {
    const known = await this.known(name);
    if (known !== undefined) return known;
    await this.#vault.prepare();
    const fresh = randomBytes(32).toString('base64url');
    await this.#database.change(async (transaction) => {
      if (await this.#vault.sealFirst(transaction, { owner, name }, fresh)) await first(transaction, fresh);
    });
    const sealed = await this.known(name);
    if (sealed === undefined) throw new Error(`the key "${name}" was sealed, and is gone`);
    return sealed;
  }

  /** Undefined when nobody has made it. @param reader the transaction, within a change @throws VaultError as `get` */
  async known(name: OwnKeyName, reader?: Reader): Promise<string | undefined> {
    const key = await this.#vault.open({ owner, name }, reader);
    const file = this.#fileOf(name);
    const seen = await textOf(file);
    if (seen === undefined && key !== undefined) {
      await createFile(file, `${fingerprintOf(key)}\n`, 0o600);
    } else if (seen !== undefined && (key === undefined || seen !== fingerprintOf(key))) {
      throw keyReplaced(name, file, key === undefined);
    }
    return key;
  }

  /** Those that cannot be opened any more, or are not what was seen here, each with why. */
  async lost(): Promise<LostKey[]> {
    const lost: LostKey[] = [];
    for (const name of names) {
      try {
        await this.known(name);
      } catch (error) {
        if (!(error instanceof VaultError)) throw error;
        lost.push({ name, error });
      }
    }
    return lost;
  }

  /** Takes them away, for whoever on this machine begins anew; the next who asks makes others. */
  async drop(
    names: readonly OwnKeyName[],
    within: (transaction: Writer) => Promise<void> = async () => {},
  ): Promise<void> {
    if (names.length === 0) return;
    await this.#database.change(async (transaction) => {
      for (const name of names) await this.#vault.remove(transaction, { owner, name });
      await within(transaction);
    });
    for (const name of names) {
      const file = this.#fileOf(name);
      await rm(file, { force: true });
      await syncFolder(file);
    }
  }

  /** All that are lost; gives which. */
  async dropLost(): Promise<OwnKeyName[]> {
    const lost = (await this.lost()).map(({ name }) => name);
    await this.drop(lost);
    return lost;
  }

  #fileOf(name: OwnKeyName): string {
    return join(this.#folder, `vault.seen.${name}`);
  }
}

const fingerprintOf = (key: string): string => createHash('sha256').update(key).digest('hex');

async function textOf(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
