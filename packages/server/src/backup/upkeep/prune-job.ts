import { type JobContext, type JobDefinition, type JobRequest, ServerError } from '../../platform/index.ts';
import type { RepositoryKeeper } from '../repository/repository-keeper.ts';
import { type PruneFigures, type PruneWish, planPruning } from './prune-planning.ts';
import { aloneLane, aloneWith, besideBackups } from './repository-alone.ts';

export const prunePlanRequest = (wish: PruneWish): JobRequest<PruneWish> => ({
  kind: 'prune-plan',
  payload: wish,
  uniqueKey: `prune-plan:${wish.maxUnusedPercent ?? ''}:${wish.maxRepackBytes ?? ''}`,
  lane: aloneLane,
});

/** Finds out what could be freed; its result is the plan. All folders are read, which may take minutes. */
export class PrunePlanJob implements JobDefinition<PruneWish> {
  readonly kind = 'prune-plan';
  readonly concurrency = 1;
  readonly maxAttempts = 3;
  readonly #keeper: RepositoryKeeper;

  constructor({ keeper }: { keeper: RepositoryKeeper }) {
    this.#keeper = keeper;
  }

  async run(wish: PruneWish, job: JobContext): Promise<PruneFigures> {
    return await besideBackups(this.#keeper, job, async (repository, signal) => {
      const { figures } = await planPruning(repository, wish, { signal, onProgress: reading(job) });
      return figures;
    });
  }
}

export interface PrunePayload {
  readonly wish: PruneWish;
  /** Of the plan that a person looked at. */
  readonly digest: string;
}

export interface PruneOutcome {
  readonly packsRemoved: number;
  readonly bytesFreed: number;
}

/** One at a time; which plan it carries out is in its payload. */
export const pruneRequest = (payload: PrunePayload): JobRequest<PrunePayload> => ({
  kind: 'prune',
  payload,
  uniqueKey: 'prune',
  lane: aloneLane,
});

/**
 * Frees what a plan says, if no other data would go once the repository is ours alone. Each moment leaves it whole: one
 * that was stopped or killed lost nothing, and what it left behind goes with its next attempt, or with the next retention.
 */
export class PruneJob implements JobDefinition<PrunePayload> {
  readonly kind = 'prune';
  readonly concurrency = 1;
  readonly maxAttempts = 3;
  readonly #keeper: RepositoryKeeper;

  constructor({ keeper }: { keeper: RepositoryKeeper }) {
    this.#keeper = keeper;
  }

  async run({ wish, digest }: PrunePayload, job: JobContext): Promise<PruneOutcome> {
    const { applyPrune } = await import('@octobox/repository/prune');
    return await aloneWith(this.#keeper, job, async (repository, signal) => {
      const { plan, figures } = await planPruning(repository, wish, { signal, onProgress: reading(job) });
      // Where nothing of the index goes any more, an attempt before was cut off when only files were left to remove.
      if (figures.digest !== digest && figures.digest !== '') throw outdatedPrune();
      const { packsRemoved, failed } = await applyPrune(repository, plan, {
        noLock: true,
        signal,
        onProgress: ({ phase, done, total }) =>
          job.progress({
            step: phase,
            done,
            total,
            unit: phase === 'writing the index' ? 'files' : 'packs',
          }),
      });
      job.log(`removed ${packsRemoved} packs, freed ${figures.bytesFreed} bytes`);
      const [first] = failed;
      if (first !== undefined) throw first.error;
      return { packsRemoved, bytesFreed: figures.bytesFreed };
    });
  }

  retryable(error: unknown): boolean {
    return !(error instanceof ServerError);
  }
}

const reading =
  (job: JobContext) =>
  (trees: number): void =>
    job.progress({ step: 'reading folders', done: trees, unit: 'folders' });

export const outdatedPrune = (): ServerError =>
  new ServerError('server.plan-outdated', 'other data would go than this plan says', {
    advice: 'Get a plan anew, look at it, and carry out that one.',
  });
