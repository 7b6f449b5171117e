import { SourceError } from '../errors.ts';
import { countOf } from '../inventory/compare.ts';
import type { Inventory, InventoryObject, ProbeFinding, ProbeReport, SourceContext } from '../source.ts';
import { Session, type SessionTarget } from './connecting/session.ts';

/** A probe asks at most so many tables whether they have a row; the largest of the inventory first. */
const maxTables = 200;
/** No single question may take longer, whatever the state of the table. */
const questionTimeout = '2s';
/** Daily life deletes, too: a table is reported when it has fewer than this part of its rows. */
const shrunkTo = 0.5;
/** A bounded count never reads more rows than this. */
const maxCounted = 100_000;

const isTable = ({ type }: InventoryObject): boolean => type === 'table' || type === 'partitioned-table';

/** Whether the database is there, and whether something that was backed up is gone or emptied. */
export async function probePostgresql(
  target: SessionTarget,
  inventory: Inventory | undefined,
  context: SourceContext,
): Promise<ProbeReport> {
  const { database } = target.location;
  try {
    await using session = await Session.open(target, { signal: context.signal });
    await session.query(
      `set statement_timeout = '${questionTimeout}'; set lock_timeout = '${questionTimeout}'`,
    );
    await session.query('select 1');
    const findings = inventory === undefined ? [] : await compare(session, inventory);
    return { reachable: true, findings };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    // The server answered: what is missing is the database itself.
    if (error.code === 'source.missing') {
      const summary = `The database ${database} does not exist any more.`;
      return { reachable: true, findings: [{ kind: 'missing', object: `database ${database}`, summary }] };
    }
    return {
      reachable: false,
      findings: [{ kind: 'unreachable', object: `database ${database}`, summary: error.message }],
    };
  }
}

interface LiveTable {
  readonly name: string;
  readonly bytes: string;
  readonly rows: string | null;
}

async function compare(session: Session, inventory: Inventory): Promise<ProbeFinding[]> {
  const schemas = new Set(
    (
      await session.query<{ name: string }>(
        'select quote_ident(nspname) as name from pg_catalog.pg_namespace',
      )
    ).map(({ name }) => name),
  );
  const live = new Map<string, LiveTable>();
  const rows = await session.query<LiveTable>(
    `select c.oid::regclass::text as name, pg_relation_size(c.oid) as bytes, s.n_live_tup as rows
     from pg_catalog.pg_class c left join pg_catalog.pg_stat_all_tables s on s.relid = c.oid
     where c.relkind in ('r', 'p')`,
  );
  for (const row of rows) live.set(row.name, row);
  const findings: ProbeFinding[] = [];
  for (const { type, name } of inventory.objects) {
    if (type === 'schema' && !schemas.has(name)) {
      findings.push({ kind: 'missing', object: `schema ${name}`, summary: `The schema ${name} is gone.` });
    }
  }
  const parents = new Map(
    inventory.objects
      .filter(({ type }) => type === 'partition')
      .map(({ name, detail }) => [name, detail ?? '']),
  );
  const lostPartitions: InventoryObject[] = [];
  const asked: { object: InventoryObject; table: LiveTable }[] = [];
  for (const object of inventory.objects.filter(isTable)) {
    const table = live.get(object.name);
    const had = object.count === undefined ? '' : `, which had ${countOf(object.count, 'row')},`;
    if (table === undefined && live.has(parents.get(object.name) ?? '')) {
      lostPartitions.push(object);
    } else if (table === undefined) {
      const summary = `The table ${object.name}${had} is gone.`;
      findings.push({ kind: 'missing', object: `table ${object.name}`, summary });
    } else if (object.type === 'table' && (object.count ?? 0) > 0) {
      asked.push({ object, table });
    }
  }
  findings.push(...findLostPartitions(inventory, lostPartitions, parents));
  asked.sort((a, b) => (b.object.count ?? 0) - (a.object.count ?? 0));
  for (const { object, table } of asked.slice(0, maxTables)) {
    const shrunk = await findShrunk(session, object, table);
    if (shrunk !== undefined) findings.push(shrunk);
  }
  return findings;
}

/**
 * Dropping a partition is how old rows are cleared away. It is a finding when the partitions that are gone
 * held a good part of what their table had.
 */
function findLostPartitions(
  inventory: Inventory,
  lost: readonly InventoryObject[],
  parents: ReadonlyMap<string, string>,
): ProbeFinding[] {
  const rows = new Map<string, number>();
  for (const { name, count = 0 } of lost) {
    const parent = parents.get(name) ?? '';
    rows.set(parent, (rows.get(parent) ?? 0) + count);
  }
  const findings: ProbeFinding[] = [];
  for (const { name, type, count = 0 } of inventory.objects) {
    const gone = rows.get(name) ?? 0;
    if (type !== 'partitioned-table' || gone === 0 || gone <= count * shrunkTo) continue;
    const part = `${gone.toLocaleString('en-US')} of ${countOf(count, 'row')}`;
    const summary = `The table ${name} has lost the partitions that held ${part}.`;
    findings.push({ kind: 'shrunk', object: `table ${name}`, summary, lostShare: gone / count });
  }
  return findings;
}

async function findShrunk(
  session: Session,
  { name, count = 0 }: InventoryObject,
  table: LiveTable,
): Promise<ProbeFinding | undefined> {
  const finding = (found: number): ProbeFinding => ({
    kind: 'shrunk',
    object: `table ${name}`,
    summary: `The table ${name} has ${found === 0 ? 'no rows' : countOf(found, 'row')}; the last backup has ${countOf(count, 'row')}.`,
    lostShare: 1 - found / count,
  });
  if (Number(table.bytes) === 0) return finding(0);
  const enough = Math.ceil(count * shrunkTo);
  // The server's running estimate decides whether a look is worth it; it never decides alone.
  const suspicious = table.rows !== null && Number(table.rows) < enough && enough <= maxCounted;
  const limit = suspicious ? enough : 1;
  try {
    const [row] = await session.query<{ found: string }>(
      `select count(*) as found from (select from only ${name} limit ${limit}) rows`,
    );
    const found = Number(row?.found);
    return found === 0 || found < limit ? finding(found) : undefined;
  } catch (error) {
    // Locked or slow is not gone; a broken connection is the caller's to report.
    if (error instanceof SourceError && error.code === 'source.unreachable') throw error;
    return undefined;
  }
}
