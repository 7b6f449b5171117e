/**
 * Removes from a mirror what its source forgot long enough ago: snapshots, then index files, then packs, each only
 * when nothing that stays needs it. When in doubt everything stays: it costs space only.
 */
import { FileMissingError, StorageError } from '@octobox/storage/errors';
import { LockedError } from '../errors.ts';
import { acquireLock } from '../locks/lock.ts';
import { removeLocks } from '../locks/unlock.ts';
import { forEachLimited } from '../runtime/limited.ts';
import type { Repository } from '../store/repository.ts';
import { packsOfIndex } from './indexed-packs.ts';
import type { MirroredKind, MirrorPlan } from './mirror-plan.ts';
import { heldObjects, type MirrorRecord, objectKey } from './mirror-record.ts';
import type { MirrorOptions, RemovalResult } from './mirror-types.ts';
import { faultOfSource } from './whole-source.ts';

const atOnce = 4;
/** An append-only storage refuses each: after so many without a success the rest is not asked for. */
const refusalsThatSuffice = 3;

export interface RemovalParts {
  readonly source: Repository;
  readonly mirror: Repository;
  readonly plan: MirrorPlan;
  readonly record: MirrorRecord;
  readonly suspicion: string | undefined;
  readonly signal: AbortSignal | undefined;
}

export interface Removal {
  readonly result: RemovalResult;
  readonly record: MirrorRecord;
}

export async function removeForgotten(parts: RemovalParts, options: MirrorOptions): Promise<Removal> {
  const { source, mirror, plan, record, signal } = parts;
  const due = dueObjects(record, options.keepDeleted);
  const count = [...due.values()].reduce((sum, names) => sum + names.length, 0);
  const held = heldObjects(record).length;
  const nothing = (reason?: string): Removal => ({
    record,
    result: { removed: 0, refused: 0, held, waiting: record.missing.size - held, reason },
  });
  if (parts.suspicion !== undefined) return nothing(parts.suspicion);
  if (held > 0) return nothing('what went missing earlier under suspicious circumstances is held');
  if (plan.kinds.snapshot.source.size === 0 && plan.kinds.snapshot.target.size > 0) {
    return nothing('the source has no snapshot at all');
  }
  if (count === 0) return nothing();
  const fault = await faultOfSource(source, plan, signal);
  if (fault !== undefined) return nothing(`the source is not whole: ${fault}`);

  const { abandonedAfter } = options;
  if (abandonedAfter !== undefined) await removeLocks(mirror, { all: false, silence: abandonedAfter });
  try {
    await using lock = await acquireLock(mirror, {
      kind: 'exclusive',
      retryFor: options.retryLock,
      signal,
      timing: options.lockTiming,
    });
    return await new Remover(parts, lock.signal).run(due);
  } catch (error) {
    if (error instanceof LockedError)
      return nothing(
        'the target is in use; if by nobody any more, remove the lock there with `octobox unlock`',
      );
    throw error;
  }
}

function dueObjects(record: MirrorRecord, keep: number | undefined): Map<MirroredKind, string[]> {
  const due = new Map<MirroredKind, string[]>();
  if (keep === undefined) return due;
  for (const { kind, name, seconds, held } of record.missing.values()) {
    if (held || seconds < keep) continue;
    const names = due.get(kind) ?? [];
    names.push(name);
    due.set(kind, names);
  }
  return due;
}

class Remover {
  readonly #parts: RemovalParts;
  readonly #signal: AbortSignal;
  readonly #removed = new Set<string>();
  #refused = 0;
  #reason: string | undefined;

  constructor(parts: RemovalParts, signal: AbortSignal) {
    this.#parts = parts;
    this.#signal = signal;
  }

  async run(due: ReadonlyMap<MirroredKind, readonly string[]>): Promise<Removal> {
    const { plan, record } = this.#parts;
    const of = (kind: MirroredKind): readonly string[] => due.get(kind) ?? [];
    // Somebody must be able to open it: a key of the source is there, or every key stays.
    const keys = plan.kinds.key.source.size > 0 ? of('key') : [];
    if (await this.#remove('snapshot', of('snapshot'))) {
      const { indexes, needed } = await this.#dispensable(of('index'), new Set(of('data')));
      if (await this.#remove('index', indexes)) {
        await this.#remove(
          'data',
          of('data').filter((pack) => !needed.has(pack)),
        );
        await this.#remove('key', keys);
      }
    }
    const missing = new Map([...record.missing].filter(([key]) => !this.#removed.has(key)));
    const waiting = missing.size - this.#refused;
    return {
      record: { ...record, missing },
      result: { removed: this.#removed.size, waiting, held: 0, refused: this.#refused, reason: this.#reason },
    };
  }

  /**
   * Index files that can go, and the packs that those name which stay. An index file stays as long as it alone
   * names a pack that is to stay.
   */
  async #dispensable(
    due: readonly string[],
    duePacks: ReadonlySet<string>,
  ): Promise<{ indexes: string[]; needed: Set<string> }> {
    const { source, mirror, plan } = this.#parts;
    const { index } = plan.kinds;
    const going = new Set(due);
    const needed = new Set<string>();
    const keep = (packs: Iterable<string>): void => {
      for (const pack of packs) needed.add(pack);
    };
    for (const name of new Set([...index.target.keys(), ...index.source.keys()])) {
      if (going.has(name)) continue;
      keep(await packsOfIndex(index.source.has(name) ? source : mirror, name, this.#signal));
    }
    const indexes: string[] = [];
    for (const name of due) {
      const packs = await packsOfIndex(mirror, name, this.#signal);
      if ([...packs].every((pack) => needed.has(pack) || duePacks.has(pack))) indexes.push(name);
      else keep(packs);
    }
    return { indexes, needed };
  }

  /** Whether all of them are gone. */
  async #remove(kind: MirroredKind, names: readonly string[]): Promise<boolean> {
    const { storage } = this.#parts.mirror;
    let [gone, refused] = [0, 0];
    await forEachLimited(names, atOnce, async (name) => {
      this.#signal.throwIfAborted();
      if (gone === 0 && refused >= refusalsThatSuffice) {
        refused++;
        return;
      }
      try {
        await storage.remove({ kind, name }, { signal: this.#signal });
      } catch (error) {
        if (isRefusal(error)) {
          refused++;
          this.#reason = `the storage does not let go of it: ${error.message}`;
          return;
        }
        if (!(error instanceof FileMissingError)) throw error;
      }
      gone++;
      this.#removed.add(objectKey(kind, name));
    });
    this.#refused += refused;
    return refused === 0;
  }
}

/** What append-only servers and object locks say to a removal. */
const isRefusal = (error: unknown): error is StorageError =>
  error instanceof StorageError && error.code === 'storage.denied';
