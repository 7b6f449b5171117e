import {
  applyForget,
  applyPrune,
  changesAnything,
  heldBySuspicion,
  planForget,
  planPrune,
  removeLocks,
  type Snapshot,
} from '@octobox/repository';
import type { Catalog } from '../catalog/index.ts';
import type { JobContext, JobDefinition, JobRequest, Retention } from '../platform/index.ts';
import { sourceTag } from './backup-job.ts';
import type { RepositoryKeeper } from './repository-keeper.ts';

/** No single pass forgets more than this share of a source's snapshots, unless it has only a few. */
const largestShare = 0.5;
const fewSnapshots = 20;
/** A process that lives refreshes its lock every five minutes, also where its number means nothing here. */
const twoRefreshesMs = 11 * 60_000;

export const retentionRequest = (): JobRequest<Record<string, never>> => ({
  kind: 'retention',
  payload: {},
  uniqueKey: 'retention',
});

/**
 * Forgets what the retention rules do not keep, source by source, and frees the space. Snapshots that
 * something rests on (the newest good one, the last rehearsed one, the reference of an outage) stay.
 */
export class RetentionJob implements JobDefinition<Record<string, never>> {
  readonly kind = 'retention';
  readonly concurrency = 1;
  readonly maxAttempts = 5;
  readonly #catalog: Catalog;
  readonly #keeper: RepositoryKeeper;
  readonly #retention: Retention;
  readonly #neededSnapshots: (sourceId: string) => Promise<ReadonlySet<string>>;
  readonly #isUnderSuspicion: (sourceId: string) => Promise<boolean>;

  constructor(options: {
    catalog: Catalog;
    keeper: RepositoryKeeper;
    retention: Retention;
    neededSnapshots: (sourceId: string) => Promise<ReadonlySet<string>>;
    /** Whether a backup of the source shows signs of an intrusion that nobody has settled. */
    isUnderSuspicion: (sourceId: string) => Promise<boolean>;
  }) {
    this.#catalog = options.catalog;
    this.#keeper = options.keeper;
    this.#retention = options.retention;
    this.#neededSnapshots = options.neededSnapshots;
    this.#isUnderSuspicion = options.isUnderSuspicion;
  }

  async run(
    _payload: Record<string, never>,
    job: JobContext,
  ): Promise<{ forgotten: number; packsRemoved: number }> {
    const repository = await this.#keeper.open(job.signal);
    try {
      // Locks that a killed process left behind would keep the space from being freed for ever.
      await removeLocks(repository, { all: false, silence: twoRefreshesMs });
      const snapshots = await Array.fromAsync(repository.snapshots({ signal: job.signal }));
      let forgotten = 0;
      for (const source of await this.#catalog.sources()) {
        const own = snapshots.filter(({ tags }) => tags.includes(sourceTag(source.id)));
        forgotten += await this.#forget(repository, source, own, job);
      }
      job.progress({ step: 'finding space to free' });
      const plan = await planPrune(repository, { signal: job.signal });
      if (!changesAnything(plan)) return { forgotten, packsRemoved: 0 };
      const pruned = await applyPrune(repository, plan, {
        signal: job.signal,
        onProgress: ({ phase, done, total }) => job.progress({ step: phase, done, total, unit: 'packs' }),
      });
      job.log(`freed ${pruned.packsRemoved} packs`);
      return { forgotten, packsRemoved: pruned.packsRemoved };
    } finally {
      await repository.close();
    }
  }

  async #forget(
    repository: Awaited<ReturnType<RepositoryKeeper['open']>>,
    source: { id: string; name: string },
    own: readonly Snapshot[],
    job: JobContext,
  ): Promise<number> {
    if (own.length === 0) return 0;
    const needed = await this.#neededSnapshots(source.id);
    const candidates = own.filter(({ id }) => !needed.has(id));
    if (candidates.length === 0) return 0;
    // On the platform a person accepts the outage or restores; the mark of the snapshot stays as history.
    const held = (await this.#isUnderSuspicion(source.id)) ? heldBySuspicion(own) : undefined;
    const plan = planForget(candidates, { ...rules(this.#retention), groupBy: '', held });
    if (plan.remove.length === 0) return 0;
    if (own.length > fewSnapshots && plan.remove.length > own.length * largestShare) {
      // A clock that jumped or a mistyped rule looks exactly like this.
      job.log(
        `${source.name}: the rules would forget ${plan.remove.length} of ${own.length} snapshots at once; nothing is forgotten. Use octobox forget when this is meant.`,
      );
      return 0;
    }
    const result = await applyForget(repository, plan, { signal: job.signal });
    job.log(`${source.name}: forgot ${result.removed.length} of ${own.length} snapshots`);
    const [failed] = result.failed;
    if (failed !== undefined) throw failed.error;
    return result.removed.length;
  }
}

/** A rule of zero is no rule. */
function rules(retention: Retention): Partial<Retention> {
  return Object.fromEntries(Object.entries(retention).filter(([, count]) => count > 0));
}
