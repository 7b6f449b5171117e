import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { SqliteDatabase, SqliteStatement } from 'kysely';

/** How many prepared statements are kept; the platform has fewer distinct ones in daily use. */
const cachedStatements = 200;

/**
 * Makes `node:sqlite` look like the driver Kysely expects.
 *
 * Transactions begin as IMMEDIATE: a deferred one that reads before it writes fails at once, without
 * waiting, when another process wrote in between.
 */
export function kyselyDatabase(database: DatabaseSync): SqliteDatabase {
  const cache = new Map<string, SqliteStatement>();
  return {
    close: () => {
      cache.clear();
      database.close();
    },
    prepare(sql) {
      const known = cache.get(sql);
      if (known !== undefined) return known;
      const statement = adapt(database.prepare(sql === 'begin' ? 'begin immediate' : sql));
      if (cache.size >= cachedStatements) cache.clear();
      cache.set(sql, statement);
      return statement;
    },
  };
}

const values = (parameters: readonly unknown[]): SQLInputValue[] => parameters as SQLInputValue[];

/**
 * Rows come as arrays, and become objects here: those that `node:sqlite` makes are hash tables to V8, three times as slow to
 * read and to write as JSON.
 */
function adapt(statement: StatementSync): SqliteStatement {
  let names = namesOf(statement);
  if (names.length > 0) statement.setReturnArrays(true);
  const rowOf = (row: unknown): Record<string, unknown> => {
    const given = row as readonly unknown[];
    // SQLite prepares a statement again when a table got another column meanwhile.
    if (given.length !== names.length) names = namesOf(statement);
    const made: Record<string, unknown> = {};
    for (let at = 0; at < names.length; at++) made[names[at] as string] = given[at];
    return made;
  };
  return {
    reader: names.length > 0,
    all: (parameters) => statement.all(...values(parameters)).map(rowOf),
    run: (parameters) => statement.run(...values(parameters)),
    iterate: (parameters) => statement.iterate(...values(parameters)).map(rowOf),
  };
}

const namesOf = (statement: StatementSync): string[] => statement.columns().map(({ name }) => name);
