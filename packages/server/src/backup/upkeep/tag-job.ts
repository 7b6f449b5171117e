import { createHash } from 'node:crypto';
import type { Repository, Snapshot } from '@octobox/repository';
import { SnapshotMissingError } from '@octobox/repository/errors';
import type { OnWritten } from '@octobox/repository/rewrite';
import type { Origin } from '../../audit/index.ts';
import {
  type JobContext,
  type JobDefinition,
  type JobRequest,
  NotFoundError,
  ServerError,
} from '../../platform/index.ts';
import type { RepositoryKeeper } from '../repository/repository-keeper.ts';
import type { ReplacedSnapshots } from '../snapshots/replaced-snapshots.ts';
import { aloneLane, aloneWith } from './repository-alone.ts';

export interface TagPayload {
  readonly snapshot: string;
  readonly sourceId: string;
  readonly add: readonly string[];
  readonly remove: readonly string[];
  /** Who asked for it, for the audit log. */
  readonly origin: Origin;
}

/** The same of one snapshot that waits or runs already is joined, whoever asks. */
export function tagRequest(payload: TagPayload): JobRequest<TagPayload> {
  const { snapshot, add, remove } = payload;
  const change = createHash('sha256')
    .update(JSON.stringify([add, remove]))
    .digest('base64url');
  return { kind: 'tag', payload, uniqueKey: `tag:${snapshot}:${change}`, lane: aloneLane };
}

interface Parts {
  readonly keeper: RepositoryKeeper;
  readonly replaced: ReplacedSnapshots;
  /** Told of the new snapshot before the old one goes. */
  readonly replace: (payload: TagPayload, job: number, written: Parameters<OnWritten>[0]) => Promise<void>;
}

/**
 * Gives a snapshot other tags, and so another id. An attempt that was cut off is ended by the next: it finds the new one
 * written, or finds by its old id that nothing is left to do.
 */
export class TagJob implements JobDefinition<TagPayload> {
  readonly kind = 'tag';
  readonly concurrency = 1;
  readonly maxAttempts = 3;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async run(payload: TagPayload, job: JobContext): Promise<{ snapshotId: string }> {
    const { applyReplacements, planTags } = await import('@octobox/repository/rewrite');
    const { keeper, replace } = this.#parts;
    return await aloneWith(keeper, job, async (repository, signal) => {
      const old = await this.#find(repository, payload.snapshot, signal);
      const all = await Array.fromAsync(repository.snapshots({ signal }));
      const [replaced] = await applyReplacements(repository, planTags([old], payload, all), {
        signal,
        onWritten: (written) => replace(payload, job.job.id, written),
      });
      const { new: id = old.id } = replaced ?? {};
      job.log(id === old.id ? 'it has these tags already' : `snapshot ${old.id} is ${id} now`);
      return { snapshotId: id };
    });
  }

  async #find(repository: Repository, id: string, signal: AbortSignal): Promise<Snapshot> {
    try {
      return await repository.snapshot(id, {}, { signal });
    } catch (error) {
      if (!(error instanceof SnapshotMissingError)) throw error;
      const successor = await this.#parts.replaced.successor(id);
      if (successor?.how !== 'relabelled') throw new NotFoundError(`snapshot ${id.slice(0, 8)} any more`);
      return await repository.snapshot(successor.id, {}, { signal });
    }
  }

  retryable(error: unknown): boolean {
    return !(error instanceof ServerError);
  }
}
