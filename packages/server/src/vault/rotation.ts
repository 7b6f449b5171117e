import { type Clock, type Database, instant, type Writer } from '../platform/index.ts';
import { keyMissing, keyOfBefore, noOtherKey, VaultError, wrongKey } from './errors.ts';
import { KeyRegister } from './key-register.ts';
import type { PublicKey } from './public-key.ts';
import type { RotatableKeys } from './rotatable-keys.ts';
import { rewrapSecret } from './sealing.ts';
import { type StoredSecret, sealedBytes, storedColumns } from './stored-secret.ts';
import type { SecretName } from './vault.ts';

export interface RotationProgress {
  /** Secrets that are wrapped for the new key, of all. */
  readonly done: number;
  readonly total: number;
}

export interface RotationOptions {
  /** Begin also when the current key is not here; put back later, it is made use of by the next call. */
  readonly keyLost?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RotationProgress) => void;
  /** Called in the transaction of each step, to be written down with it. */
  readonly record?: (transaction: Writer, step: RotationStep) => Promise<void>;
}

export interface RotationStep {
  readonly what: 'prepared' | 'begun' | 'ended';
  /** Fingerprint of the key that was the current one; absent when it is so no more. */
  readonly before?: string;
  /** Of the key that takes its place. */
  readonly after: string;
  /** It was begun without the key of before. */
  readonly keyLost: boolean;
}

export interface UnreadableSecret extends SecretName {
  readonly error: VaultError;
}

export interface RotationResult {
  /** Of the key that is the current one now. */
  readonly fingerprint: string;
  readonly bits: number;
  /** Whether an earlier rotation was carried on, rather than a new key made. */
  readonly resumed: boolean;
  readonly rewrapped: number;
  /** What cannot be opened stays as it is; the old key then stays, too. */
  readonly unreadable: readonly UnreadableSecret[];
  /** Whether the new key is the only one now. */
  readonly finished: boolean;
}

const batch = 20;

/**
 * A new key for everything that is sealed, while others seal and open:
 *
 *     one key ─► next key is there ─► it is the current one ─► every secret is wrapped for it ─► it is the only one
 *
 * Each arrow is one step that happened or did not; cut off anywhere, the same call goes on from there. Both keys
 * open until the last arrow, and the old one is gone after it.
 */
export class Rotation {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #keys: RotatableKeys;
  readonly #register: KeyRegister;

  constructor(options: { database: Database; clock: Clock; keys: RotatableKeys }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#keys = options.keys;
    this.#register = new KeyRegister({ ...options, holder: options.keys });
  }

