import type { ColumnType } from 'kysely';

declare const made: unique symbol;

/** What `IdentitySeal` gives for a row, and nothing else does: no row is written without one. */
export type Seal = string & { readonly [made]: true };

/** Null: written by an earlier version, before the rows were sealed, or not by the platform. */
export type SealColumn = ColumnType<string | null, Seal, Seal>;
