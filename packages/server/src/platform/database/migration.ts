import type { Kysely } from 'kysely';

/**
 * One step of the schema. Migrations never import today's types or constants: what they did once they
 * must do for ever.
 */
export interface Migration {
  /** `0001-jobs`: four digits, unique over all rooms, then the idea. Applied in this order. */
  readonly name: string;
  up(database: Kysely<unknown>): Promise<void>;
}
