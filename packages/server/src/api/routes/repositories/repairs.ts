import { z } from '@hono/zod-openapi';
import {
  type RepairFigures,
  type RepairOutcome,
  type RepairPayload,
  type RepairWish,
  repairPlanRequest,
  repairRequest,
} from '../../../backup/index.ts';
import { type Job, NotFoundError, ServerError } from '../../../platform/index.ts';
import type { Reply } from '../../answers/reply.ts';
import type { Operations } from '../../operations.ts';
import { cutPage, pageQuery, pageShape, readIdCursor } from '../../requests/page.ts';
import { given } from '../../shapes/given.ts';
import { newRepairPlanShape, repairPlanShape, repairShape, wholeRepairShape } from '../../shapes/repair.ts';
import { numberParam } from '../../shapes/texts.ts';
import { jobShape } from '../../shapes/work.ts';
import { beginner } from '../begin-job.ts';
import { presentJob } from '../present-job.ts';
import type { ApiRooms } from '../rooms.ts';

const tag = 'Repositories';
const subject = 'repository:primary';

/** Mending the platform's repository when it is damaged: seen first, and then that very thing. */
export function addRepairs(operations: Operations, rooms: ApiRooms): void {
  const { jobs, database, audit } = rooms;
  const begin = beginner(rooms);

  const found = async (id: number, kind: 'repair' | 'repair-plan'): Promise<Job> => {
    const job = await jobs.get(id);
    if (job?.kind !== kind) throw new NotFoundError(`${kind} ${id}`);
    return job;
  };

  operations.add(
    {
      id: 'planRepair',
      method: 'post',
      path: '/repair-plans',
      tag,
      summary: "Find out what can be mended of the platform's damaged repository",
      description:
        'Changes nothing, and backups go on. Nothing here brings back what is lost, so put back first what a copy of the repository holds. Then, in this order: the index, the packs that a check names, the snapshots. It is a job: what it found is at `getRepairPlan` under its id.',
      permission: 'repositories.check',
      body: newRepairPlanShape,
      creates: true,
      answer: { status: 202, description: 'The job; follow it at Location', shape: jobShape },
    },
    async (call) => await begin(call, repairPlanRequest(given(call.body) as RepairWish), subject),
  );
  operations.add(
    {
      id: 'getRepairPlan',
      method: 'get',
      path: '/repair-plans/{id}',
      tag,
      summary: 'What would be mended, and what would go',
      description: 'For whoever may look into snapshots: what is damaged may be named by its path.',
      permission: 'snapshots.read',
      params: numberParam,
      answer: { status: 200, description: 'The plan', shape: repairPlanShape },
    },
    async ({ params: { id } }) => {
      const job = await found(id, 'repair-plan');
      const { marks: _, ...figures } = figuresOf(job) ?? {};
      return { status: 200, body: { ...presentState(job), ...presentWish(job), ...figures } };
    },
  );
  operations.add(
    {
      id: 'carryOutRepairPlan',
      method: 'post',
      path: '/repair-plans/{id}/carry-out',
      tag,
      summary: 'Mend what a plan says',
      description:
        'Needs a fresh proof of who asks, which no key can give: it is done in the console, or with `octobox repair` on the machine of the platform. Nobody else works on the repository meanwhile. When something else would go by the time that it runs, nothing does and the job fails. One that was cut off goes on with its next attempt.',
      permission: 'repositories.change',
      params: numberParam,
      creates: true,
      answer: { status: 202, description: 'The job; follow it at Location', shape: jobShape },
    },
    async ({ caller, params: { id }, remember, requireStill }) => {
      const planned = await found(id, 'repair-plan');
      const figures = figuresOf(planned);
      if (figures?.changesAnything !== true) throw nothingToDo(planned);
      const wish = planned.payload as RepairWish;
      return await database.change(async (transaction) => {
        await requireStill(transaction);
        const { actor } = caller.origin;
        const request = repairRequest({ wish, plan: id, marks: figures.marks, actor });
        const { job, added } = await jobs.enqueue(request, transaction);
        if (!added && (job.payload as RepairPayload).plan !== id) throw underWay(job.id);
        if (added) {
          await audit.append(transaction, {
            action: 'repair.asked',
            origin: caller.origin,
            subject,
            after: { job: job.id, plan: id, what: wish.what, ...figures.counts },
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
      id: 'listRepairs',
      method: 'get',
      path: '/repairs',
      tag,
      summary: 'What was mended by plans, the newest first',
      description: 'Of the last 30 days.',
      permission: 'repositories.read',
      query: z.strictObject(pageQuery),
      answer: { status: 200, description: 'A page of repairs', shape: pageShape(repairShape) },
    },
    async ({ query: { limit, cursor } }) => {
      const beforeId = readIdCursor('repairs', cursor);
      const list = await jobs.list({ kind: 'repair', limit: limit + 1, ...given({ beforeId }) });
      const { items, nextCursor } = cutPage('repairs', list, limit, ({ id }) => id);
      return { status: 200, body: { items: items.map(presentRepair), nextCursor } };
    },
  );
  operations.add(
    {
      id: 'getRepair',
      method: 'get',
      path: '/repairs/{id}',
      tag,
      summary: 'What one plan came to',
      description: 'For whoever may look into snapshots: what was damaged may be named by its path.',
      permission: 'snapshots.read',
      params: numberParam,
      answer: { status: 200, description: 'The repair', shape: wholeRepairShape },
    },
    async ({ params: { id } }) => {
      const job = await found(id, 'repair');
      return { status: 200, body: { ...presentRepair(job), ...outcomeOf(job) } };
    },
  );
}

const figuresOf = ({ result }: Job): RepairFigures | undefined => result as RepairFigures | undefined;
const outcomeOf = ({ result }: Job): RepairOutcome | undefined => result as RepairOutcome | undefined;

function presentWish({ payload }: Job): Pick<z.output<typeof repairPlanShape>, 'what' | 'packs'> {
  const wish = payload as RepairWish;
  return wish.what === 'packs' ? { ...wish, packs: [...wish.packs] } : wish;
}

function presentState(job: Job) {
  const { id, state, createdAt, startedAt, finishedAt, progress, failure } = presentJob(job);
  return { id, state, createdAt, startedAt, finishedAt, progress, failure };
}

function presentRepair(job: Job): z.output<typeof repairShape> {
  const { wish, plan } = job.payload as RepairPayload;
  return { ...presentState(job), what: wish.what, plan, ...given({ counts: outcomeOf(job)?.counts }) };
}

const nothingToDo = ({ id, state }: Job): ServerError =>
  state === 'succeeded'
    ? new ServerError('server.plan-outdated', 'by this plan there is nothing to mend')
    : new ServerError('server.plan-outdated', 'there is no such plan: its job has not succeeded', {
        advice: `Look at job ${id}; when it has, look at the plan, and carry out that.`,
      });

const underWay = (job: number): ServerError =>
  new ServerError('server.under-way', 'another plan is carried out already', {
    advice: `Wait for its end, or stop it: it is job ${job}.`,
  });
