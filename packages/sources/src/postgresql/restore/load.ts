import { reasonOf, SourceError } from '../../errors.ts';
import type { Inventory, SnapshotReader, SourceContext } from '../../source.ts';
import { globalsFile } from '../capture/capture.ts';
import { quoteIdentifier, readServerVersion, Session, type SessionTarget } from '../connecting/session.ts';
import { createDatabaseStatement, databasePropertyStatements } from '../inventory/database-properties.ts';
import type { PostgresqlBinaries } from '../programs/binaries.ts';
import { loadArchive, needsScript } from './load-archive.ts';
import { createMissingRoles, readScript } from './roles.ts';

export interface LoadOptions {
  /** The server; its `database` is the one that is made. */
  readonly target: SessionTarget;
  readonly client: PostgresqlBinaries;
  readonly inventory: Inventory;
  readonly snapshot: SnapshotReader;
  /** Folder of the source in the snapshot. */
  readonly folder: string;
  readonly dumpFile: string;
  /** A drill's server has neither the tablespaces nor the subscriptions of the original, and shall not. */
  readonly drill: boolean;
}

export interface LoadResult {
  readonly bytes: number;
  readonly createdRoles: readonly string[];
  /** The operating system lacks the locale of the original, so text sorts by bytes. */
  readonly otherLocale: boolean;
}

/** A database that every server has and that is not the one concerned. */
export const maintenanceDatabase = (database: string): string =>
  database === 'postgres' ? 'template1' : 'postgres';

/** Makes the database and fills it from the snapshot: roles, content, grants. Drops it when that fails. */
export async function loadDatabase(options: LoadOptions, context: SourceContext): Promise<LoadResult> {
  const { target, inventory, snapshot, folder } = options;
  const name = target.location.database;
  await using maintenance = await Session.open(target, {
    signal: context.signal,
    database: maintenanceDatabase(name),
  });
  context.onProgress?.({ step: 'creating roles' });
  const script = await readScript(snapshot, `${folder}/${globalsFile}`);
  const createdRoles = await createMissingRoles(maintenance, script, options);
  const otherLocale = await createDatabase(maintenance, name, inventory, options.drill, context);
  try {
    const bytes = await fill(options, context);
    for (const statement of databasePropertyStatements(name, inventory.objects))
      await maintenance.query(statement);
    return { bytes, createdRoles, otherLocale };
  } catch (error) {
    await cleanUp(context, name, async () => {
      await dropDatabase(target, name);
      if (options.drill) await dropRoles(target, createdRoles);
    });
    throw error;
  }
}

/** Takes back what a failed step made. When that fails as well, the first failure is still the one to tell. */
export async function cleanUp(
  context: SourceContext,
  what: string,
  work: () => Promise<void>,
): Promise<void> {
  await work().catch((error: unknown) => context.onLog?.(`${what} could not be removed: ${reasonOf(error)}`));
}

export async function dropRoles(target: SessionTarget, roles: readonly string[]): Promise<void> {
  const database = maintenanceDatabase(target.location.database);
  await using session = await Session.open(target, { database });
  for (const role of roles) await session.query(`drop role if exists ${quoteIdentifier(role)}`);
}

/** Also when the run was aborted, hence a connection of its own. */
export async function dropDatabase(target: SessionTarget, name: string): Promise<void> {
  await using session = await Session.open(target, { database: maintenanceDatabase(name) });
  await session.query(`drop database if exists ${quoteIdentifier(name)} with (force)`);
}

/** Returns whether the locale had to be replaced, which only a drill may do. */
async function createDatabase(
  session: Session,
  name: string,
  inventory: Inventory,
  drill: boolean,
  context: SourceContext,
): Promise<boolean> {
  try {
    await session.query(createDatabaseStatement(name, inventory.objects));
    return false;
  } catch (error) {
    if (!drill || !/locale|collat/i.test(reasonOf(error))) throw error;
    context.onLog?.(`${reasonOf(error)}; the scratch copy sorts by bytes instead`);
    await session.query(createDatabaseStatement(name, inventory.objects, { anyLocale: true }));
    return true;
  }
}

/** The empty database as pg_restore expects it; returns the version of its server. */
async function prepare(target: SessionTarget, inventory: Inventory, context: SourceContext) {
  await using session = await Session.open(target, { signal: context.signal });
  if (!inventory.objects.some(({ type, name }) => type === 'schema' && name === 'public')) {
    await session.query('drop schema if exists public');
  }
  return await readServerVersion(session);
}

async function fill(options: LoadOptions, context: SourceContext): Promise<number> {
  const { target, client, inventory, snapshot, folder, dumpFile } = options;
  const server = await prepare(target, inventory, context);
  const path = `${folder}/${dumpFile}`;
  const total = await snapshot.size(path);
  let done = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of snapshot.read(path)) {
      done += chunk.length;
      context.onProgress?.({ step: `loading ${dumpFile}`, done, total, unit: 'bytes' });
      yield chunk;
    }
  };
  const way = { target, client, drill: options.drill, asScript: needsScript(client.version, server) };
  try {
    await loadArchive(way, counted(), context);
  } catch (error) {
    context.signal.throwIfAborted();
    throw new SourceError('source.restore-failed', `The dump could not be loaded: ${reasonOf(error)}`, {
      cause: error,
      advice: 'See the last lines of the program; a missing extension must be installed on the server first.',
    });
  }
  return done;
}
