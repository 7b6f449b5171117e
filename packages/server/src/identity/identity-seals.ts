import type { AuditLog } from '../audit/index.ts';
import { type Database, describeFailure, type Log, type Reader } from '../platform/index.ts';
import { type OwnKeys, VaultError } from '../vault/index.ts';
import { IdentitySeal, type Sealed } from './identity-seal.ts';
import { sealAllRows } from './seal-all-rows.ts';
import type { SealedTable } from './sealed-columns.ts';

/** So many rows are named in the log, each once. */
const mostTold = 1_000;

/**
 * Whether a row from which it follows who somebody is was written by the platform. The key lies in the vault, is opened once
 * and held; it is made by the first who needs it, who then seals the rows of before.
 */
export class IdentitySeals {
  readonly #database: Database;
  readonly #audit: AuditLog;
  readonly #log: Log;
  readonly #keys: OwnKeys;
  readonly #told = new Set<string>();
  /** Ids of keys that rows name, and that are not the key. */
  readonly #strange = new Set<string>();
  #seal: IdentitySeal | undefined;
  #opening: Promise<IdentitySeal> | undefined;
  #met = 0;

  constructor(options: { database: Database; audit: AuditLog; log: Log; keys: OwnKeys }) {
    this.#database = options.database;
    this.#audit = options.audit;
    this.#log = options.log;
    this.#keys = options.keys;
  }

  /** How many rows were met that are not as they were written. */
  get met(): number {
    return this.#met;
  }

  /**
   * Outside of a change call it before rows are read: the first who does seals those of before.
   * @param reader the transaction, within a change, which makes no key
   * @throws VaultError when the key cannot be opened here, or is not the one that was seen here before
   */
  async get(reader?: Reader): Promise<IdentitySeal> {
    if (this.#seal !== undefined) return this.#seal;
    if (reader !== undefined) {
      const key = await this.#noted(() => this.#keys.known('identity', reader));
      if (key === undefined) throw new Error('the key that seals rows is made before a change, not in it');
      this.#seal = new IdentitySeal(key);
      return this.#seal;
    }
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined;
    });
    return await this.#opening;
  }

  /** Opens the key anew, or makes it, when it was taken away on purpose. @throws VaultError as `get` */
  async renew(): Promise<void> {
    this.#seal = undefined;
    await this.get();
  }

  /** Looks for the key anew; false: nobody has made it, so that nothing is sealed. @throws VaultError as `get` */
  async look(): Promise<boolean> {
    const key = await this.#noted(() => this.#keys.known('identity'));
    this.#seal = key === undefined ? undefined : new IdentitySeal(key);
    return key !== undefined;
  }

  /** Whether it is as the platform wrote it. Of a row that is not nothing follows, as if it were not there. */
  async isRight<Table extends SealedTable>(
    table: Table,
    row: Sealed<Table>,
    reader?: Reader,
  ): Promise<boolean> {
    let seal = await this.get(reader);
    if (seal.isRight(table, row)) return true;
    const [keyId = ''] = row.seal?.split('.') ?? [];
    if (keyId !== '' && keyId !== seal.keyId && !this.#strange.has(keyId)) {
      // Somebody on this machine may have begun anew meanwhile. What is no key of the platform's is looked for once.
      if (this.#strange.size >= mostTold) this.#strange.clear();
      this.#strange.add(keyId);
      this.#seal = undefined;
      seal = await this.get(reader);
      if (seal.isRight(table, row)) return true;
    }
    this.#note(table, row);
    return false;
  }

  /** Those that are as the platform wrote them. */
  async rightOf<Table extends SealedTable, Row extends Sealed<Table>>(
    table: Table,
    rows: readonly Row[],
    reader?: Reader,
  ): Promise<Row[]> {
    const right: Row[] = [];
    for (const row of rows) if (await this.isRight(table, row, reader)) right.push(row);
    return right;
  }

  async #open(): Promise<IdentitySeal> {
    const key = await this.#noted(() =>
      this.#keys.get('identity', async (transaction, fresh) => {
        const rows = await sealAllRows(transaction, new IdentitySeal(fresh));
        if (rows === 0) return;
        await this.#audit.append(transaction, {
          action: 'accounts.sealed',
          origin: { actor: { kind: 'system', id: 'octobox', name: 'Octobox' } },
          after: { rows },
        });
      }),
    );
    this.#seal = new IdentitySeal(key);
    return this.#seal;
  }

  /** That it is another key is for whoever looks after the platform, too. */
  async #noted<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof VaultError && error.code === 'server.vault-key-replaced')
        this.#log.error({ error: describeFailure(error) }, 'nobody signs in');
      throw error;
    }
  }

  #note(table: SealedTable, row: { readonly seal: string | null; readonly user_id?: string }): void {
    const known = `${table} ${JSON.stringify(row)}`;
    if (this.#told.has(known)) return;
    this.#met++;
    if (this.#told.size >= mostTold) this.#told.clear();
    this.#told.add(known);
    this.#log.error({ table, user: row.user_id }, 'a row of the accounts is not as it was written');
  }
}
