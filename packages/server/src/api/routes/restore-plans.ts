import type { z } from '@hono/zod-openapi';
import { describeFailure, NotFoundError } from '../../platform/index.ts';
import type { RestorePlan } from '../../recovery/index.ts';
import type { Reply } from '../answers/reply.ts';
import type { Operations } from '../operations.ts';
import { given } from '../shapes/given.ts';
import { newRestorePlanShape, restorePlanShape, restoreStartShape } from '../shapes/restore-plan.ts';
import { jobShape } from '../shapes/work.ts';
import { presentJob } from './present-job.ts';
import type { ApiRooms } from './rooms.ts';
import { VisibleSources } from './visible-sources.ts';

const tag = 'Restores';
const longestMs = 10_000;

/** A restore in two steps: a plan that is looked at, and that same plan carried out. */
export function addRestorePlans(operations: Operations, rooms: ApiRooms): void {
  const { catalog, keeper, restorePlans, database, access, audit, log } = rooms;
  const visible = new VisibleSources(catalog);

  /** @throws NotFoundError when it is gone for certain */
  const storedOf = async (snapshotId: string): Promise<'yes' | 'unknown'> => {
    let isThere: boolean;
    try {
      isThere = await keeper.hasSnapshot(snapshotId, AbortSignal.timeout(longestMs));
    } catch (error) {
      log.warn({ error: describeFailure(error) }, 'the repository could not be asked for a snapshot');
      return 'unknown';
    }
    if (!isThere) throw new NotFoundError(`snapshot "${snapshotId}" in the repository any more`);
    return 'yes';
  };

  operations.add(
    {
      id: 'planRestore',
      method: 'post',
      path: '/restore-plans',
      tag,
      summary: 'What a restore in place of a live source would do',
      description:
        'Changes nothing. The plan says what is replaced, by what, what is lost, and how long it will take as measured by drills. It can be started within an hour by who made it.',
      permission: 'snapshots.read',
      body: newRestorePlanShape,
      creates: true,
      answer: { status: 201, description: 'The plan', shape: restorePlanShape },
    },
    async ({ caller, places, body, remember }) => {
      const source = await visible.named(places, body.source);
      const plan = await restorePlans.look(source, body.snapshot);
      const stored = await storedOf(plan.snapshotId);
      return await database.change(async (transaction) => {
        await restorePlans.keep(transaction, plan, caller.user.id);
        const reply: Reply = { status: 201, body: presentPlan(plan, stored) };
        await remember(transaction, reply);
        return reply;
      });
    },
  );
  operations.add(
    {
      id: 'startRestore',
      method: 'post',
      path: '/restores',
      tag,
      summary: 'Start the restore of a plan: what is there now is replaced',
      description:
        'Needs a fresh proof of who asks, which no key can give: it is done in the console, or with `octobox restore` on the machine of the platform. A plan is started once; asked again, the answer is the same job. It ends with a verification, and `getRestore` tells what was measured.',
      permission: 'restores.run',
      body: restoreStartShape,
      creates: true,
      answer: { status: 202, description: 'The job; follow it at Location', shape: jobShape },
    },
    async ({ caller, body, remember }) => {
      const found = await restorePlans.find(body.plan, caller.user.id);
      const { source, snapshotId } = found;
      return await database.change(async (transaction) => {
        const options = { service: source.serviceId, reader: transaction };
        await access.require(caller, 'restores.run', options);
        const job = found.job ?? (await restorePlans.start(transaction, found));
        const headers = { location: `/api/v1/jobs/${job.id}` };
        const reply: Reply = { status: 202, headers, body: presentJob(job) };
        if (found.job === undefined) {
          await audit.append(transaction, {
            action: 'restore.asked',
            origin: caller.origin,
            subject: `source:${source.id}`,
            after: { job: job.id, snapshot: snapshotId, plan: body.plan },
          });
        }
        await remember(transaction, reply);
        return reply;
      });
    },
  );
}

function presentPlan(plan: RestorePlan, stored: 'yes' | 'unknown'): z.output<typeof restorePlanShape> {
  const { source, estimate, bytes, files, ...known } = plan;
  return {
    ...known,
    ...{ stored, sourceId: source.id, sourceName: source.name, serviceId: source.serviceId },
    replaces: source.location,
    ...given({ bytes, files, estimateSeconds: estimate?.seconds, estimateBasis: estimate?.basis }),
  };
}
