import {
  type Clock,
  type Database,
  instant,
  type Reader,
  ServerError,
  type Writer,
} from '../platform/index.ts';
import type { Binding } from './binding.ts';
import type { KeyHolder } from './key-holder.ts';
import { KeyRegister } from './key-register.ts';
import { openSecret, sealSecret } from './sealing.ts';
import { type StoredSecret, sealedBytes, storedColumns } from './stored-secret.ts';

/** Whose secret, and which. */
export type SecretName = Pick<Binding, 'owner' | 'name'>;

export const secretKey = ({ owner, name }: SecretName): string => JSON.stringify([owner, name]);

const entryMark = 'member:';

/** The owner of what a member keeps in the vault; nothing else belongs to such an owner. */
export const entryOwner = (userId: string): string => `${entryMark}${userId}`;

/**
 * Secrets in the database, each sealed before it gets there. To seal takes the public key alone, to open the
 * holder of the private one; the database alone opens nothing.
 */
export class Vault {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #holder: KeyHolder;
  readonly #register: KeyRegister;
  readonly #noteUse: (owner: string) => void;

  /** `noteUse` is told whose secret was opened for the platform's own work. */
  constructor(options: {
    database: Database;
    clock: Clock;
    holder: KeyHolder;
    noteUse?: (owner: string) => void;
  }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#holder = options.holder;
    this.#register = new KeyRegister(options);
    this.#noteUse = options.noteUse ?? (() => {});
  }

  /** Makes the first key when there is none; call it before a transaction that seals, since it may take a second. */
  async prepare(): Promise<void> {
    await this.#register.prepare();
  }

  /** Holds from the commit of the transaction on, in place of what was sealed under this name. */
  async seal(transaction: Writer, { owner, name }: SecretName, secret: string): Promise<void> {
    const key = await this.#holder.publicKey(await this.#register.current(transaction));
    const row = await transaction
      .selectFrom('vault_secrets')
      .select('version')
      .where('owner', '=', owner)
      .where('name', '=', name)
      .executeTakeFirst();
    const version = (row?.version ?? 0) + 1;
    const now = instant(this.#clock.now());
    const plain = Buffer.from(secret, 'utf8');
    const content = {
      version,
      fingerprint: key.fingerprint,
      sealed: sealSecret(key, { owner, name, version }, plain).toString('base64'),
      sealed_at: now,
      wrapped_at: now,
    };
    plain.fill(0);
    await transaction
      .insertInto('vault_secrets')
      .values({ owner, name, ...content })
      .onConflict((conflict) => conflict.columns(['owner', 'name']).doUpdateSet(content))
      .execute();
  }

  /** As `seal`, unless something is sealed under this name: that stays, and the answer is false. */
  async sealFirst(transaction: Writer, { owner, name }: SecretName, secret: string): Promise<boolean> {
    const row = await transaction
      .selectFrom('vault_secrets')
      .select('version')
      .where('owner', '=', owner)
      .where('name', '=', name)
      .executeTakeFirst();
    if (row !== undefined) return false;
    await this.seal(transaction, { owner, name }, secret);
    return true;
  }

  /**
   * For the platform's own work. Undefined when nothing is sealed under this name.
   * @param reader the transaction, within a change
   * @throws VaultError when it cannot be opened: damaged, wrong key, no key
   */
  async open(secret: SecretName, reader?: Reader): Promise<string | undefined> {
    if (secret.owner.startsWith(entryMark))
      throw new Error('what a member keeps is opened for a person alone');
    const opened = await this.#open(secret, reader);
    if (opened !== undefined) this.#noteUse(secret.owner);
    return opened;
  }

  /** What a member keeps, for a person: call it when the book has the opening, and from nowhere else. */
  async openForPerson(secret: SecretName): Promise<string | undefined> {
    return await this.#open(secret);
  }

  /**
   * Opens a secret so that it can be sealed under another name, for another owner: what comes back does that in a
   * transaction, where the one before goes. Undefined when nothing is sealed under this name.
   * @throws VaultError when it cannot be opened; from what comes back ServerError `server.plan-outdated` when another
   *   secret was given meanwhile
   */
  async moving(
    from: SecretName,
  ): Promise<((transaction: Writer, to: SecretName) => Promise<void>) | undefined> {
    const before = await this.#row(from.owner, from.name);
    const secret = await this.#open(from);
    if (before === undefined || secret === undefined) return undefined;
    return async (transaction, to) => {
      const now = await transaction
        .selectFrom('vault_secrets')
        .select('version')
        .where('owner', '=', from.owner)
        .where('name', '=', from.name)
        .executeTakeFirst();
      if (now?.version !== before.version) {
        throw new ServerError('server.plan-outdated', 'it was given a new secret meanwhile', {
          advice: 'Try again.',
        });
      }
      await this.seal(transaction, to, secret);
      await this.remove(transaction, from);
    };
  }

  /** What is sealed, without opening it: by `secretKey`, a number that grows with every new secret under a name. */
  async versions(reader: Reader): Promise<ReadonlyMap<string, number>> {
    const rows = await reader.selectFrom('vault_secrets').select(['owner', 'name', 'version']).execute();
    return new Map(rows.map((row) => [secretKey(row), row.version]));
  }

  async remove(transaction: Writer, { owner, name }: SecretName): Promise<void> {
    await transaction
      .deleteFrom('vault_secrets')
      .where('owner', '=', owner)
      .where('name', '=', name)
      .execute();
  }

  /** Everything of one owner. */
  async removeAll(transaction: Writer, owner: string): Promise<void> {
    await transaction.deleteFrom('vault_secrets').where('owner', '=', owner).execute();
  }

  async #open({ owner, name }: SecretName, reader?: Reader): Promise<string | undefined> {
    let row = await this.#row(owner, name, reader);
    for (;;) {
      if (row === undefined) return undefined;
      try {
        return await this.#opened(row);
      } catch (error) {
        // A rotation may have ended between the two looks, at the row and at the key.
        const again = await this.#row(owner, name, reader);
        if (again?.sealed === row.sealed) throw error;
        row = again;
      }
    }
  }

  async #row(owner: string, name: string, reader?: Reader): Promise<StoredSecret | undefined> {
    return await (reader ?? this.#database.read)
      .selectFrom('vault_secrets')
      .select(storedColumns)
      .where('owner', '=', owner)
      .where('name', '=', name)
      .executeTakeFirst();
  }

  async #opened(row: StoredSecret): Promise<string> {
    const plain = await openSecret(this.#holder, row, sealedBytes(row));
    const secret = plain.toString('utf8');
    plain.fill(0);
    return secret;
  }
}
