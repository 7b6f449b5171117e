import { sql } from 'kysely';
import type { Clock as BossClock, ClockTimer, PgBoss } from 'pg-boss';
import type { Database } from '../../database/index.ts';
import type { Log } from '../../log.ts';
import { type BossStatements, bossSchema } from './boss-statements.ts';

/** Its timers keep no process alive. None of them is for the work: that is asked of it when it is due. */
const quietClock: BossClock = {
  now: () => Date.now(),
  setTimeout: (work, ms) => setTimeout(work, ms).unref(),
  clearTimeout: (timer: ClockTimer) => clearTimeout(timer as NodeJS.Timeout),
  setInterval: (work, ms) => setInterval(work, ms).unref(),
  clearInterval: (timer: ClockTimer) => clearInterval(timer as NodeJS.Timeout),
};

/**
 * pg-boss on the platform's database, its tables made or brought up to date; several nodes may do so at once. Loaded here, since
 * a platform on SQLite has no use for it.
 */
export async function openBoss(options: {
  readonly database: Database;
  readonly log: Log;
  readonly statements: BossStatements;
  /** How often the heartbeats are looked at, at most; seconds. */
  readonly monitorIntervalSeconds: number;
}): Promise<PgBoss> {
  const { database, log, statements, monitorIntervalSeconds } = options;
  const { PgBoss } = await import('pg-boss');
  // Also with `if not exists` it would ask for the right to make one.
  const { rows } = await database.apart((connection) =>
    sql<{ found: boolean }>`select to_regnamespace(${bossSchema}) is not null as found`.execute(connection),
  );
  const boss = new PgBoss({
    db: statements,
    schema: bossSchema,
    createSchema: rows[0]?.found !== true,
    clock: quietClock,
    monitorIntervalSeconds,
    queueCacheIntervalSeconds: 86_400,
    supervise: false,
    schedule: false,
    registerInstance: false,
    monitorVacuum: false,
    reindex: false,
    openTelemetry: { enabled: false },
  });
  boss.on('error', (error) => log.warn({ error: error.message }, 'pg-boss met an error'));
  boss.on('warning', ({ message }) => log.warn({}, `pg-boss: ${message}`));
  await boss.start();
  await statements.followClock();
  return boss;
}
