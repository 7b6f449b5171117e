import { type Kysely, sql } from 'kysely';
import { ServerError } from '../errors.ts';
import type { Engine } from './engine.ts';
import type { Migration } from './migration.ts';

/**
 * Applies what is missing, all in one transaction, so that a crash leaves the old schema. Many processes
 * may call it at once: the transaction takes the lock of changes before it reads what was applied.
 */
export async function migrate(
  database: Kysely<unknown>,
  engine: Engine,
  migrations: readonly Migration[],
  options: {
    readonly beforeFirst?: () => Promise<void>;
    /** Called before something is changed that was there already; may throw. */
    readonly beforeNext?: () => Promise<void> | undefined;
  } = {},
): Promise<string[]> {
  const ordered = inOrder(migrations);
  const { schema } = engine;
  return await database.transaction().execute(async (transaction) => {
    await engine.lockForMigration(transaction);
    const known = new Set(ordered.map((migration) => migration.name));
    if (await engine.isNew(transaction)) {
      await options.beforeFirst?.();
      await engine.prepare(transaction);
      await sql`create table migrations (
        name ${schema.text} primary key,
        applied_at ${schema.text} not null
      ) ${schema.table}`.execute(transaction);
    }
    const { rows } = await sql<{ name: string }>`select name from migrations`.execute(transaction);
    const applied = new Set(rows.map((row) => row.name));
    const unknown = [...applied].find((name) => !known.has(name));
    if (unknown !== undefined) {
      throw new ServerError(
        'server.database-newer',
        `the database was written by a newer Octobox (${unknown})`,
        {
          advice: 'Run the newer version, or restore the database of this one.',
        },
      );
    }
    const missing = ordered.filter((migration) => !applied.has(migration.name));
    if (applied.size > 0 && missing.length > 0) await options.beforeNext?.();
    for (const migration of missing) {
      await migration.up(transaction, schema);
      const appliedAt = new Date().toISOString();
      await sql`insert into migrations (name, applied_at) values (${migration.name}, ${appliedAt})`.execute(
        transaction,
      );
    }
    return missing.map((migration) => migration.name);
  });
}

/** @throws when two have one number, or one has none */
function inOrder(migrations: readonly Migration[]): Migration[] {
  const ordered = [...migrations].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const [index, { name }] of ordered.entries()) {
    const previous = ordered[index - 1]?.name.slice(0, 4);
    if (!/^\d{4}-[a-z0-9-]+$/.test(name) || name.slice(0, 4) === previous) {
      throw new Error(`migration ${name} needs a number of its own`);
    }
  }
  return ordered;
}
