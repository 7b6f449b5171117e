import { join } from 'node:path';
import {
  BackupJob,
  backupRequest,
  CheckJob,
  DamagedPacks,
  ForgetJob,
  PruneJob,
  PrunePlanJob,
  RepairJob,
  RepairPlanJob,
  RetentionJob,
  StatisticsJob,
  TagJob,
} from './backup/index.ts';
import { MailJob } from './mail/index.ts';
import { DrillJob, drillRequest, RestoreJob } from './recovery/index.ts';
import type { Rooms } from './rooms.ts';
import { replaceSnapshot } from './snapshot-replacement.ts';

/** A backup waits longer for the comparison than a round of the monitoring: without it a loss would look normal. */
const comparingMs = 10 * 60_000;

/** Tells the queue how each kind of job is done, and the schedules which job they put in it. */
export function defineJobs(rooms: Rooms): void {
  const { config, jobs, schedules, catalog, keeper, monitoring, offSite } = rooms;
  jobs.define(
    new BackupJob({
      ...rooms,
      isSuspect: (sourceId) => monitoring.outages.isDamaged(sourceId),
      lacksSomething: async (source, signal) => {
        await monitoring.lookAt(source, signal, comparingMs);
        return await monitoring.outages.isDamaged(source.id);
      },
      reportSigns: (source, signs) => monitoring.suspect(source, signs),
      isUnderSuspicion: (sourceId) => monitoring.outages.isUnderSuspicion(sourceId),
    }),
  );
  jobs.define(
    new DrillJob({
      ...rooms,
      scratchFolder: join(config.dataFolder, 'scratch'),
      openCopy: (name, signal) => offSite.open(name, signal),
      newestCopy: async (name, sourceId) =>
        (await offSite.book.copies(name)).find((copy) => copy.sourceId === sourceId)?.snapshotId,
    }),
  );
  jobs.define(
    new RestoreJob({
      ...rooms,
      incidentOf: async (sourceId) => (await rooms.desk.incidentOfSource(sourceId))?.id,
    }),
  );
  jobs.define(
    new RetentionJob({
      catalog,
      keeper,
      growth: rooms.growth,
      retention: config.retention,
      rests: rooms.rests,
      events: rooms.events,
    }),
  );
  jobs.define(new CheckJob(rooms));
  jobs.define(new ForgetJob(rooms));
  jobs.define(new PrunePlanJob(rooms));
  jobs.define(new PruneJob(rooms));
  jobs.define(new RepairPlanJob(rooms));
  jobs.define(
    new RepairJob({
      keeper,
      damagedPacks: new DamagedPacks({ keeper, dataFolder: config.dataFolder }),
      tellRepaired: ({ actor, job, ...written }) =>
        replaceSnapshot(rooms, { ...written, verb: 'repair', origin: { actor }, after: { job } }),
    }),
  );
  jobs.define(new StatisticsJob(rooms));
  jobs.define(
    new TagJob({
      ...rooms,
      replace: ({ origin }, job, written) =>
        replaceSnapshot(rooms, { ...written, verb: 'tag', origin, after: { job } }),
    }),
  );
  jobs.define(new MailJob(rooms));
  schedules.handle('backup', ({ subject }) => backupRequest({ sourceId: subject, reason: 'schedule' }));
  schedules.handle('drill', ({ subject }) => drillRequest({ sourceId: subject, reason: 'schedule' }));
}
