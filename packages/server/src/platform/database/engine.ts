import type { Dialect, Kysely } from 'kysely';
import type { SchemaDialect } from './schema-dialect.ts';

/**
 * An opened SQLite file or PostgreSQL database: all in which the two differ. Errors of its connections come as
 * `ServerError` with advice; what a statement did wrong (a constraint, a trigger) comes as the engine says it.
 */
export interface Engine {
  readonly kind: 'sqlite' | 'postgresql';
  /** For people, without a secret: the file, or "octobox at db.internal:5432". */
  readonly where: string;
  readonly dialect: Dialect;
  /** For what is read beside the changes, where that has connections of its own. */
  readonly readDialect?: Dialect;
  readonly schema: SchemaDialect;
  /**
   * First in every transaction that changes something. From then until it ends no other one runs, in any process,
   * and it sees all that those before it wrote.
   */
  lockForChange(transaction: Kysely<unknown>): Promise<void>;
  /** In place of `lockForChange` when the schema is brought up to date, which may take long. */
  lockForMigration(transaction: Kysely<unknown>): Promise<void>;
  /** Whether the platform has no tables there yet. */
  isNew(transaction: Kysely<unknown>): Promise<boolean>;
  /** Before the first table is made. */
  prepare(transaction: Kysely<unknown>): Promise<void>;
  /** The schema is up to date: from now on statements are short, and one that is not has lost its database. */
  ready(): void;
  /**
   * Reads all of it, in a process of its own, while others work with it; where an engine sees to that by itself, nothing.
   * @throws DatabaseDamagedError
   */
  check(stop: AbortSignal): Promise<void>;
  /** What an error of opening means to the operator; anything else is given back. */
  explain(error: unknown): unknown;
  /** Ends what `dialect` does not know of. */
  close(): Promise<void>;
}
