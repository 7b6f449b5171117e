import { z } from '@hono/zod-openapi';
import { type CheckOutcome, type CheckPayload, checkRequest } from '../../../backup/index.ts';
import { type Job, NotFoundError } from '../../../platform/index.ts';
import type { Operations } from '../../operations.ts';
import { cutPage, pageQuery, pageShape, readIdCursor } from '../../requests/page.ts';
import { checkShape, newCheckShape, wholeCheckShape } from '../../shapes/repository-check.ts';
import { numberParam } from '../../shapes/texts.ts';
import { jobShape } from '../../shapes/work.ts';
import { beginner } from '../begin-job.ts';
import { presentJob } from '../present-job.ts';
import type { ApiRooms } from '../rooms.ts';

const tag = 'Repositories';

/** Whether the platform's repository is whole: asked now, and what was found before. */
export function addRepositoryChecks(operations: Operations, rooms: ApiRooms): void {
  const { jobs } = rooms;
  const begin = beginner(rooms);

  operations.add(
    {
      id: 'checkRepository',
      method: 'post',
      path: '/repository-checks',
      tag,
      summary:
        "Check the platform's repository now: that all is there, and that what is read is as it was written",
      description:
        'Changes nothing. Nobody else works on the repository meanwhile: backups and retention wait. A check that is under way or waits for its turn is joined, whatever it reads: the answer is its job.',
      permission: 'repositories.check',
      body: newCheckShape,
      creates: true,
      answer: { status: 202, description: 'The job; follow it at Location', shape: jobShape },
    },
    async (call) => await begin(call, checkRequest({ data: call.body.data }), 'repository:primary'),
  );
  operations.add(
    {
      id: 'listRepositoryChecks',
      method: 'get',
      path: '/repository-checks',
      tag,
      summary: "Checks of the platform's repository, the newest first",
      description: 'Those that were asked for here, of the last 30 days.',
      permission: 'repositories.read',
      query: z.strictObject(pageQuery),
      answer: { status: 200, description: 'A page of checks', shape: pageShape(checkShape) },
    },
    async ({ query: { limit, cursor } }) => {
      const beforeId = readIdCursor('repository-checks', cursor);
      const list = await jobs.list({
        kind: 'check',
        limit: limit + 1,
        ...(beforeId === undefined ? {} : { beforeId }),
      });
      const { items, nextCursor } = cutPage('repository-checks', list, limit, ({ id }) => id);
      return { status: 200, body: { items: items.map(presentCheck), nextCursor } };
    },
  );
  operations.add(
    {
      id: 'getRepositoryCheck',
      method: 'get',
      path: '/repository-checks/{id}',
      tag,
      summary: 'One check, with what it found',
      description: 'For whoever may look into snapshots: what is damaged may be named by its path.',
      permission: 'snapshots.read',
      params: numberParam,
      answer: { status: 200, description: 'The check', shape: wholeCheckShape },
    },
    async ({ params: { id } }) => {
      const job = await jobs.get(id);
      if (job?.kind !== 'check') throw new NotFoundError(`check ${id}`);
      const { findings = [] } = outcomeOf(job) ?? {};
      return { status: 200, body: { ...presentCheck(job), findings } };
    },
  );
}

const outcomeOf = ({ result }: Job): CheckOutcome | undefined => result as CheckOutcome | undefined;

function presentCheck(job: Job): z.output<typeof checkShape> {
  const { id, state, createdAt, startedAt, finishedAt, progress, failure } = presentJob(job);
  const { findings: _, ...found } = outcomeOf(job) ?? {};
  const { data } = job.payload as CheckPayload;
  return { id, state, createdAt, startedAt, finishedAt, progress, failure, data, ...found };
}
