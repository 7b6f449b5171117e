import type { HistoryDatabase } from './database.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** As many as the public page looks back at. */
const days = 90;
const incidents = 40;
const drillsOfEach = 100;
const rowsOfStatement = 500;

type Value = string | number | null;
type Row = Readonly<Record<string, Value>>;

/**
 * What a company has after years: `runs` backups, spread over its sources, an hour apart; a drill and a half a week;
 * three months of observed health; incidents that are over; jobs and audit entries. Older than what really was done.
 */
export async function writeHistory(database: HistoryDatabase, runs: number): Promise<void> {
  const sources = (await database.first('select id, service_id from sources order by id')) as {
    id: string;
    service_id: string;
  }[];
  const now = Date.now();
  const before = (ms: number): string => new Date(now - ms).toISOString();
  const count = sources.length;
  await insert(database, 'runs', runs, (at) => {
    const age = Math.ceil((runs - at) / count) * hourMs;
    const failed = at % 97 === 0;
    return {
      source_id: sources[at % count]?.id ?? '',
      job_id: 1_000_000 + at,
      state: failed ? 'failed' : 'succeeded',
      reason: 'schedule',
      started_at: before(age),
      finished_at: before(age - 4_200),
      snapshot_id: failed ? null : at.toString(16).padStart(64, '0'),
      recovery_point_at: failed ? null : before(age),
      bytes_read: failed ? null : 1_234_567_890,
      bytes_stored: failed ? null : 12_345_678,
      files: failed ? null : 12_345,
      files_changed: failed ? null : 123,
      warnings: '[]',
      failure: failed ? '{"code":"server.source","message":"the server does not answer"}' : null,
      suspect: 0,
    };
  });
  await insert(database, 'drills', drillsOfEach * count, (at) => {
    const age = (Math.ceil((drillsOfEach * count - at) / count) * dayMs * 7) / 2;
    return {
      source_id: sources[at % count]?.id ?? '',
      job_id: 2_000_000 + at,
      state: 'passed',
      reason: 'schedule',
      snapshot_id: at.toString(16).padStart(64, '0'),
      recovery_point_at: before(age + hourMs),
      started_at: before(age),
      finished_at: before(age - 90_000),
      restore_ms: 61_000,
      verify_ms: 29_000,
      bytes: 1_234_567_890,
      files: 12_345,
      checks: '[]',
      failure: null,
      warnings: '[]',
      rpo_seconds: 3_600,
      rto_seconds: 14_400,
    };
  });
  await insert(database, 'health_days', count * days, (at) => ({
    source_id: sources[at % count]?.id ?? '',
    day: before((Math.floor(at / count) + 1) * dayMs).slice(0, 10),
    up_seconds: 86_340,
    down_seconds: 60,
  }));
  await insert(database, 'audit_entries', 10_000, (at) => ({
    at: before((10_000 - at) * hourMs),
    action: 'session.begun',
    actor: 'a user',
    actor_name: 'Ada Lovelace',
    subject: 'user:a user',
    address: '192.0.2.7',
    user_agent: 'Mozilla/5.0 (X11; Linux x86_64)',
    before: null,
    after: null,
  }));
  await insert(database, 'jobs', 2_000, (at) => ({
    kind: 'backup',
    payload: JSON.stringify({ sourceId: sources[at % count]?.id, reason: 'schedule' }),
    state: 'succeeded',
    attempts: 1,
    max_attempts: 3,
    run_at: before((2_000 - at) * 300_000),
    created_at: before((2_000 - at) * 300_000),
    started_at: before((2_000 - at) * 300_000),
    finished_at: before((2_000 - at) * 300_000 - 4_200),
  }));
  await writeIncidents(database, sources, before);
}

async function writeIncidents(
  database: HistoryDatabase,
  sources: readonly { service_id: string }[],
  before: (ms: number) => string,
): Promise<void> {
  const age = (at: number): number => (incidents - at) * 2 * dayMs;
  await insert(database, 'incidents', incidents, (at) => ({
    title: 'The shop does not answer',
    state: 'resolved',
    impact: 'outage',
    opened_by: 'person',
    opened_at: before(age(at)),
    resolved_at: before(age(at) - hourMs),
    estimate: null,
  }));
  const ids = (await database.first('select id from incidents order by id')).map(({ id }) => Number(id));
  await insert(database, 'incident_services', ids.length, (at) => ({
    incident_id: ids[at] ?? 0,
    service_id: sources[at % sources.length]?.service_id ?? '',
  }));
  await insert(database, 'incident_updates', ids.length * 3, (at) => ({
    incident_id: ids[Math.floor(at / 3)] ?? 0,
    at: before(age(Math.floor(at / 3)) - ((at % 3) * hourMs) / 2),
    state: (['investigating', 'monitoring', 'resolved'] as const)[at % 3] ?? 'resolved',
    text: 'We have seen it, and restore the database from the backup of this hour.',
  }));
}

async function insert(
  database: HistoryDatabase,
  table: string,
  count: number,
  rowAt: (at: number) => Row,
): Promise<void> {
  for (let from = 0; from < count; from += rowsOfStatement) {
    const rows = Array.from({ length: Math.min(rowsOfStatement, count - from) }, (_, at) => rowAt(from + at));
    const columns = Object.keys(rows[0] ?? {});
    const tuples = rows.map((row) => `(${columns.map((column) => literal(row[column] ?? null)).join(', ')})`);
    await database.run(`insert into ${table} (${columns.join(', ')}) values ${tuples.join(',\n')}`);
  }
}

const literal = (value: Value): string =>
  typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
