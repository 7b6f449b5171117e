/**
 * Carries out a prune plan. At every moment the repository is whole, so that it may be killed anywhere:
 *
 *     exclusive lock → unreferenced packs go → new packs → their index → new index of what stays
 *     → old index files go → packs go
 *
 * What an interrupted run leaves behind (packs that no index names, blobs that exist twice) the next run
 * removes.
 */
import type { StoredFile } from '@octobox/storage';
import { FileMissingError } from '@octobox/storage/errors';
import { acquireLock } from '../locks/lock.ts';
import { holdHeapSmall } from '../runtime/small-heap.ts';
import { BitSet } from '../store/index/bit-set.ts';
import type { Repository } from '../store/repository.ts';
import { copyBlobs } from './copy-blobs.ts';
import { PrunePlanOutdatedError } from './prune-errors.ts';
import { changesAnything, type PrunePlan } from './prune-plan.ts';
import { readState } from './repository-state.ts';
import { rewriteIndex } from './rewrite-index.ts';

export type PrunePhase = 'removing unreferenced packs' | 'repacking' | 'writing the index' | 'removing packs';

export interface PruneProgress {
  readonly phase: PrunePhase;
  readonly done: number;
  readonly total: number;
}

export interface ApplyPruneOptions {
  readonly onProgress?: ((progress: PruneProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Set when the caller holds an exclusive lock already. */
  readonly noLock?: boolean;
}

export interface PruneResult {
  readonly packsRemoved: number;
  readonly indexesWritten: number;
  readonly indexesRemoved: number;
  /** Packs that could not be removed; they do no harm, and the next prune tries again. */
  readonly failed: readonly { readonly file: StoredFile; readonly error: unknown }[];
}

/** @throws PrunePlanOutdatedError when snapshots or index files came or went since the plan was made */
export async function applyPrune(
  repository: Repository,
  plan: PrunePlan,
  options: ApplyPruneOptions = {},
): Promise<PruneResult> {
  using _ = holdHeapSmall();
  if (options.noLock) return await apply(repository, plan, options, options.signal);
  await using lock = await acquireLock(repository, { kind: 'exclusive', signal: options.signal });
  return await apply(repository, plan, options, lock.signal);
}

async function apply(
  repository: Repository,
  plan: PrunePlan,
  options: ApplyPruneOptions,
  signal: AbortSignal | undefined,
): Promise<PruneResult> {
  const { packs, table } = plan;
  const result = {
    packsRemoved: 0,
    indexesWritten: 0,
    indexesRemoved: 0,
    failed: [] as { file: StoredFile; error: unknown }[],
  };
  if (!changesAnything(plan)) return result;
  await refuseWhenOutdated(repository, plan, signal);
  const oldIndexes = [...(await repository.listFiles('index', { signal })).keys()];

  const removePacks = async (names: readonly string[], phase: PrunePhase): Promise<void> => {
    for (const [done, name] of names.entries()) {
      const file: StoredFile = { kind: 'data', name };
      options.onProgress?.({ phase, done, total: names.length });
      const error = await removeFile(repository, file, signal);
      if (error === undefined) result.packsRemoved++;
      else result.failed.push({ file, error });
    }
    if (names.length > 0) options.onProgress?.({ phase, done: names.length, total: names.length });
  };

  await removePacks(packs.unreferenced, 'removing unreferenced packs');
  try {
    if (packs.repack.length > 0) await repack(repository, plan, options, signal);

    const gone = [...packs.repack, ...packs.remove, ...packs.missing];
    if (gone.length > 0) {
      options.onProgress?.({ phase: 'writing the index', done: 0, total: 1 });
      const numbers = new BitSet(table.packCount);
      for (const name of gone) numbers.add(table.packNumber(Buffer.from(name, 'hex')));
      const { replaced, written } = await rewriteIndex(repository, table, oldIndexes, numbers, signal);
      result.indexesWritten = written.length;
      for (const name of replaced) {
        signal?.throwIfAborted();
        // A pack may only go when no index names it any more: a failure here ends the run.
        const error = await removeFile(repository, { kind: 'index', name }, signal);
        if (error !== undefined) throw error;
        result.indexesRemoved++;
      }
      options.onProgress?.({ phase: 'writing the index', done: 1, total: 1 });
    }
    await removePacks([...packs.repack, ...packs.remove], 'removing packs');
  } finally {
    // The table names packs that are gone.
    repository.forgetIndex();
  }
  return result;
}

async function refuseWhenOutdated(
  repository: Repository,
  plan: PrunePlan,
  signal: AbortSignal | undefined,
): Promise<void> {
  const state = await readState(repository.storage, signal);
  if (state.snapshots !== plan.state.snapshots) throw new PrunePlanOutdatedError('the list of snapshots');
  if (state.indexes !== plan.state.indexes) throw new PrunePlanOutdatedError('the index');
  if ((await repository.loadIndex({ signal })) !== plan.table) throw new PrunePlanOutdatedError('the index');
}

async function repack(
  repository: Repository,
  plan: PrunePlan,
  options: ApplyPruneOptions,
  signal: AbortSignal | undefined,
): Promise<void> {
  const total = plan.packs.repack.length;
  let done = 0;
  options.onProgress?.({ phase: 'repacking', done, total });
  const saver = repository.saver({ signal });
  try {
    await copyBlobs(repository, saver, plan.table, plan.copy, {
      signal,
      onPack: () => options.onProgress?.({ phase: 'repacking', done: ++done, total }),
    });
    await saver.finish();
  } catch (error) {
    await saver.abort();
    throw error;
  }
}

/** The error when it is still there. */
async function removeFile(
  repository: Repository,
  file: StoredFile,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  signal?.throwIfAborted();
  try {
    await repository.storage.remove(file, { signal });
    return undefined;
  } catch (error) {
    signal?.throwIfAborted();
    return error instanceof FileMissingError ? undefined : error;
  }
}
