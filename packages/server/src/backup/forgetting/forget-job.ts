import type { Snapshot } from '@octobox/repository';
import { type JobContext, type JobDefinition, type JobRequest, ServerError } from '../../platform/index.ts';
import type { RepositoryKeeper } from '../repository/repository-keeper.ts';
import type { ReplacedSnapshots } from '../snapshots/replaced-snapshots.ts';
import { aloneLane, aloneWith } from '../upkeep/repository-alone.ts';
import { type ForgetRequest, type JudgedForget, judgeForget, type Rests } from './forget-planning.ts';
import type { PlannedRemovals } from './planned-removals.ts';

export interface ForgetPayload {
  readonly request: ForgetRequest;
  /** Id of the plan that a person looked at. */
  readonly plan: string;
  /** Codes of the concerns that it had; absent of jobs of a version that did not keep them. */
  readonly despite?: readonly string[];
}

/** Two plans are two jobs; the same one is carried out once. Who adds it notes its `PlannedRemovals` as well. */
export const forgetRequest = (
  request: ForgetRequest,
  { id, concerns }: JudgedForget,
): JobRequest<ForgetPayload> => ({
  kind: 'forget',
  payload: { request, plan: id, despite: concerns.map(({ code }) => code) },
  uniqueKey: `forget:${id}`,
  lane: aloneLane,
});

interface Parts {
  readonly keeper: RepositoryKeeper;
  readonly rests: Rests;
  readonly plannedRemovals: PlannedRemovals;
  readonly replaced: ReplacedSnapshots;
}

/**
 * Forgets what a plan says, if it still says that once the repository is ours alone. An attempt that was cut off has forgotten a
 * part of it: the next one goes on with the rest. Frees no space: retention does.
 */
export class ForgetJob implements JobDefinition<ForgetPayload> {
  readonly kind = 'forget';
  readonly concurrency = 1;
  readonly maxAttempts = 3;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async run(payload: ForgetPayload, job: JobContext): Promise<{ forgotten: number }> {
    const { applyForget } = await import('@octobox/repository/forget');
    const { keeper, plannedRemovals } = this.#parts;
    const planned = await plannedRemovals.of(job.job.id);
    const forgotten = await aloneWith(keeper, job, async (repository, signal) => {
      const all = await Array.fromAsync(repository.snapshots({ signal }));
      const plan = await this.#left(payload, planned, all, job);
      if (plan === undefined) return planned.size;
      const before = Math.max(planned.size - plan.remove.length, 0);
      const { removed, failed } = await applyForget(repository, plan, {
        noLock: true,
        signal,
        onProgress: ({ removed: done, total }) =>
          job.progress({ step: 'forgetting', done: before + done, total: before + total, unit: 'snapshots' }),
      });
      for (const id of removed) job.log(`forgot ${id}`);
      const [first] = failed;
      if (first !== undefined) throw first.error;
      return before + removed.length;
    });
    await plannedRemovals.drop(job.job.id);
    return { forgotten };
  }

  /** What of the plan still lies there; undefined: nothing. */
  async #left(
    { request, plan, despite }: ForgetPayload,
    planned: ReadonlySet<string>,
    all: readonly Snapshot[],
    job: JobContext,
  ): Promise<JudgedForget['plan'] | undefined> {
    const { rests, replaced } = this.#parts;
    if (despite === undefined || planned.size === 0) {
      const judged = await judgeForget(all, request, rests);
      if (judged.id !== plan) throw outdatedForget();
      return judged.plan;
    }
    const present = new Set(all.map(({ id }) => id));
    const there = [...planned].filter((id) => present.has(id));
    const gone = [...planned].filter((id) => !present.has(id));
    for (const id of gone) job.log(`is forgotten already: ${id}`);
    // One that was tagged meanwhile lies there by another id, which nobody saw in the plan.
    const successors = [...(await replaced.successors(gone)).values()];
    if (successors.some((id) => present.has(id))) throw outdatedForget();
    if (there.length === 0) return undefined;
    const judged = await judgeForget(all, 'snapshots' in request ? { snapshots: there } : request, rests);
    const { remove } = judged.plan;
    const isTheRest = remove.length === there.length && remove.every(({ id }) => planned.has(id));
    if (!isTheRest || judged.concerns.some(({ code }) => !despite.includes(code))) throw outdatedForget();
    return judged.plan;
  }

  retryable(error: unknown): boolean {
    return !(error instanceof ServerError);
  }
}

export const outdatedForget = (): ServerError =>
  new ServerError('server.plan-outdated', 'other snapshots would go than this plan says', {
    advice: 'Get the plan again, look at it, and carry out that one.',
  });
