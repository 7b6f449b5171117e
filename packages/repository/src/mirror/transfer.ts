/** Sends the objects of one kind, several at a time, and keeps count of what came of each. */
import type { ListedFile, Storage } from '@octobox/storage';
import { FileMissingError, StorageError } from '@octobox/storage/errors';
import { forEachLimited } from '../runtime/limited.ts';
import { copyObject, isWhole } from './copy-object.ts';
import type { MirroredKind, MirrorPlan } from './mirror-plan.ts';
import type { MirrorProblem, MirrorProgress } from './mirror-types.ts';
import { lockedUntil } from './retention.ts';

const defaultTransfers = 4;
const problemsKept = 1000;

export interface TransferOptions {
  readonly transfers?: number | undefined;
  readonly verify?: boolean | undefined;
  /** seconds */
  readonly retain?: number | undefined;
  readonly now?: (() => Date) | undefined;
  readonly onProgress?: ((progress: MirrorProgress) => void) | undefined;
  readonly onProblem?: ((problem: MirrorProblem) => void) | undefined;
}

export class Transfer {
  readonly problems: MirrorProblem[] = [];
  problemCount = 0;
  objectsCopied = 0;
  bytesCopied = 0;
  /** In this round. */
  vanished = 0;
  readonly #source: Storage;
  readonly #target: Storage;
  readonly #options: TransferOptions;
  readonly #signal: AbortSignal;
  #progress: MirrorProgress = {
    phase: 'key',
    objectsDone: 0,
    objectsTotal: 0,
    bytesDone: 0,
    bytesTotal: 0,
  };
  /** A file is a problem once, however many rounds meet it. */
  readonly #told = new Set<string>();

  constructor(source: Storage, target: Storage, signal: AbortSignal, options: TransferOptions) {
    this.#source = source;
    this.#target = target;
    this.#signal = signal;
    this.#options = options;
  }

  beginRound(plan: MirrorPlan): void {
    this.vanished = 0;
    this.#progress = {
      phase: 'key',
      objectsDone: 0,
      objectsTotal: plan.objects,
      bytesDone: 0,
      bytesTotal: plan.bytes,
    };
  }

  /** Copies the files. Gives the names of those that are not at the target afterwards. */
  async send(
    kind: MirroredKind,
    files: Iterable<ListedFile>,
    there: ReadonlyMap<string, number>,
  ): Promise<Set<string>> {
    const failed = new Set<string>();
    await forEachLimited(files, this.#options.transfers ?? defaultTransfers, async (file) => {
      this.#signal.throwIfAborted();
      this.#tell({ phase: kind });
      if (!(await this.#sendOne(kind, file, there.has(file.name)))) failed.add(file.name);
      this.#tell({ objectsDone: this.#progress.objectsDone + 1 });
    });
    return failed;
  }

  problem(kind: MirroredKind, name: string, problem: string): void {
    const key = `${kind}/${name}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.problemCount++;
    const told = { file: { kind, name }, problem };
    if (this.problems.length < problemsKept) this.problems.push(told);
    this.#options.onProblem?.(told);
  }

  /** Whether it is at the target now. */
  async #sendOne(kind: MirroredKind, { name, size }: ListedFile, isThere: boolean): Promise<boolean> {
    const file = { kind, name };
    if (isThere && (await this.#isFineThere(kind, name, size))) return true;
    const outcome = await copyObject(this.#source, this.#target, file, size, {
      signal: this.#signal,
      verify: this.#options.verify ?? false,
      onBytes: (count) => this.#tell({ bytesDone: this.#progress.bytesDone + count }),
    });
    switch (outcome.state) {
      case 'copied':
        if (this.#options.retain !== undefined && this.#target.retain !== undefined) {
          const now = this.#options.now?.() ?? new Date();
          await this.#target.retain(file, lockedUntil(now, this.#options.retain), { signal: this.#signal });
        }
        this.objectsCopied++;
        this.bytesCopied += size;
        return true;
      case 'present':
        return true;
      case 'vanished':
        this.vanished++;
        return false;
      case 'damaged':
        this.problem(kind, name, `it is damaged at the source and was not copied: ${outcome.problem}`);
        return false;
    }
  }

  /** Of a file whose size differs on the two sides: a transfer that was cut off, or damage at the source. */
  async #isFineThere(kind: MirroredKind, name: string, size: number): Promise<boolean> {
    const file = { kind, name };
    try {
      const there = await this.#target.stat(file, { signal: this.#signal });
      if (there.size === size) return true;
      if (await isWhole(this.#target, file, there.size, this.#signal)) return true;
      await this.#target.remove(file, { signal: this.#signal });
      return false;
    } catch (error) {
      if (error instanceof FileMissingError) return false;
      if (!(error instanceof StorageError)) throw error;
      this.problem(
        kind,
        name,
        `a damaged copy of it lies at the target and cannot be replaced: ${error.message}`,
      );
      return true;
    }
  }

  #tell(change: Partial<MirrorProgress>): void {
    this.#progress = { ...this.#progress, ...change };
    this.#options.onProgress?.(this.#progress);
  }
}
