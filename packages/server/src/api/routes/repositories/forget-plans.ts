import type { z } from '@hono/zod-openapi';
import type { Snapshot } from '@octobox/repository';
import type { Places } from '../../../access/index.ts';
import {
  type ForgetRequest,
  forgetRequest,
  type JudgedForget,
  judgeForget,
  outdatedForget,
  sourceTag,
} from '../../../backup/index.ts';
import { instant } from '../../../platform/index.ts';
import { ApiError } from '../../answers/problem.ts';
import type { Reply } from '../../answers/reply.ts';
import type { Operations } from '../../operations.ts';
import { AtATime } from '../../requests/at-a-time.ts';
import { forgetPlanShape, forgetStartShape, newForgetPlanShape } from '../../shapes/forget-plan.ts';
import { given } from '../../shapes/given.ts';
import { jobShape } from '../../shapes/work.ts';
import { presentJob } from '../present-job.ts';
import type { ApiRooms } from '../rooms.ts';
import { inRepository } from '../snapshots/in-repository.ts';
import { VisibleSources } from '../visible-sources.ts';

const tag = 'Snapshots';
const path = '/forget-plans';
/** All snapshots are read, for one that goes is judged beside the others. */
const longestMs = 20_000;
const mostShown = 1_000;
/** So many are named in the audit log; the log of the job names all. */
const mostAudited = 20;

/** Forgetting snapshots: what would go and what would stay is seen first, and then exactly that goes. */
export function addForgetPlans(operations: Operations, rooms: ApiRooms): void {
  const { catalog, keeper, rests, plannedRemovals, database, jobs, audit } = rooms;
  const visible = new VisibleSources(catalog);
  const looks = new AtATime(1, {
    what: 'a plan to forget snapshots is made for you already',
    advice: 'Wait for its answer.',
    retryAfterSeconds: 2,
  });

  const requestOf = async (places: Places, wish: Wish): Promise<ForgetRequest> => {
    if (wish.snapshots !== undefined) return { snapshots: wish.snapshots };
    const { id: sourceId } = await visible.named(places, wish.source ?? '');
    const counts = Object.entries(wish.keep ?? {}).filter(([, count = 0]) => count > 0);
    return { sourceId, keep: Object.fromEntries(counts) };
  };

  const judged = async (
    request: ForgetRequest,
    userId: string,
    connection: AbortSignal,
  ): Promise<JudgedForget> => {
    const done = looks.begin(userId);
    const signal = AbortSignal.any([connection, AbortSignal.timeout(longestMs)]);
    try {
      return await inRepository('of the plan', signal, async () => {
        const repository = await keeper.open(signal);
        try {
          const all = await Array.fromAsync(repository.snapshots({ signal }));
          return await judgeForget(all, request, rests);
        } finally {
          await repository.close();
        }
      });
    } finally {
      done();
    }
  };

  operations.add(
    {
      id: 'planForget',
      method: 'post',
      path,
      tag,
      summary: 'What would go and what would stay if snapshots were forgotten',
      description:
        'Changes nothing. Snapshots that are named, or what rules do not keep of one source. Rules never take the newest good snapshot, the last one that a drill proved, what an outage is compared with, nor what a suspicion holds. `concerns` tell what looks like a mistake or an attack.',
      permission: 'snapshots.read',
      body: newForgetPlanShape,
      answer: { status: 200, description: 'The plan', shape: forgetPlanShape },
    },
    async ({ context, caller, places, body }) => {
      const request = await requestOf(places, body);
      const plan = await judged(request, caller.user.id, context.req.raw.signal);
      const tags = new Map((await catalog.sources()).map(({ id }) => [sourceTag(id), id]));
      return { status: 200, body: presentPlan(plan, tags) };
    },
  );
  operations.add(
    {
      id: 'forgetSnapshots',
      method: 'post',
      path: `${path}/carry-out`,
      tag,
      summary: 'Forget what a plan says',
      description:
        'Needs a fresh proof of who asks, which no key can give: it is done in the console, or with `octobox forget` on the machine of the platform. Given the same as the plan, and its id: when other snapshots would go by now, none goes. A plan with concerns is carried out when `confirmRemove` says how many go. The space is freed by retention.',
      permission: 'snapshots.remove',
      body: forgetStartShape,
      creates: true,
      answer: { status: 202, description: 'The job; follow it at Location', shape: jobShape },
    },
    async ({ context, caller, places, body, remember, requireStill }) => {
      const request = await requestOf(places, body);
      const forget = await judged(request, caller.user.id, context.req.raw.signal);
      const { id, plan, concerns } = forget;
      const count = plan.remove.length;
      if (id !== body.plan || count === 0) throw outdatedForget();
      if (body.confirmRemove === undefined ? concerns.length > 0 : body.confirmRemove !== count)
        throw unconfirmed(count);
      return await database.change(async (transaction) => {
        await requireStill(transaction);
        const { job, added } = await jobs.enqueue(forgetRequest(request, forget), transaction);
        const reply: Reply = {
          status: 202,
          headers: { location: `/api/v1/jobs/${job.id}` },
          body: presentJob(job),
        };
        if (added) {
          await plannedRemovals.note(
            transaction,
            job.id,
            plan.remove.map((snapshot) => snapshot.id),
          );
          await audit.append(transaction, {
            action: 'forget.asked',
            origin: caller.origin,
            subject: 'sourceId' in request ? `source:${request.sourceId}` : 'repository:primary',
            after: {
              job: job.id,
              count,
              snapshots: plan.remove
                .slice(0, mostAudited)
                .map((snapshot) => snapshot.id)
                .join(' '),
              despite: concerns.map(({ code }) => code).join(' '),
            },
          });
        }
        await remember(transaction, reply);
        return reply;
      });
    },
  );
}

type Wish = z.output<typeof newForgetPlanShape>;

function presentPlan(
  { id, plan, concerns, resting = [] }: JudgedForget,
  sources: ReadonlyMap<string, string>,
): z.output<typeof forgetPlanShape> {
  const present = (snapshot: Snapshot) => {
    const sourceId = snapshot.tags.map((tag) => sources.get(tag)).find((found) => found !== undefined);
    return { id: snapshot.id, takenAt: instant(new Date(snapshot.time)), ...given({ sourceId }) };
  };
  const kept = [
    ...resting.map((snapshot) => ({ snapshot, reasons: ['something rests on it, whatever the rules say'] })),
    ...plan.groups.flatMap(({ keep }) => keep),
  ].sort((a, b) => Date.parse(b.snapshot.time) - Date.parse(a.snapshot.time));
  return {
    id,
    removeCount: plan.remove.length,
    remove: plan.remove.slice(0, mostShown).map(present),
    keepCount: kept.length,
    keep: kept
      .slice(0, mostShown)
      .map(({ snapshot, reasons }) => ({ ...present(snapshot), reasons: [...reasons] })),
    concerns: concerns.map(({ code, message }) => ({ code, message })),
  };
}

const unconfirmed = (count: number): ApiError =>
  new ApiError('api.invalid', 'nothing was forgotten: it was not confirmed how many snapshots go', {
    fields: [{ field: 'body.confirmRemove', detail: `it must be ${count}, as the plan says` }],
    advice: 'Look at the concerns of the plan. If it is meant, say how many snapshots go.',
  });
