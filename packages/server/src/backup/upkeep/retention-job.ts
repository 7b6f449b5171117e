import type { Snapshot } from '@octobox/repository';
import type { Catalog } from '../../catalog/index.ts';
import {
  describeFailure,
  type Events,
  type JobContext,
  type JobDefinition,
  type JobRequest,
  type Retention,
} from '../../platform/index.ts';
import { sourceTag } from '../backup-job.ts';
import type { BackupFact } from '../facts.ts';
import { judgeRules, type Rests } from '../forgetting/forget-planning.ts';
import type { RepositoryGrowth } from '../repository/repository-growth.ts';
import type { RepositoryKeeper } from '../repository/repository-keeper.ts';
import { abandonedLockMs, aloneLane } from './repository-alone.ts';
import type { RetentionRefusal } from './retention-refusal.ts';

export const retentionRequest = (): JobRequest<Record<string, never>> => ({
  kind: 'retention',
  payload: {},
  uniqueKey: 'retention',
  lane: aloneLane,
});

/**
 * Forgets what the retention rules do not keep, source by source, and frees the space. Snapshots that
 * something rests on (the newest good one, the last rehearsed one, the reference of an outage) stay. What looks like
 * a wrong clock, a mistyped rule or an attack is never forgotten here: it is told, and a person decides.
 */
export class RetentionJob implements JobDefinition<Record<string, never>> {
  readonly kind = 'retention';
  readonly concurrency = 1;
  readonly maxAttempts = 5;
  readonly #catalog: Catalog;
  readonly #keeper: RepositoryKeeper;
  readonly #growth: RepositoryGrowth;
  readonly #retention: Retention;
  readonly #rests: Rests;
  readonly #events: Pick<Events<BackupFact>, 'emit'>;

  constructor(options: {
    catalog: Catalog;
    keeper: RepositoryKeeper;
    growth: RepositoryGrowth;
    retention: Retention;
    rests: Rests;
    events: Pick<Events<BackupFact>, 'emit'>;
  }) {
    this.#catalog = options.catalog;
    this.#keeper = options.keeper;
    this.#growth = options.growth;
    this.#retention = options.retention;
    this.#rests = options.rests;
    this.#events = options.events;
  }

  async run(
    _payload: Record<string, never>,
    job: JobContext,
  ): Promise<{ forgotten: number; packsRemoved: number; refused: readonly RetentionRefusal[] }> {
    const { removeLocks } = await import('@octobox/repository/locks');
    const { applyPrune, changesAnything, planPrune } = await import('@octobox/repository/prune');
    const repository = await this.#keeper.open(job.signal);
    try {
      // Locks that a killed process left behind would keep the space from being freed for ever.
      await removeLocks(repository, { all: false, silence: abandonedLockMs });
      const snapshots = await Array.fromAsync(repository.snapshots({ signal: job.signal }));
      let forgotten = 0;
      const refused: RetentionRefusal[] = [];
      for (const source of await this.#catalog.sources()) {
        const outcome = await this.#forget(repository, source, snapshots, job);
        if (typeof outcome === 'number') forgotten += outcome;
        else refused.push(outcome);
      }
      job.progress({ step: 'finding space to free' });
      const plan = await planPrune(repository, { signal: job.signal });
      if (!changesAnything(plan)) return { forgotten, packsRemoved: 0, refused };
      const pruned = await applyPrune(repository, plan, {
        signal: job.signal,
        onProgress: ({ phase, done, total }) => job.progress({ step: phase, done, total, unit: 'packs' }),
      });
      job.log(`freed ${pruned.packsRemoved} packs`);
      return { forgotten, packsRemoved: pruned.packsRemoved, refused };
    } finally {
      await this.#growth
        .measureWhenDue(repository, job.signal)
        // The next turn measures; what was done is done all the same.
        .catch((error: unknown) =>
          job.log(`the size could not be measured: ${describeFailure(error).message}`),
        );
      await repository.close();
    }
  }

  /** How many were forgotten, or why none were. */
  async #forget(
    repository: Awaited<ReturnType<RepositoryKeeper['open']>>,
    source: { id: string; name: string },
    all: readonly Snapshot[],
    job: JobContext,
  ): Promise<number | RetentionRefusal> {
    const own = all.filter(({ tags }) => tags.includes(sourceTag(source.id)));
    if (own.length === 0) return 0;
    const request = { sourceId: source.id, keep: rules(this.#retention) };
    const { plan, concerns } = await judgeRules(all, request, this.#rests);
    if (plan.remove.length === 0) return 0;
    if (concerns.length > 0) {
      const refusal = { sourceId: source.id, wouldForget: plan.remove.length, of: own.length, concerns };
      const why = concerns.map(({ message }) => message).join('; ');
      job.log(
        `${source.name}: nothing is forgotten, although the rules do not keep ${plan.remove.length} of ${own.length} snapshots: ${why}. Look at octobox forget --dry-run; it can be told that this is meant.`,
      );
      this.#events.emit({ type: 'retention.refused', refusal });
      return refusal;
    }
    const { applyForget } = await import('@octobox/repository/forget');
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
