import { type JobContext, type JobDefinition, type JobRequest, ServerError } from '../../platform/index.ts';
import type { RepositoryKeeper } from '../repository/repository-keeper.ts';
import { type ForgetRequest, judgeForget, type Rests } from './forget-planning.ts';
import { aloneLane, aloneWith } from './repository-alone.ts';

export interface ForgetPayload {
  readonly request: ForgetRequest;
  /** Id of the plan that a person looked at. */
  readonly plan: string;
}

/** Two plans are two jobs; the same one is carried out once. */
export const forgetRequest = (payload: ForgetPayload): JobRequest<ForgetPayload> => ({
  kind: 'forget',
  payload,
  uniqueKey: `forget:${payload.plan}`,
  lane: aloneLane,
});

/** Forgets what a plan says, if it still says that once the repository is ours alone. Frees no space: retention does. */
export class ForgetJob implements JobDefinition<ForgetPayload> {
  readonly kind = 'forget';
  readonly concurrency = 1;
  readonly maxAttempts = 3;
  readonly #keeper: RepositoryKeeper;
  readonly #rests: Rests;

  constructor({ keeper, rests }: { keeper: RepositoryKeeper; rests: Rests }) {
    this.#keeper = keeper;
    this.#rests = rests;
  }

  async run({ request, plan: planned }: ForgetPayload, job: JobContext): Promise<{ forgotten: number }> {
    const { applyForget } = await import('@octobox/repository/forget');
    return await aloneWith(this.#keeper, job, async (repository, signal) => {
      const all = await Array.fromAsync(repository.snapshots({ signal }));
      const { id, plan } = await judgeForget(all, request, this.#rests);
      if (id !== planned) throw outdatedForget();
      const { removed, failed } = await applyForget(repository, plan, {
        noLock: true,
        signal,
        onProgress: ({ removed: done, total }) =>
          job.progress({ step: 'forgetting', done, total, unit: 'snapshots' }),
      });
      for (const id of removed) job.log(`forgot ${id}`);
      const [first] = failed;
      if (first !== undefined) throw first.error;
      return { forgotten: removed.length };
    });
  }

  retryable(error: unknown): boolean {
    return !(error instanceof ServerError);
  }
}

export const outdatedForget = (): ServerError =>
  new ServerError('server.plan-outdated', 'other snapshots would go than this plan says', {
    advice: 'Get the plan again, look at it, and carry out that one.',
  });
