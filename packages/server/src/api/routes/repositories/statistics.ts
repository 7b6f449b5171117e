import { z } from '@hono/zod-openapi';
import type { RepositoryStatistics } from '@octobox/repository';
import { type StatisticsPayload, statisticsRequest } from '../../../backup/index.ts';
import { type Job, NotFoundError } from '../../../platform/index.ts';
import type { Operations } from '../../operations.ts';
import { cutPage, pageQuery, pageShape, readIdCursor } from '../../requests/page.ts';
import { given } from '../../shapes/given.ts';
import { newStatisticsShape, statisticsShape } from '../../shapes/statistics.ts';
import { numberParam } from '../../shapes/texts.ts';
import { jobShape } from '../../shapes/work.ts';
import { beginner } from '../begin-job.ts';
import { presentJob } from '../present-job.ts';
import type { ApiRooms } from '../rooms.ts';
import { VisibleSources } from '../visible-sources.ts';

const tag = 'Repositories';

/** How much snapshots hold, counted in one of four ways. */
export function addStatistics(operations: Operations, rooms: ApiRooms): void {
  const { jobs, catalog } = rooms;
  const begin = beginner(rooms);
  const visible = new VisibleSources(catalog);

  operations.add(
    {
      id: 'countSnapshots',
      method: 'post',
      path: '/statistics',
      tag,
      summary: 'Count what snapshots hold: what restoring them writes, or what is stored for them',
      description:
        'Changes nothing, and backups go on. Folders are read, so it is a job: the sums are at `getStatistics` under its id. Of all snapshots, those of a source, or some.',
      permission: 'repositories.check',
      body: newStatisticsShape,
      creates: true,
      answer: { status: 202, description: 'The job; follow it at Location', shape: jobShape },
    },
    async (call) => {
      const { mode, source, snapshots } = call.body;
      const sourceId = source === undefined ? undefined : (await visible.named(call.places, source)).id;
      const request = statisticsRequest({ mode, ...given({ sourceId, snapshots }) });
      return await begin(call, request, 'repository:primary');
    },
  );
  operations.add(
    {
      id: 'listStatistics',
      method: 'get',
      path: '/statistics',
      tag,
      summary: 'What was counted, the newest first',
      description: 'Kept for 30 days; what is under way is among it, without sums.',
      permission: 'repositories.read',
      query: z.strictObject(pageQuery),
      answer: { status: 200, description: 'A page of counts', shape: pageShape(statisticsShape) },
    },
    async ({ query: { limit, cursor } }) => {
      const beforeId = readIdCursor('statistics', cursor);
      const counts = await jobs.list({ kind: 'statistics', limit: limit + 1, ...given({ beforeId }) });
      const { items, nextCursor } = cutPage('statistics', counts, limit, ({ id }) => id);
      return { status: 200, body: { items: items.map(presentStatistics), nextCursor } };
    },
  );
  operations.add(
    {
      id: 'getStatistics',
      method: 'get',
      path: '/statistics/{id}',
      tag,
      summary: 'What was counted',
      description: 'Kept for 30 days.',
      permission: 'repositories.read',
      params: numberParam,
      answer: { status: 200, description: 'The sums', shape: statisticsShape },
    },
    async ({ params: { id } }) => {
      const job = await jobs.get(id);
      if (job?.kind !== 'statistics') throw new NotFoundError(`statistics ${id}`);
      return { status: 200, body: presentStatistics(job) };
    },
  );
}

function presentStatistics(job: Job): z.output<typeof statisticsShape> {
  const { id, state, createdAt, startedAt, finishedAt, progress, failure } = presentJob(job);
  const { mode, sourceId, snapshots } = job.payload as StatisticsPayload;
  const counted = job.result as RepositoryStatistics | undefined;
  return {
    ...{ id, state, createdAt, startedAt, finishedAt, progress, failure, mode },
    ...given({ sourceId, snapshotIds: snapshots === undefined ? undefined : [...snapshots] }),
    ...(counted === undefined ? {} : presentSums(counted)),
  };
}

const presentSums = (counted: RepositoryStatistics) =>
  given({
    snapshots: counted.snapshots,
    bytes: counted.totalSize,
    files: counted.files,
    blobs: counted.blobs,
    bytesUncompressed: counted.uncompressedSize,
    compressionRatio: counted.compressionRatio,
    compressedPercent: counted.compressionProgress,
    savedPercent: counted.compressionSpaceSaving,
  });
