import type { ForgetConcern } from '@octobox/repository';
import type { Instant, JobQueue } from '../../platform/index.ts';

/** Snapshots of one source that the rules do not keep and that stay, because forgetting them looks wrong. */
export interface RetentionRefusal {
  readonly sourceId: string;
  readonly wouldForget: number;
  /** All snapshots of the source. */
  readonly of: number;
  /** At least one. Their messages name hosts and paths: they are for the operator, not for the public. */
  readonly concerns: readonly ForgetConcern[];
}

export interface KnownRefusal extends RetentionRefusal {
  readonly at: Instant;
}

/** What the last retention that ended well refused, by the id of the source. */
export async function lastRefusals(jobs: Pick<JobQueue, 'list'>): Promise<ReadonlyMap<string, KnownRefusal>> {
  const [job] = await jobs.list({ kind: 'retention', states: ['succeeded'], limit: 1 });
  // Those of earlier releases have no such field.
  const { refused = [] } = (job?.result ?? {}) as { refused?: readonly RetentionRefusal[] };
  const at = job?.finishedAt;
  return new Map(at === undefined ? [] : refused.map((refusal) => [refusal.sourceId, { ...refusal, at }]));
}
