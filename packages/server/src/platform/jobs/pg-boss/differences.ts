import { sql } from 'kysely';
import type { Reader } from '../../database/index.ts';
import type { StoredJob } from '../job-claims.ts';
import { bossJobIdOf } from './boss-job-id.ts';
import { bossSchema } from './boss-statements.ts';

/** At a time: more are found when these have been put in order. */
const mostAtOnce = 1_000;

const bossJobs = sql.table(`${bossSchema}.job`);

/** Records of jobs that wait and that pg-boss does not have, or of jobs that run and that it has given to nobody. */
export async function recordsApart(
  reader: Reader,
  kinds: readonly string[],
  state: 'queued' | 'running',
): Promise<StoredJob[]> {
  const held = state === 'queued' ? sql`true` : sql`job.state = 'active'`;
  const heldJob = sql`select from ${bossJobs} as job
    where job.name = jobs.kind and job.id = ${bossJobIdOf(sql.ref('jobs.id'))} and ${held}`;
  return await reader
    .selectFrom('jobs')
    .selectAll()
    .where('state', '=', state)
    .where('kind', 'in', [...kinds])
    .where(sql<boolean>`not exists (${heldJob})`)
    .orderBy('id')
    .limit(mostAtOnce)
    .execute();
}

/** Jobs of pg-boss whose records do not wait and do not run. */
export async function forgottenJobs(
  reader: Reader,
  kinds: readonly string[],
): Promise<{ kind: string; id: string }[]> {
  return await reader
    .selectFrom(sql<{ name: string; id: string }>`${bossJobs}`.as('job'))
    .select(['job.name as kind', 'job.id'])
    .where('job.name', 'in', [...kinds])
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom('jobs')
            .select('jobs.id')
            .whereRef('jobs.kind', '=', 'job.name')
            .where('jobs.state', 'in', ['queued', 'running'])
            .where(sql<boolean>`${bossJobIdOf(sql.ref('jobs.id'))} = job.id`),
        ),
      ),
    )
    .limit(mostAtOnce)
    .execute();
}
