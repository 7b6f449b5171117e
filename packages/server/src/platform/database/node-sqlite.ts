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

function adapt(statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...values(parameters)),
    run: (parameters) => statement.run(...values(parameters)),
    iterate: (parameters) => statement.iterate(...values(parameters)),
  };
}
