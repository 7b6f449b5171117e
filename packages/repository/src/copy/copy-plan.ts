/**
 * Copying snapshots to a repository with other keys. The plan walks the trees of the source and finds the blobs that
 * the target lacks, batch by batch, so that an interruption costs one batch at most.
 */
import { RepositoryError } from '../errors.ts';
import { walkTrees } from '../inspect/tree-walk.ts';
import { BitSet } from '../store/index/bit-set.ts';
import type { Repository } from '../store/repository.ts';
import { compareSnapshots, type Snapshot } from '../store/snapshots/snapshots.ts';
import { copiesIn } from './already-copied.ts';

const problemsKept = 100;
/** Bytes as stored in the source after which a batch ends and its snapshots are written. */
const batchBytes = 512 * 1024 * 1024;

/** The source is damaged: a copy would lack something. */
export class CopyRefusedError extends RepositoryError {
  readonly problems: readonly string[];
  constructor(problems: readonly string[], total: number) {
    super(
      'repository.copy-refused',
      `the source lacks something that its snapshots need (${total}):\n${problems.slice(0, 10).join('\n')}`,
      {
        advice:
          'Nothing was copied. Run check on the source; name the snapshots that are whole to copy those.',
      },
    );
    this.problems = problems;
  }
}

export interface CopyBatch {
  /** Oldest first. */
  readonly snapshots: readonly Snapshot[];
  /** Entries of the source's table that the target lacks. */
  readonly entries: readonly number[];
  readonly bytes: number;
}

export interface CopyPlan {
  readonly batches: readonly CopyBatch[];
  readonly skipped: readonly { readonly source: Snapshot; readonly copy: Snapshot }[];
  readonly snapshots: number;
  readonly blobs: number;
  /** As stored in the source. */
  readonly bytes: number;
}

export interface PlanCopyOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onSnapshot?: ((done: number, total: number) => void) | undefined;
}

/**
 * Needs both indexes.
 * @param present snapshots of the target among which copies are looked for
 * @throws CopyRefusedError when blobs or trees are missing or damaged
 */
export async function planCopy(
  source: Repository,
  target: Repository,
  snapshots: readonly Snapshot[],
  present: readonly Snapshot[],
  { signal, onSnapshot }: PlanCopyOptions = {},
): Promise<CopyPlan> {
  const findCopy = copiesIn(present);
  const skipped: { source: Snapshot; copy: Snapshot }[] = [];
  const wanted: Snapshot[] = [];
  for (const snapshot of [...snapshots].sort(compareSnapshots)) {
    const copy = findCopy(snapshot);
    if (copy === undefined) wanted.push(snapshot);
    else skipped.push({ source: snapshot, copy });
  }
  const lacking = new LackingBlobs(source, target);
  const batches: CopyBatch[] = [];
  let members: Snapshot[] = [];
  for (const [done, snapshot] of wanted.entries()) {
    onSnapshot?.(done, wanted.length);
    await lacking.walk(snapshot, signal);
    members.push(snapshot);
    if (lacking.bytes < batchBytes && done + 1 < wanted.length) continue;
    batches.push({ snapshots: members, ...lacking.take() });
    members = [];
  }
  onSnapshot?.(wanted.length, wanted.length);
  lacking.assertWhole();
  return {
    batches,
    skipped,
    snapshots: wanted.length,
    blobs: batches.reduce((sum, { entries }) => sum + entries.length, 0),
    bytes: batches.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** What the target lacks of the trees walked so far; each tree and blob is looked at once. */
class LackingBlobs {
  readonly #source: Repository;
  readonly #target: Repository;
  readonly #trees: BitSet;
  readonly #seen: BitSet;
  readonly #problems: string[] = [];
  #problemCount = 0;
  #entries: number[] = [];
  bytes = 0;

  constructor(source: Repository, target: Repository) {
    this.#source = source;
    this.#target = target;
    this.#trees = new BitSet(source.index.entryCount);
    this.#seen = new BitSet(source.index.entryCount);
  }

  async walk(snapshot: Snapshot, signal: AbortSignal | undefined): Promise<void> {
    const name = snapshot.id.slice(0, 8);
    await walkTrees(
      this.#source,
      [Buffer.from(snapshot.tree, 'hex')],
      {
        node: (tree, links) => {
          for (let number = 0; number < links.contents; number++) {
            const id = links.contentAt(number);
            if (this.#want('data', id)) continue;
            const [from, blob] = [tree.toString('hex'), Buffer.from(id).toString('hex')];
            this.#problem(`snapshot ${name}, tree ${from}: data blob ${blob} is in no index`);
          }
        },
        failed: (_, error) =>
          this.#problem(`snapshot ${name}: ${error instanceof Error ? error.message : String(error)}`),
        visited: (tree) => this.#want('tree', tree),
      },
      signal,
      this.#trees,
    );
  }

  take(): { readonly entries: readonly number[]; readonly bytes: number } {
    const taken = { entries: this.#entries, bytes: this.bytes };
    this.#entries = [];
    this.bytes = 0;
    return taken;
  }

  assertWhole(): void {
    if (this.#problemCount > 0) throw new CopyRefusedError(this.#problems, this.#problemCount);
  }

  #want(type: 'data' | 'tree', id: Uint8Array): boolean {
    const entry = this.#source.index.firstOf(type, id);
    if (entry === -1) return false;
    if (this.#seen.add(entry) && !this.#target.hasBlob(type, id)) {
      this.#entries.push(entry);
      this.bytes += this.#source.index.locationAt(entry).length;
    }
    return true;
  }

  #problem(text: string): void {
    this.#problemCount++;
    if (this.#problems.length < problemsKept) this.#problems.push(text);
  }
}
