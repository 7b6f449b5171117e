import { type ReplacedSnapshots, type Rests, type Runs, retentionRequest } from './backup/index.ts';
import type { Catalog } from './catalog/index.ts';
import type { Monitoring } from './monitoring/index.ts';
import { type Clock, instant, type JobQueue } from './platform/index.ts';
import type { Recoveries } from './recovery/index.ts';

interface Resting {
  readonly runs: Runs;
  readonly replaced: ReplacedSnapshots;
  readonly recoveries: Recoveries;
  readonly monitoring: Monitoring;
}

const hourMs = 3_600_000;

/** Retention runs once a day, an hour after a backup, so that it is out of the way of the others. */
export async function planRetention({ clock, jobs }: { clock: Clock; jobs: JobQueue }): Promise<void> {
  const now = clock.now().getTime();
  const [last] = await jobs.list({ kind: 'retention', limit: 1 });
  if (last !== undefined && now - Date.parse(last.runAt) < 23 * hourMs) return;
  await jobs.enqueue({ ...retentionRequest(), runAt: instant(new Date(now + hourMs)) });
}

/** What speaks against forgetting a snapshot, as the rooms know it. */
export const restsOf = (rooms: Resting & { readonly catalog: Catalog }): Rests => ({
  sources: () => rooms.catalog.sources(),
  neededSnapshots: (sourceId) => neededSnapshots(rooms, sourceId),
  isUnderSuspicion: (sourceId) => rooms.monitoring.outages.isUnderSuspicion(sourceId),
  rehearsedSnapshot: async (sourceId) => (await rooms.recoveries.lastDrill(sourceId, 'passed'))?.snapshotId,
});

/**
 * Snapshots that something rests on; retention leaves them alone. A drill keeps telling what it was done on: without some
 * files that is still the backup that comes nearest to it.
 */
async function neededSnapshots(
  { runs, replaced, recoveries, monitoring }: Resting,
  sourceId: string,
): Promise<ReadonlySet<string>> {
  const good = await runs.lastGood(sourceId);
  const drill = await recoveries.lastDrill(sourceId, 'passed');
  const outages = await monitoring.outages.list({ sourceId, open: true });
  const ids = [good?.snapshotId, drill?.snapshotId, ...outages.map((outage) => outage.referenceSnapshotId)];
  const needed = ids.filter((id) => id !== undefined);
  return new Set([...needed, ...(await replaced.successors(needed)).values()]);
}