  /**
   * Makes the next key's file and no more: other machines on the same database can be given it before anything is
   * wrapped for it, and then open at every moment, too. The key of a command is tried instead.
   */
  async prepare({ record }: Pick<RotationOptions, 'record'> = {}): Promise<PublicKey> {
    await this.#register.prepare();
    const pair = (await this.#keys.next()) === undefined ? await this.#keys.makePair() : undefined;
    return await this.#database.change(async (transaction) => {
      const next = await this.#keys.offerNext(pair);
      if (pair !== undefined)
        await record?.(transaction, { what: 'prepared', after: next.fingerprint, keyLost: false });
      return next;
    });
  }

  async run(options: RotationOptions = {}): Promise<RotationResult> {
    await this.#register.prepare();
    const { next, resumed } = await this.#begin(options);
    const { rewrapped, unreadable } = await this.#rewrapAll(next, options);
    const finished = await this.#finish(next, options);
    return { fingerprint: next.fingerprint, bits: next.bits, resumed, rewrapped, unreadable, finished };
  }

  /** From the commit on, what is sealed is sealed for the next key. */
  async #begin({ keyLost = false, record }: RotationOptions): Promise<{ next: PublicKey; resumed: boolean }> {
    const waiting = await this.#keys.next();
    const pair = waiting === undefined ? await this.#keys.makePair() : undefined;
    return await this.#database.change(async (transaction) => {
      const current = await this.#register.current(transaction);
      if (waiting === undefined && !keyLost) await this.#refuseWithout(current);
      // The file is made inside of the change, which excludes others: of many rotations at once none takes another's key away.
      const next = await this.#keys.offerNext(pair);
      if (next.fingerprint === current) {
        if (waiting === undefined) await this.#refuseWithNothingToDo(transaction, next);
        return { next, resumed: true };
      }
      // Left over from a rotation that another machine has long ended: no way back to that key.
      if (await this.#register.knows(transaction, next)) {
        throw keyOfBefore(next.fingerprint, current);
      }
      await this.#register.succeed(transaction, next);
      await record?.(transaction, { what: 'begun', before: current, after: next.fingerprint, keyLost });
      return { next, resumed: waiting !== undefined };
    });
  }

  /** Of a key that no file tells of: whether anything is wrapped for another one, or still here though it is retired. */
  async #refuseWithNothingToDo(transaction: Writer, next: PublicKey): Promise<void> {
    const { done, total } = await progressOf(transaction, next);
    const retired = await this.#register.retired(transaction);
    const left = (await this.#keys.fingerprints()).some((each) => retired.has(each));
    if (done === total && !left && !(await this.#register.isRetiring(transaction)))
      throw noOtherKey(next.fingerprint);
  }

  async #refuseWithout(current: string): Promise<void> {
    const held = await this.#keys.fingerprints();
    if (held.length === 0) throw keyMissing(this.#keys.path);
    if (!held.includes(current)) throw wrongKey(current, held);
  }

  async #rewrapAll(
    next: PublicKey,
    { signal, onProgress }: RotationOptions,
  ): Promise<{ rewrapped: number; unreadable: UnreadableSecret[] }> {
    let rewrapped = 0;
    const unreadable: UnreadableSecret[] = [];
    let after: SecretName = { owner: '', name: '' };
    onProgress?.(await progressOf(this.#database.read, next));
    for (;;) {
      const rows = await this.#rowsOfOthers(next, after);
      const last = rows.at(-1);
      if (last === undefined) return { rewrapped, unreadable };
      for (const row of rows) {
        signal?.throwIfAborted();
        const sealed = await this.#rewrapped(row, next);
        if (sealed instanceof VaultError) {
          unreadable.push({ owner: row.owner, name: row.name, error: sealed });
        } else rewrapped += await this.#store(row, next, sealed);
      }
      after = last;
      onProgress?.(await progressOf(this.#database.read, next));
    }
  }

  /** The error when it is damaged, or wrapped for a key that is not here. */
  async #rewrapped(row: StoredSecret, next: PublicKey): Promise<Buffer | VaultError> {
    try {
      return await rewrapSecret(this.#keys, next, row, sealedBytes(row));
    } catch (error) {
      const isUnreadable =
        error instanceof VaultError &&
        (error.code === 'server.vault-damaged' || error.code === 'server.vault-wrong-key');
      if (isUnreadable) return error;
      throw error;
    }
  }

  /** Unless somebody changed or removed it meanwhile: what is new is sealed for the next key anyway. */
  async #store(row: StoredSecret, next: PublicKey, sealed: Buffer): Promise<number> {
    return await this.#database.change(async (transaction) => {
      // A rotation that ended meanwhile may have begun the next one: this key is then on its way out.
      if ((await this.#register.current(transaction)) !== next.fingerprint) return 0;
      const { numUpdatedRows } = await transaction
        .updateTable('vault_secrets')
        .set({
          sealed: sealed.toString('base64'),
          fingerprint: next.fingerprint,
          wrapped_at: instant(this.#clock.now()),
        })
        .where('owner', '=', row.owner)
        .where('name', '=', row.name)
        .where('sealed', '=', row.sealed)
        .executeTakeFirst();
      return Number(numUpdatedRows);
    });
  }

  async #finish(next: PublicKey, { record }: RotationOptions): Promise<boolean> {
    return await this.#database.change(async (transaction) => {
      const current = await this.#register.current(transaction);
      // Another rotation may have ended this one, and even begun the one after it.
      if (current !== next.fingerprint) return true;
      const { done, total } = await progressOf(transaction, next);
      if (done < total) return false;
      await this.#register.retire(transaction);
      await record?.(transaction, { what: 'ended', after: next.fingerprint, keyLost: false });
      // Last, and inside of the change, which excludes others: a crash from here on leaves a retiring key that nothing needs.
      await this.#keys.adoptNext(next.fingerprint, await this.#register.retired(transaction));
      return true;
    });
  }

  async #rowsOfOthers(next: PublicKey, after: SecretName): Promise<StoredSecret[]> {
    return await this.#database.read
      .selectFrom('vault_secrets')
      .select(storedColumns)
      .where('fingerprint', '<>', next.fingerprint)
      .where((e) =>
        e.or([
          e('owner', '>', after.owner),
          e.and([e('owner', '=', after.owner), e('name', '>', after.name)]),
        ]),
      )
      .orderBy('owner')
      .orderBy('name')
      .limit(batch)
      .execute();
  }
}

async function progressOf(reader: Pick<Writer, 'selectFrom'>, next: PublicKey): Promise<RotationProgress> {
  const rows = await reader
    .selectFrom('vault_secrets')
    .select(['fingerprint', (e) => e.fn.countAll<number>().as('secrets')])
    .groupBy('fingerprint')
    .execute();
  const counts = rows.map(({ fingerprint, secrets }) => ({ fingerprint, secrets: Number(secrets) }));
  return {
    done: counts.find(({ fingerprint }) => fingerprint === next.fingerprint)?.secrets ?? 0,
    total: counts.reduce((sum, { secrets }) => sum + secrets, 0),
  };
}
