import { reasonOf } from '../../errors.ts';
import { checkOf, countOf } from '../../inventory/compare.ts';
import type { Check, SourceContext } from '../../source.ts';
import { quoteIdentifier, type Session } from '../connecting/session.ts';

/**
 * Structure of every B-tree, by the extension amcheck: in a scratch copy it is added when the server
 * offers it, in a live database it is used when it is installed. Not asked otherwise.
 */
export async function checkIndexes(
  session: Session,
  options: { install: boolean },
  context: SourceContext,
): Promise<Check[]> {
  const [offered] = await session.query<{ schema: string | null }>(
    `select (select n.nspname from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
       where e.extname = 'amcheck') as schema from pg_catalog.pg_available_extensions where name = 'amcheck'`,
  );
  if (offered === undefined) return [];
  let schema = offered.schema;
  if (schema === null) {
    if (!options.install) return [];
    await session.query('create schema octobox_amcheck');
    await session.query('create extension amcheck schema octobox_amcheck');
    schema = 'octobox_amcheck';
  }
  try {
    const indexes = await session.query<{ oid: string; name: string }>(
      `select c.oid::text as oid, c.oid::regclass::text as name from pg_catalog.pg_index i
       join pg_catalog.pg_class c on c.oid = i.indexrelid join pg_catalog.pg_am a on a.oid = c.relam
       where a.amname = 'btree' and c.relkind = 'i' and c.relpersistence = 'p' and i.indisvalid
       and c.relnamespace in (select oid from pg_catalog.pg_namespace where nspname !~ '^pg_')`,
    );
    const differences: string[] = [];
    for (const [done, { oid, name }] of indexes.entries()) {
      context.onProgress?.({ step: 'checking indexes', done, total: indexes.length, unit: 'objects' });
      await session
        .query(`select ${quoteIdentifier(schema)}.bt_index_check($1::oid::regclass)`, [oid])
        .catch((error: unknown) => {
          context.signal.throwIfAborted();
          differences.push(`index ${name}: ${reasonOf(error)}`);
        });
    }
    return [
      checkOf('integrity', `${countOf(indexes.length, 'B-tree index', 'B-tree indexes')} sound`, differences),
    ];
  } finally {
    if (offered.schema === null) await session.query('drop schema octobox_amcheck cascade');
  }
}
