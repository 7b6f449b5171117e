import { z } from '@hono/zod-openapi';
import type { Permission, Places } from '../../access/index.ts';
import { type Job, NotFoundError } from '../../platform/index.ts';
import { Live } from '../answers/live.ts';
import { ApiError } from '../answers/problem.ts';
import { reaches } from '../operation.ts';
import type { Operations } from '../operations.ts';
import { cutPage, pageQuery, pageShape, readIdCursor } from '../requests/page.ts';
import { instantText, numberParam, word } from '../shapes/texts.ts';
import { jobShape } from '../shapes/work.ts';
import { presentJob, sourceOf } from './present-job.ts';
import type { ApiRooms } from './rooms.ts';

const tag = 'Jobs';
const states = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
/** Who may do the work may also stop it. */
const stoppedBy: Readonly<Record<string, Permission>> = {
  backup: 'backups.run',
  check: 'repositories.check',
  drill: 'drills.run',
  forget: 'snapshots.remove',
  mirror: 'mirrors.run',
  'prune-plan': 'repositories.check',
  'repair-plan': 'repositories.check',
  restore: 'restores.run',
  statistics: 'repositories.check',
  tag: 'snapshots.change',
};

const nothingMore = (error: unknown): undefined => {
  if (!(error instanceof NotFoundError || error instanceof ApiError)) throw error;
};

/** Work in the queue: what it is doing, and stopping it. */
export function addJobs(operations: Operations, rooms: ApiRooms): void {
  const { catalog, jobs, access, audit } = rooms;
  const live = new Live(rooms.log);

  const serviceOf = async (job: Job): Promise<string | undefined> => {
    const sourceId = sourceOf(job);
    return (await catalog.sources()).find(({ id }) => id === sourceId)?.serviceId;
  };
  const found = async (id: number, places: Places): Promise<Job> => {
    const job = await jobs.get(id);
    if (job === undefined || (places !== 'all' && !reaches(places, await serviceOf(job))))
      throw new NotFoundError(`job ${id}`);
    return job;
  };

  operations.add(
    {
      id: 'listJobs',
      method: 'get',
      path: '/jobs',
      tag,
      summary: 'Jobs, the newest first',
      description: 'What ended is kept for 30 days. Only who may see all services sees this list.',
      permission: 'runs.read',
      query: z.strictObject({
        ...pageQuery,
        state: z.enum(states).optional(),
        kind: word(50).optional(),
      }),
      answer: { status: 200, description: 'A page of jobs', shape: pageShape(jobShape) },
    },
    async ({ places, query }) => {
      if (places !== 'all') return { status: 200, body: { items: [], nextCursor: null } };
      const beforeId = readIdCursor('jobs', query.cursor);
      const list = await jobs.list({
        limit: query.limit + 1,
        ...(beforeId === undefined ? {} : { beforeId }),
        ...(query.state === undefined ? {} : { states: [query.state] }),
        ...(query.kind === undefined ? {} : { kind: query.kind }),
      });
      const { items, nextCursor } = cutPage('jobs', list, query.limit, ({ id }) => id);
      return { status: 200, body: { items: items.map(presentJob), nextCursor } };
    },
  );
  operations.add(
    {
      id: 'getJob',
      method: 'get',
      path: '/jobs/{id}',
      tag,
      summary: 'One job, with its progress',
      permission: 'runs.read',
      params: numberParam,
      answer: { status: 200, description: 'The job', shape: jobShape },
    },
    async ({ params, places }) => ({ status: 200, body: presentJob(await found(params.id, places)) }),
  );
  operations.add(
    {
      id: 'getJobLog',
      method: 'get',
      path: '/jobs/{id}/log',
      tag,
      summary: 'What a job said',
      description: 'Of many lines the first and the last are kept.',
      permission: 'runs.read',
      params: numberParam,
      answer: {
        status: 200,
        description: 'The lines',
        shape: z.strictObject({ items: z.array(z.strictObject({ at: instantText, line: z.string() })) }),
      },
    },
    async ({ params, places }) => {
      const { id } = await found(params.id, places);
      return { status: 200, body: { items: await jobs.log(id) } };
    },
  );
  operations.add(
    {
      id: 'followJob',
      method: 'get',
      path: '/jobs/{id}/events',
      tag,
      summary: 'A job as it goes on, as server-sent events',
      description:
        'An event `job` with the job as its data, at first and after every change; with the last one of a job that ended the stream ends. Browsers connect again by themselves when it was cut.',
      permission: 'runs.read',
      params: numberParam,
      answer: { status: 200, description: 'Events', shape: z.string(), type: 'text/event-stream' },
    },
    async ({ context, caller, params, places, placesNow }) => {
      const { id } = await found(params.id, places);
      return live.follow(context, caller.user.id, async () => {
        // Whose key is over, or who lost the right to it, is shown no more.
        const job = await placesNow()
          .then((now) => found(id, now))
          .catch(nothingMore);
        return job === undefined
          ? undefined
          : { event: 'job', data: presentJob(job), last: job.finishedAt !== undefined };
      });
    },
  );
  operations.add(
    {
      id: 'cancelJob',
      method: 'post',
      path: '/jobs/{id}/cancel',
      tag,
      summary: 'Stop a job, or take it out of the queue',
      description:
        'Needs besides what such work needs: `backups.run`, `repositories.check`, `drills.run`, `snapshots.remove`, `mirrors.run`, `restores.run`, else `repositories.change`. A job that has ended stays as it is; nothing half-done looks whole.',
      permission: 'runs.read',
      params: numberParam,
      answer: { status: 202, description: 'The job; it ends soon', shape: jobShape },
    },
    async ({ caller, params, places }) => {
      const job = await found(params.id, places);
      const service = await serviceOf(job);
      const permission = stoppedBy[job.kind] ?? 'repositories.change';
      const where = service === undefined ? {} : { service };
      await access.require(caller, permission, where);
      await jobs.cancel(job.id, async (transaction) => {
        await access.require(caller, permission, { ...where, reader: transaction });
        const record = { action: `${job.kind}.cancelled`, origin: caller.origin, subject: `job:${job.id}` };
        await audit.append(transaction, record);
      });
      return { status: 202, body: presentJob((await jobs.get(job.id)) ?? job) };
    },
  );
}
