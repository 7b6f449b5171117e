import type { Kysely } from 'kysely';
import type { SchemaDialect } from './schema-dialect.ts';

/**
 * One step of the schema, on SQLite and PostgreSQL alike. Migrations never import today's types or constants: what
 * they did once they must do for ever.
 */
export interface Migration {
  /** `0001-jobs`: four digits, unique over all rooms, then the idea. Applied in this order. */
  readonly name: string;
  up(database: Kysely<unknown>, dialect: SchemaDialect): Promise<void>;
}
