import type { InventoryObject, SourceContext } from '../../source.ts';
import { readServerVersion, type Session } from '../connecting/session.ts';
import { catalogQueries } from './catalog-queries.ts';
import { readDatabaseObjects } from './database-properties.ts';

interface CatalogRow {
  readonly type?: string;
  readonly name: string;
  readonly detail?: string | null;
  readonly count?: string | null;
}

const toObject = (row: CatalogRow, type: string): InventoryObject => ({
  type: row.type ?? type,
  name: row.name,
  ...(row.count == null ? {} : { count: Number(row.count) }),
  ...(row.detail == null ? {} : { detail: row.detail }),
});

/** Everything a database consists of, as the catalogs say: definitions, no rows. */
export async function readCatalog(session: Session): Promise<InventoryObject[]> {
  const objects: InventoryObject[] = [...(await readDatabaseObjects(session))];
  const { major } = await readServerVersion(session);
  for (const { type, sql, since = 0 } of catalogQueries) {
    if (major < since) continue;
    for (const row of await session.query<CatalogRow>(sql)) objects.push(toObject(row, type));
  }
  return objects;
}

/** Partitioned table → the tables right below it. */
async function readPartitions(session: Session): Promise<Map<string, string[]>> {
  const rows = await session.query<{ parent: string; child: string }>(
    `select i.inhparent::regclass::text as parent, i.inhrelid::regclass::text as child
     from pg_catalog.pg_inherits i join pg_catalog.pg_class c on c.oid = i.inhparent where c.relkind = 'p'`,
  );
  const children = new Map<string, string[]>();
  for (const { parent, child } of rows) children.set(parent, [...(children.get(parent) ?? []), child]);
  return children;
}

/**
 * Adds the rows of every table, one count after the other; a partitioned table has the sum of its
 * partitions, which are named with it. Materialized views are not counted: a restore computes them anew.
 */
export async function countRows(
  session: Session,
  catalog: readonly InventoryObject[],
  context: SourceContext,
): Promise<InventoryObject[]> {
  const tables = catalog.filter(({ type }) => type === 'table');
  const counts = new Map<string, number>();
  for (const { name } of tables) {
    context.onProgress?.({ step: 'counting rows', done: counts.size, total: tables.length, unit: 'objects' });
    // The name comes quoted from the server.
    const [row] = await session.query<{ count: string }>(`select count(*) as count from only ${name}`);
    counts.set(name, Number(row?.count));
  }
  context.onProgress?.({ step: 'counting rows', done: tables.length, total: tables.length, unit: 'objects' });
  const partitions = await readPartitions(session);
  const sum = (name: string): number =>
    counts.get(name) ?? (partitions.get(name) ?? []).reduce((total, child) => total + sum(child), 0);
  const counted = catalog.map((object) =>
    object.type === 'table' || object.type === 'partitioned-table'
      ? { ...object, count: sum(object.name) }
      : object,
  );
  for (const [parent, children] of partitions) {
    for (const name of children) counted.push({ type: 'partition', name, detail: parent });
  }
  return counted;
}

/** How many large objects there are, and their bytes where the user may read them all. */
export async function readLargeObjects(session: Session): Promise<InventoryObject[]> {
  const [found] = await session.query<{ count: string; readable: boolean }>(
    `select count(*) as count, has_table_privilege('pg_catalog.pg_largeobject', 'select') as readable
     from pg_catalog.pg_largeobject_metadata`,
  );
  const count = Number(found?.count);
  if (found?.readable !== true) return [{ type: 'large-object', name: 'all', count }];
  const [size] = await session.query<{ bytes: string }>(
    'select coalesce(sum(octet_length(data)), 0) as bytes from pg_catalog.pg_largeobject',
  );
  return [{ type: 'large-object', name: 'all', count, detail: `${size?.bytes} bytes` }];
}
