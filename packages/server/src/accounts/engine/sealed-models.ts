import { type IdentitySeals, type Sealed, type SealedTable, sealedColumns } from '../../identity/index.ts';
import type { Writer } from '../../platform/index.ts';

type Row = Readonly<Record<string, unknown>>;

/** The tables that better-auth writes to, by the name that it has for each, and its names for their sealed columns. */
const models = {
  user: {
    table: 'users',
    fields: { id: 'id', name: 'name', email: 'email', second_factor_since: 'secondFactorSince' },
  },
  session: {
    table: 'sessions',
    fields: { id: 'id', user_id: 'userId', token: 'token', created_at: 'createdAt' },
  },
  account: {
    table: 'sign_in_methods',
    fields: {
      ...{ id: 'id', user_id: 'userId', provider: 'providerId', provider_account: 'accountId' },
      password_hash: 'password',
    },
  },
} as const satisfies Readonly<
  Record<string, { table: SealedTable; fields: Readonly<Record<string, string>> }>
>;

type Model = keyof typeof models;

const isModel = (name: string): name is Model => Object.hasOwn(models, name);

/** What better-auth has read, without what is not as the platform wrote it; rows that were joined to it among that. */
export async function readSealed<T>(
  identity: IdentitySeals,
  model: string,
  row: T,
  transaction: Writer | undefined,
): Promise<T | null> {
  if (row === null || !(await isOurs(identity, model, row as Row, transaction))) return null;
  const read: Record<string, unknown> = { ...(row as Row) };
  for (const joined of Object.keys(models)) {
    const value = read[joined];
    if (Array.isArray(value)) {
      const kept = await Promise.all(value.map((each) => readSealed(identity, joined, each, transaction)));
      read[joined] = kept.filter((each) => each !== null);
    } else if (typeof value === 'object' && value !== null) {
      read[joined] = await readSealed(identity, joined, value, transaction);
    }
  }
  return read as T;
}

async function isOurs(identity: IdentitySeals, model: string, row: Row, transaction: Writer | undefined) {
  if (!isModel(model)) return true;
  const { table, fields } = models[model];
  const columns = Object.entries(fields).map(([column, field]) => {
    const value = row[field];
    return [column, value instanceof Date ? value.toISOString() : (value ?? null)];
  });
  const sealed = { ...Object.fromEntries(columns), seal: row.seal ?? null } as Sealed<typeof table>;
  return await identity.isRight(table, sealed, transaction);
}

/** Seals the rows of better-auth's own writing. Rows are found by their ids. */
export class SealedWriting {
  readonly #identity: IdentitySeals;
  readonly #transaction: Writer;
  readonly #model: string;

  constructor(identity: IdentitySeals, transaction: Writer, model: string) {
    this.#identity = identity;
    this.#transaction = transaction;
    this.#model = model;
  }

  /** Before a change of rows. */
  async before(ids: readonly string[]): Promise<ReadonlyMap<string, Row>> {
    return new Map(await Promise.all(ids.map(async (id) => [id, await this.#row(id)] as const)));
  }

  /** One that better-auth added in this transaction: nobody else sees it yet. */
  async created(id: string): Promise<void> {
    const row = await this.#row(id);
    if (isModel(this.#model)) await this.#seal(row);
  }

  /**
   * Those that it changed. What somebody else changed, before or meanwhile, gets no seal by that.
   * @param changed better-auth's names of what it changed
   */
  async updated(before: ReadonlyMap<string, Row>, changed: readonly string[]): Promise<void> {
    if (!isModel(this.#model)) return;
    const { table, fields } = models[this.#model];
    const touched = Object.entries(fields).flatMap(([column, field]) =>
      changed.includes(field) ? [column] : [],
    );
    if (touched.length === 0) return;
    for (const [id, old] of before) {
      const now = await this.#row(id);
      const same = Object.keys(fields).every(
        (column) => touched.includes(column) || now[column] === old[column],
      );
      if (same && (await this.#identity.isRight(table, old as Sealed<typeof table>, this.#transaction)))
        await this.#seal(now);
    }
  }

  async #row(id: string): Promise<Row> {
    if (!isModel(this.#model)) return {};
    const { table } = models[this.#model];
    const columns: readonly string[] = sealedColumns[table];
    const any = this.#transaction as unknown as AnyWriter;
    return (
      (await any
        .selectFrom(table)
        .select([...columns, 'seal'])
        .where('id', '=', id)
        .executeTakeFirst()) ?? {}
    );
  }

  async #seal(row: Row): Promise<void> {
    if (!isModel(this.#model)) return;
    const { table } = models[this.#model];
    const seal = (await this.#identity.get(this.#transaction)).of(table, row as Sealed<typeof table>);
    const any = this.#transaction as unknown as AnyWriter;
    await any.updateTable(table).set({ seal }).where('id', '=', row.id).execute();
  }
}

/** Tables of which it is not known to the types which one is meant. */
interface AnyWriter {
  selectFrom(table: string): {
    select(columns: readonly string[]): {
      where(column: 'id', operator: '=', value: unknown): { executeTakeFirst(): Promise<Row | undefined> };
    };
  };
  updateTable(table: string): {
    set(values: Row): { where(column: 'id', operator: '=', value: unknown): { execute(): Promise<unknown> } };
  };
}
