import { SourceError } from '../errors.ts';
import { countOf } from '../inventory/compare.ts';
import type { Inventory, ProbeFinding, ProbeReport, SourceContext } from '../source.ts';
import { SqliteDatabase } from './database.ts';
import { quoteName } from './inventory.ts';

const maxTables = 200;
const maxCounted = 50_000;

/** Whether the database is there, and whether tables of the inventory are gone or have lost half of their rows. */
export async function probeSqlite(
  path: string,
  inventory: Inventory | undefined,
  context: SourceContext,
): Promise<ProbeReport> {
  try {
    await using database = new SqliteDatabase(path, { signal: context.signal });
    const rows = await database.query<{ name: string }>(
      "select name from sqlite_schema where type = 'table'",
    );
    const there = new Set(rows.map(({ name }) => name));
    const findings: ProbeFinding[] = [];
    const tables = (inventory?.objects ?? []).filter(({ type }) => type === 'table');
    tables.sort((a, b) => (b.count ?? 0) - (a.count ?? 0));
    for (const [position, { name, count = 0 }] of tables.entries()) {
      const had = countOf(count, 'row');
      if (!there.has(name)) {
        const summary = `The table ${name}, which had ${had}, is gone.`;
        findings.push({ kind: 'missing', object: `table ${name}`, summary });
      } else if (count > 0 && position < maxTables) {
        const limit = Math.min(Math.ceil(count / 2), maxCounted);
        const [row] = await database.query<{ found: number }>(
          `select count(*) as found from (select 1 from ${quoteName(name)} limit ${limit})`,
        );
        const found = row?.found ?? 0;
        if (found < limit) {
          const now = found === 0 ? 'no rows' : countOf(found, 'row');
          const summary = `The table ${name} has ${now}; the last backup has ${had}.`;
          const lostShare = 1 - found / count;
          findings.push({ kind: 'shrunk', object: `table ${name}`, summary, lostShare });
        }
      }
    }
    return { reachable: true, findings };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    // A lock is a sign of life.
    if (error.code === 'source.busy') return { reachable: true, findings: [] };
    const gone = error.code === 'source.missing';
    const finding: ProbeFinding = {
      kind: gone ? 'missing' : 'unreachable',
      object: `database ${path}`,
      summary: error.message,
    };
    return { reachable: gone, findings: [finding] };
  }
}
