import { tagRequest } from '../../../backup/index.ts';
import { NotFoundError } from '../../../platform/index.ts';
import type { Reply } from '../../answers/reply.ts';
import type { Operations } from '../../operations.ts';
import { requireUnchanged } from '../../requests/precondition.ts';
import { tagChangesShape } from '../../shapes/snapshot-tags.ts';
import { idParam } from '../../shapes/texts.ts';
import { jobShape } from '../../shapes/work.ts';
import { presentJob } from '../present-job.ts';
import type { ApiRooms } from '../rooms.ts';
import { snapshotSeer } from './seen-snapshot.ts';

export function addSnapshotTags(operations: Operations, rooms: ApiRooms): void {
  const { catalog, database, jobs, audit } = rooms;
  const see = snapshotSeer(rooms);

  operations.add(
    {
      id: 'changeSnapshot',
      method: 'patch',
      path: '/snapshots/{id}',
      tag: 'Snapshots',
      summary: 'Change the tags of a snapshot',
      description:
        "With other tags a snapshot has another id: once the job has ended `getSnapshot` tells it by the one of before, and runs, drills and restores name it. Tags that begin with `octobox:` are the platform's. Nobody else works on the repository meanwhile: backups wait.",
      permission: 'snapshots.change',
      params: idParam,
      body: tagChangesShape,
      changesThing: true,
      answer: { status: 202, description: 'The job; follow it at Location', shape: jobShape },
    },
    async ({ context, caller, places, params, body, requireStill }) => {
      const seen = await see(params.id, places);
      const { id, sourceId, tags: before } = seen;
      requireUnchanged(context, seen);
      if (seen.stored === 'no')
        throw new NotFoundError(`snapshot ${id.slice(0, 8)} in the repository any more`);
      const { add, remove } = body.tags;
      const service = (await catalog.sources()).find((source) => source.id === sourceId)?.serviceId;
      return await database.change(async (transaction) => {
        await requireStill(transaction, service);
        const request = tagRequest({ snapshot: id, sourceId, add, remove, origin: caller.origin });
        const { job, added } = await jobs.enqueue(request, transaction);
        if (added) {
          await audit.append(transaction, {
            action: 'tag.asked',
            origin: caller.origin,
            subject: `snapshot:${id}`,
            ...(before === undefined ? {} : { before: { tags: before.join(',') } }),
            after: { job: job.id, add: add.join(','), remove: remove.join(',') },
          });
        }
        const headers = { location: `/api/v1/jobs/${job.id}` };
        return { status: 202, headers, body: presentJob(job) } satisfies Reply;
      });
    },
  );
}
