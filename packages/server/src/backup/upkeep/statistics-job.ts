import { createHash } from 'node:crypto';
import type { CountingMode, RepositoryStatistics, Snapshot } from '@octobox/repository';
import {
  type JobContext,
  type JobDefinition,
  type JobRequest,
  NotFoundError,
  ServerError,
} from '../../platform/index.ts';
import { sourceTag } from '../backup-job.ts';
import type { RepositoryKeeper } from '../repository/repository-keeper.ts';
import type { ReplacedSnapshots } from '../snapshots/replaced-snapshots.ts';
import { aloneLane, besideBackups } from './repository-alone.ts';

export interface StatisticsPayload {
  readonly mode: CountingMode;
  /** Without one of these: all snapshots. */
  readonly sourceId?: string;
  readonly snapshots?: readonly string[];
}

/** The same that waits or runs already is joined. */
export const statisticsRequest = (payload: StatisticsPayload): JobRequest<StatisticsPayload> => ({
  kind: 'statistics',
  payload,
  uniqueKey: `statistics:${createHash('sha256').update(JSON.stringify(payload)).digest('base64url')}`,
  lane: aloneLane,
});

/** Counts what snapshots hold; the sums are its result. It shares the lane of what would have to wait for its lock. */
export class StatisticsJob implements JobDefinition<StatisticsPayload> {
  readonly kind = 'statistics';
  readonly concurrency = 1;
  readonly maxAttempts = 3;
  readonly #keeper: RepositoryKeeper;
  readonly #replaced: ReplacedSnapshots;

  constructor({ keeper, replaced }: { keeper: RepositoryKeeper; replaced: ReplacedSnapshots }) {
    this.#keeper = keeper;
    this.#replaced = replaced;
  }

  async run(payload: StatisticsPayload, job: JobContext): Promise<RepositoryStatistics> {
    const { countRepository } = await import('@octobox/repository/statistics');
    const { mode } = payload;
    return await besideBackups(this.#keeper, job, async (repository, signal) => {
      const all = await Array.fromAsync(repository.snapshots({ signal }));
      const replaced = await this.#replaced.successors(payload.snapshots ?? []);
      return await countRepository(repository, chosen(all, payload, replaced), {
        mode,
        signal,
        onProgress: ({ files: done }) =>
          job.progress({ step: 'counting', done, unit: mode === 'raw-data' ? 'folders' : 'entries' }),
      });
    });
  }

  retryable(error: unknown): boolean {
    return !(error instanceof ServerError);
  }
}

/** @param replaced the ids of now of those that got another since they were asked for */
function chosen(
  all: readonly Snapshot[],
  { sourceId, snapshots }: StatisticsPayload,
  replaced: ReadonlyMap<string, string>,
): readonly Snapshot[] {
  if (snapshots !== undefined) {
    const known = new Map(all.map((snapshot) => [snapshot.id, snapshot]));
    return [...new Set(snapshots)].map((id) => {
      const snapshot = known.get(id) ?? known.get(replaced.get(id) ?? '');
      if (snapshot === undefined) throw new NotFoundError(`snapshot "${id}" in the repository`);
      return snapshot;
    });
  }
  return sourceId === undefined ? all : all.filter(({ tags }) => tags.includes(sourceTag(sourceId)));
}
