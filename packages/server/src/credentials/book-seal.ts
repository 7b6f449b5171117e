import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Selectable } from 'kysely';
import { type OwnKeys, VaultError } from '../vault/index.ts';
import type { VaultBookRow } from './schema.ts';

const label = 'octobox book of the vault 1';

export type BookRow = Selectable<VaultBookRow>;

/** What an entry of the book says, without its seal. */
export type BookFacts = Omit<BookRow, 'id' | 'sealed_by' | 'seal'>;

/** What seals the book: whoever can write to the database, and has no more, adds and changes nothing unseen. */
export class BookSeal {
  readonly id: string;
  readonly #key: Buffer;

  constructor(key: string) {
    this.#key = Buffer.from(key, 'base64url');
    this.id = createHash('sha256').update(this.#key).digest('hex').slice(0, 16);
  }

  /** `previous`: the seal of the entry before, empty for the first. */
  of(previous: string, facts: BookFacts): string {
    const { number, at, what, entry_id, entry_name, owner_id, person_id, person_name } = facts;
    const { grant_number, reason, starts_at, ends_at, most_openings, address } = facts;
    const text = JSON.stringify([
      ...[label, previous, number, at, what, entry_id, entry_name, owner_id, person_id, person_name],
      ...[grant_number, reason, starts_at, ends_at, most_openings, address],
    ]);
    return createHmac('sha256', this.#key).update(text).digest('hex');
  }

  isRight(previous: string, row: BookRow): boolean {
    const [right, given] = [this.of(previous, row), row.seal].map((text) => Buffer.from(text)) as [
      Buffer,
      Buffer,
    ];
    return row.sealed_by === this.id && right.length === given.length && timingSafeEqual(right, given);
  }
}

/** The key of the seal lies in the vault: a node without the vault's key neither writes to the book nor verifies it. */
export class BookSeals {
  readonly #keys: OwnKeys;

  constructor(options: { ownKeys: OwnKeys }) {
    this.#keys = options.ownKeys;
  }

  /** Made by the first who asks. @throws VaultError when the key of the vault is not here, or this is another one than before */
  async get(): Promise<BookSeal> {
    return new BookSeal(await this.#keys.get('book-of-the-vault'));
  }

  /** Undefined when there is none, it cannot be opened here, or it is not the one that was seen here before. */
  async known(): Promise<BookSeal | undefined> {
    try {
      const known = await this.#keys.known('book-of-the-vault');
      return known === undefined ? undefined : new BookSeal(known);
    } catch (error) {
      if (error instanceof VaultError) return undefined;
      throw error;
    }
  }
}
