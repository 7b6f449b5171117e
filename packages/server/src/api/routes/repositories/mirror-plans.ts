import { z } from '@hono/zod-openapi';
import { mirrorRequest, type Waiting } from '../../../offsite/index.ts';
import { type Reader, ServerError } from '../../../platform/index.ts';
import type { Reply } from '../../answers/reply.ts';
import type { Operations } from '../../operations.ts';
import { given } from '../../shapes/given.ts';
import { mirrorPlanShape, mirrorPlanStartShape } from '../../shapes/mirror-plan.ts';
import { word } from '../../shapes/texts.ts';
import { jobShape } from '../../shapes/work.ts';
import { presentJob } from '../present-job.ts';
import type { ApiRooms } from '../rooms.ts';

const tag = 'Repositories';
const path = '/repositories/{name}/mirror-plan';
const params = z.object({ name: word(200) });
const mostSnapshots = 100;

/** What an off-site repository cannot go on without: seen first, and then that very thing. */
export function addMirrorPlans(operations: Operations, rooms: ApiRooms): void {
  const { offSite, runs, growth, database, jobs, audit } = rooms;

  const lossOf = async (
    { loss }: Extract<Waiting, { what: 'loss' }>,
    removedAfterSeconds: number | undefined,
  ): Promise<z.output<typeof mirrorPlanShape>['loss']> => {
    const { reason, objects, bytes, snapshotCount } = loss;
    const snapshots = await Promise.all(
      loss.snapshots.slice(0, mostSnapshots).map(async (id) => {
        const run = await runs.bySnapshot(id);
        return { id, ...given({ sourceId: run?.sourceId, recoveryPointAt: run?.recoveryPointAt }) };
      }),
    );
    return { reason, objects, bytes, snapshotCount, snapshots, ...given({ removedAfterSeconds }) };
  };

  const foundBy = async (repository: string, plan: string, reader?: Reader): Promise<Something> => {
    const waiting = await offSite.waiting(repository, reader);
    if (waiting.what === 'nothing' || waiting.plan !== plan) throw outdated(repository);
    return waiting;
  };

  operations.add(
    {
      id: 'getMirrorPlan',
      method: 'get',
      path,
      tag,
      summary:
        'What waits for a person at an off-site repository: a loss that is held, or a copy that is gone',
      description: 'As the newest run found it. Nothing is asked of the place itself.',
      permission: 'repositories.read',
      params,
      answer: { status: 200, description: 'The plan', shape: mirrorPlanShape },
    },
    async ({ params: { name } }) => {
      const { name: repository, keepDeletedSeconds } = offSite.named(name);
      const waiting = await offSite.waiting(repository);
      if (waiting.what === 'nothing') return { status: 200, body: { repository, waits: 'nothing' } };
      const { plan, seenAt, what: waits } = waiting;
      const known = { repository, waits, plan, ...given({ seenAt }) };
      if (waiting.what === 'loss') {
        return { status: 200, body: { ...known, loss: await lossOf(waiting, keepDeletedSeconds) } };
      }
      const [size] = await growth.measured({ limit: 1 });
      const gone = { message: waiting.message, ...given({ bytes: size?.bytes, measuredAt: size?.at }) };
      return { status: 200, body: { ...known, gone } };
    },
  );
  operations.add(
    {
      id: 'carryOutMirrorPlan',
      method: 'post',
      path: `${path}/carry-out`,
      tag,
      summary: 'Accept the loss of a plan, or begin anew where the copy is gone',
      description:
        'Needs a fresh proof of who asks, which no key can give: it is done in the console, or with `octobox mirror --accept-loss` and `--anew` on the machine of the platform. A loss that has become another one by the time of the run is not accepted, and its job fails.',
      permission: 'repositories.change',
      params,
      body: mirrorPlanStartShape,
      creates: true,
      answer: { status: 202, description: 'The job; follow it at Location', shape: jobShape },
    },
    async ({ caller, params: { name }, body, remember, requireStill }) => {
      const { name: repository } = offSite.named(name);
      await foundBy(repository, body.plan);
      // What waits in the queue would be joined, and does not know what was accepted.
      await offSite.makeWay(repository, { alone: false });
      return await database.change(async (transaction) => {
        await requireStill(transaction);
        const waiting = await foundBy(repository, body.plan, transaction);
        const wish = waiting.what === 'loss' ? { acceptLoss: waiting.loss.id } : { anew: true };
        const request = mirrorRequest({ repository, reason: 'manual', ...wish });
        const { job, added } = await jobs.enqueue(request, transaction);
        if (!added) throw underWay(repository, job.id);
        await audit.append(transaction, {
          action: waiting.what === 'loss' ? 'mirror.loss-accepted' : 'mirror.anew-asked',
          origin: caller.origin,
          subject: `repository:${repository}`,
          after: { job: job.id, ...toldOf(waiting) },
        });
        const headers = { location: `/api/v1/jobs/${job.id}` };
        const reply: Reply = { status: 202, headers, body: presentJob(job) };
        await remember(transaction, reply);
        return reply;
      });
    },
  );
}

type Something = Exclude<Waiting, { what: 'nothing' }>;

const toldOf = (waiting: Something): Record<string, string | number> => {
  if (waiting.what === 'gone') return { reason: waiting.message };
  const { reason, objects, bytes, snapshotCount } = waiting.loss;
  return { reason, objects, bytes, snapshots: snapshotCount };
};

const outdated = (repository: string): ServerError =>
  new ServerError('server.plan-outdated', `what waits at ${repository} is not what this plan says`, {
    advice: 'Get the plan again, look at it, and carry out that one.',
  });

const underWay = (repository: string, job: number): ServerError =>
  new ServerError('server.under-way', `a copy is on its way to ${repository}, and knows nothing of this`, {
    advice: `Wait for its end, or stop it: it is job ${job}.`,
  });
