import { z } from '@hono/zod-openapi';
import {
  type PruneFigures,
  type PruneOutcome,
  type PrunePayload,
  type PruneWish,
  prunePlanRequest,
  pruneRequest,
} from '../../../backup/index.ts';
import { type Job, NotFoundError, ServerError } from '../../../platform/index.ts';
import type { Reply } from '../../answers/reply.ts';
import type { Operations } from '../../operations.ts';
import { cutPage, pageQuery, pageShape, readIdCursor } from '../../requests/page.ts';
import { given } from '../../shapes/given.ts';
import { newPrunePlanShape, prunePlanShape, pruneShape } from '../../shapes/prune.ts';
import { numberParam } from '../../shapes/texts.ts';
import { jobShape } from '../../shapes/work.ts';
import { beginner } from '../begin-job.ts';
import { presentJob } from '../present-job.ts';
import type { ApiRooms } from '../rooms.ts';

const tag = 'Repositories';
const subject = 'repository:primary';

/** Freeing the space of what no snapshot needs: seen first, and then that very thing. */
export function addPrunes(operations: Operations, rooms: ApiRooms): void {
  const { jobs, database, audit } = rooms;
  const begin = beginner(rooms);

  const found = async (id: number, kind: 'prune' | 'prune-plan'): Promise<Job> => {
    const job = await jobs.get(id);
    if (job?.kind !== kind) throw new NotFoundError(`${kind} ${id}`);
    return job;
  };

  operations.add(
    {
      id: 'planPrune',
      method: 'post',
      path: '/prune-plans',
      tag,
      summary: "Find out what space of the platform's repository can be freed",
      description:
        'Changes nothing, and backups go on. All folders of all snapshots are read, so it is a job: what it found is at `getPrunePlan` under its id.',
      permission: 'repositories.check',
      body: newPrunePlanShape,
      creates: true,
      answer: { status: 202, description: 'The job; follow it at Location', shape: jobShape },
    },
    async (call) => await begin(call, prunePlanRequest(given(call.body)), subject),
  );
  operations.add(
    {
      id: 'getPrunePlan',
      method: 'get',
      path: '/prune-plans/{id}',
      tag,
      summary: 'What space would be freed, and what would be written again for it',
      permission: 'repositories.read',
      params: numberParam,
      answer: { status: 200, description: 'The plan', shape: prunePlanShape },
    },
    async ({ params: { id } }) => {
      const job = await found(id, 'prune-plan');
      const { digest: _, ...figures } = figuresOf(job) ?? {};
      return { status: 200, body: { ...presentState(job), ...(job.payload as PruneWish), ...figures } };
    },
  );
  operations.add(
    {
      id: 'carryOutPrunePlan',
      method: 'post',
      path: '/prune-plans/{id}/carry-out',
      tag,
      summary: 'Free the space that a plan says',
      description:
        'Needs a fresh proof of who asks, which no key can give: it is done in the console, or with `octobox prune` on the machine of the platform. Data of forgotten snapshots is gone for good afterwards. Nobody else works on the repository meanwhile. When other data would go by the time that it runs, none goes and the job fails.',
      permission: 'repositories.change',
      params: numberParam,
      creates: true,
      answer: { status: 202, description: 'The job; follow it at Location', shape: jobShape },
    },
    async ({ caller, params: { id }, remember, requireStill }) => {
      const planned = await found(id, 'prune-plan');
      const figures = figuresOf(planned);
      if (figures?.changesAnything !== true) throw nothingToDo(planned);
      return await database.change(async (transaction) => {
        await requireStill(transaction);
        const request = pruneRequest({ wish: planned.payload as PruneWish, digest: figures.digest });
        const { job, added } = await jobs.enqueue(request, transaction);
        if (!added && (job.payload as PrunePayload).digest !== figures.digest) throw underWay(job.id);
        if (added) {
          await audit.append(transaction, {
            action: 'prune.asked',
            origin: caller.origin,
            subject,
            after: { job: job.id, plan: id, packs: figures.packsRemoved, bytes: figures.bytesFreed },
          });
        }
        const headers = { location: `/api/v1/jobs/${job.id}` };
        const reply: Reply = { status: 202, headers, body: presentJob(job) };
        await remember(transaction, reply);
        return reply;
      });
    },
  );
  operations.add(
    {
      id: 'listPrunes',
      method: 'get',
      path: '/prunes',
      tag,
      summary: 'What was freed by plans, the newest first',
      description: 'Of the last 30 days. What retention frees once a day is in its jobs.',
      permission: 'repositories.read',
      query: z.strictObject(pageQuery),
      answer: { status: 200, description: 'A page of prunes', shape: pageShape(pruneShape) },
    },
    async ({ query: { limit, cursor } }) => {
      const beforeId = readIdCursor('prunes', cursor);
      const list = await jobs.list({ kind: 'prune', limit: limit + 1, ...given({ beforeId }) });
      const { items, nextCursor } = cutPage('prunes', list, limit, ({ id }) => id);
      return { status: 200, body: { items: items.map(presentPrune), nextCursor } };
    },
  );
  operations.add(
    {
      id: 'getPrune',
      method: 'get',
      path: '/prunes/{id}',
      tag,
      summary: 'What one plan came to',
      permission: 'repositories.read',
      params: numberParam,
      answer: { status: 200, description: 'The prune', shape: pruneShape },
    },
    async ({ params: { id } }) => ({ status: 200, body: presentPrune(await found(id, 'prune')) }),
  );
}

const figuresOf = ({ result }: Job): PruneFigures | undefined => result as PruneFigures | undefined;

function presentState(job: Job) {
  const { id, state, createdAt, startedAt, finishedAt, progress, failure } = presentJob(job);
  return { id, state, createdAt, startedAt, finishedAt, progress, failure };
}

const presentPrune = (job: Job): z.output<typeof pruneShape> => ({
  ...presentState(job),
  ...(job.result as PruneOutcome | undefined),
});

const nothingToDo = ({ id, state }: Job): ServerError =>
  state === 'succeeded'
    ? new ServerError('server.plan-outdated', 'by this plan there is nothing to free')
    : new ServerError('server.plan-outdated', 'there is no such plan: its job has not succeeded', {
        advice: `Look at job ${id}; when it has, look at the plan, and carry out that.`,
      });

const underWay = (job: number): ServerError =>
  new ServerError('server.under-way', 'another plan is carried out already', {
    advice: `Wait for its end, or stop it: it is job ${job}.`,
  });
