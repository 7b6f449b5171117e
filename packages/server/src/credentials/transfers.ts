import type { Access, Asker } from '../access/index.ts';
import type { AuditLog, Origin } from '../audit/index.ts';
import {
  type Clock,
  type Database,
  InvalidError,
  instant,
  NotFoundError,
  type Reader,
  ServerError,
  type Writer,
} from '../platform/index.ts';
import type { Vault } from '../vault/index.ts';
import { appendToBook, noMore } from './book.ts';
import type { BookSeals } from './book-seal.ts';
import { type Entry, secretOf } from './entry.ts';
import { readEntry } from './read-entries.ts';
import { readGrants } from './read-grants.ts';

export interface NewOwner {
  readonly ownerId: string;
  readonly reason: string;
  /** Its name from now on, where the new owner has one of that name already. */
  readonly name?: string;
}

/** Of whom an entry is now, for everybody whom that concerns. */
export interface TransferNotice {
  readonly entryId: string;
  readonly userIds: readonly string[];
}

export type TellTransfer = (transaction: Writer, notice: TransferNotice) => Promise<void>;

/**
 * Another owner for an entry. It is an act of its owner; of an owner of the organisation only when its owner has left, or
 * has a role by now that keeps nothing. The secret is sealed anew for the new owner, and nobody is shown it. What
 * somebody may open by a grant of the owner before ends.
 */
export class Transfers {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #vault: Vault;
  readonly #audit: AuditLog;
  readonly #access: Access;
  readonly #seals: BookSeals;
  readonly #tell: TellTransfer;

  constructor(options: {
    database: Database;
    clock: Clock;
    vault: Vault;
    audit: AuditLog;
    access: Access;
    seals: BookSeals;
    tell: TellTransfer;
  }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#vault = options.vault;
    this.#audit = options.audit;
    this.#access = options.access;
    this.#seals = options.seals;
    this.#tell = options.tell;
  }

  /**
   * @throws ServerError `server.forbidden`, `server.proof-needed`; InvalidError for an owner who may keep nothing, or has
   *   an entry of that name; VaultError when the key of the vault is not here
   */
  async transfer(
    asker: Asker,
    entryId: string,
    given: NewOwner,
    origin: Origin,
    check: (entry: Entry) => void = () => {},
  ): Promise<Entry> {
    const known = await readEntry(this.#database.read, entryId);
    check(known);
    await this.#requireRight(this.#database.read, asker, known);
    await this.#checkNew(this.#database.read, known, given);
    const seal = await this.#seals.get();
    const move = await this.#vault.moving(secretOf(known));
    if (move === undefined) throw new NotFoundError(`secret of the entry "${known.name}" in the vault`);
    return await this.#database.change(async (transaction) => {
      const before = await readEntry(transaction, entryId);
      check(before);
      const byOwner = await this.#requireRight(transaction, asker, before);
      await this.#checkNew(transaction, before, given);
      const { ownerId, reason, name = before.name } = given;
      await transaction
        .updateTable('vault_entries')
        .set({ owner_id: ownerId, name })
        .where('id', '=', entryId)
        .execute();
      const entry = await readEntry(transaction, entryId);
      await move(transaction, secretOf(entry));
      const persons = await this.#endGrants(transaction, seal, before, asker, origin);
      const number = await appendToBook(transaction, seal, {
        ...noMore,
        ...{ at: instant(this.#clock.now()), what: 'transferred', reason },
        ...{ entry_id: entryId, entry_name: name, owner_id: ownerId, ...actorOf(asker, origin) },
      });
      await this.#audit.append(transaction, {
        action: transferredAction,
        origin,
        subject: `vault-entry:${entryId}`,
        before: { name: before.name, owner: before.owner.id },
        after: { number, name, owner: ownerId, reason, byOwner },
      });
      const owners = byOwner ? [] : await ownersIn(transaction);
      const concerned = new Set([before.owner.id, ownerId, ...persons, ...owners]);
      concerned.delete(asker.user.id);
      await this.#tell(transaction, { entryId, userIds: [...concerned] });
      return entry;
    });
  }

  /** Whether it is its owner who asks. */
  async #requireRight(reader: Reader, asker: Asker, { owner }: Entry): Promise<boolean> {
    await this.#access.require(asker, 'vault.share', { reader });
    if (owner.id === asker.user.id) return true;
    const mayChange = await this.#access.may(asker.user, 'vault.change', { reader });
    if (mayChange && !(await this.#access.may({ id: owner.id }, 'vault.keep', { reader }))) return false;
    throw new ServerError('server.forbidden', 'to give an entry away is an act of its owner', {
      advice: mayChange
        ? 'Ask its owner; when that member has left, an owner of the organisation does it.'
        : 'Ask its owner, or an owner of the organisation when that member has left.',
    });
  }

  async #checkNew(reader: Reader, before: Entry, { ownerId, name = before.name }: NewOwner): Promise<void> {
    if (ownerId === before.owner.id) throw new InvalidError('ownerId', 'it is its owner already');
    if (!(await this.#access.may({ id: ownerId }, 'vault.keep', { reader }))) {
      throw new InvalidError('ownerId', 'that is no member, or one whose role keeps nothing in the vault');
    }
    const same = await reader
      .selectFrom('vault_entries')
      .select('id')
      .where('owner_id', '=', ownerId)
      .where('name', '=', name)
      .executeTakeFirst();
    if (same === undefined) return;
    throw new InvalidError('name', 'the new owner has an entry of that name already', {
      advice: 'Give it another name with the new owner.',
    });
  }

  /** Gives whom they were for. */
  async #endGrants(
    transaction: Writer,
    seal: Awaited<ReturnType<BookSeals['get']>>,
    entry: Entry,
    asker: Asker,
    origin: Origin,
  ): Promise<string[]> {
    const at = instant(this.#clock.now());
    const grants = await readGrants(transaction, at, { limit: 1_000, entryId: entry.id });
    const running = grants.filter(({ state }) => state === 'active' || state === 'waiting');
    for (const { number } of running) {
      await appendToBook(transaction, seal, {
        ...noMore,
        ...{ at, what: 'ended', entry_id: entry.id, entry_name: entry.name, owner_id: entry.owner.id },
        ...{ grant_number: number, ...actorOf(asker, origin) },
      });
    }
    return running.map(({ person }) => person.id);
  }
}

export const transferredAction = 'vault-entry.transferred';

const actorOf = ({ user }: Asker, { actor, address }: Origin) => ({
  ...{ person_id: user.id, person_name: actor?.name ?? user.id, address: address ?? null },
});

async function ownersIn(reader: Reader): Promise<string[]> {
  const rows = await reader.selectFrom('members').select('user_id').where('role', '=', 'owner').execute();
  return rows.map(({ user_id }) => user_id);
}
