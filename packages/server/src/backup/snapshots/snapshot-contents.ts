import type { Repository, Snapshot } from '@octobox/repository';
import type { SnapshotReader, SourceContext } from '@octobox/sources';
import { ServerError } from '../../platform/index.ts';
import { abandonedLockMs } from '../upkeep/repository-alone.ts';

/** Loaded with the first drill or restore: a server answers before that. */
async function loadEngine() {
  const [{ entriesOf }, { acquireLock }, { listNodes }, { holdHeapSmall }, { dumpFile, restoreSnapshot }] =
    await Promise.all([
      import('@octobox/repository/browse'),
      import('@octobox/repository/locks'),
      import('@octobox/repository/listing'),
      import('@octobox/repository/memory'),
      import('@octobox/repository/restore'),
    ]);
  return { entriesOf, acquireLock, listNodes, holdHeapSmall, dumpFile, restoreSnapshot };
}
type Engine = Awaited<ReturnType<typeof loadEngine>>;

/** How long to wait for a repository that is being pruned. */
const lockPatienceMs = 10 * 60_000;

/** A snapshot as sources read it: opened, locked against pruning, closed by disposing. */
export class SnapshotContents implements SnapshotReader, AsyncDisposable {
  readonly description: string;
  readonly snapshot: Snapshot;
  readonly #repository: Repository;
  readonly #engine: Engine;
  readonly #resources: AsyncDisposableStack;
  readonly #signal: AbortSignal;

  private constructor(
    engine: Engine,
    repository: Repository,
    snapshot: Snapshot,
    resources: AsyncDisposableStack,
    signal: AbortSignal,
  ) {
    this.#engine = engine;
    this.#repository = repository;
    this.snapshot = snapshot;
    this.#resources = resources;
    this.#signal = signal;
    this.description = `snapshot ${snapshot.id.slice(0, 8)} of ${snapshot.time.slice(0, 19).replace('T', ' ')}`;
  }

  /** Takes over the repository handle: it is closed with this, also when opening fails. */
  static async open(
    repository: Repository,
    snapshotId: string,
    signal?: AbortSignal,
  ): Promise<SnapshotContents> {
    await using resources = new AsyncDisposableStack();
    resources.defer(() => repository.close());
    const engine = await loadEngine();
    // Also while a copy is compared with it, entry by entry.
    resources.use(engine.holdHeapSmall());
    const lock = resources.use(
      await engine.acquireLock(repository, {
        kind: 'shared',
        retryFor: lockPatienceMs,
        abandonedAfter: abandonedLockMs,
        signal,
      }),
    );
    const reading = signal === undefined ? lock.signal : AbortSignal.any([signal, lock.signal]);
    const snapshot = await repository.snapshot(snapshotId, {}, { signal: reading });
    await repository.loadIndex({ signal: reading });
    return new SnapshotContents(engine, repository, snapshot, resources.move(), reading);
  }

  async size(path: string): Promise<number> {
    const { listNodes } = this.#engine;
    for await (const { node } of listNodes(this.#repository, this.snapshot, { path, signal: this.#signal })) {
      return Number(node.size);
    }
    throw new ServerError('server.not-found', `${this.description} holds no ${path}`);
  }

  read(path: string): AsyncIterable<Uint8Array> {
    return this.#engine.dumpFile(this.#repository, this.snapshot, path, { signal: this.#signal });
  }

  async *entries(): AsyncIterable<{ path: string; type: string; size: number; modified: string }> {
    const tree = Buffer.from(this.snapshot.tree, 'hex');
    const options = { recursive: true, signal: this.#signal };
    // A folder of a million files is never in memory as a whole.
    for await (const { path, node } of this.#engine.entriesOf(this.#repository, tree, options)) {
      yield {
        path: path.toString('utf8'),
        type: node.type,
        size: Number(node.size),
        modified: new Date(Number(node.mtime / 1_000_000n)).toISOString(),
      };
    }
  }

  async extract(
    target: string,
    options: { include?: readonly string[]; verify: boolean; context: SourceContext },
  ): Promise<{ files: number; bytes: number }> {
    const { context } = options;
    const result = await this.#engine.restoreSnapshot(this.#repository, this.snapshot, {
      target,
      ...(options.include === undefined ? {} : { include: options.include }),
      verify: options.verify,
      // In place of a live source the folders above it are others', `/tmp` or `/srv`.
      spareFoldersAbove: options.include !== undefined,
      noLock: true,
      signal: AbortSignal.any([this.#signal, context.signal]),
      onProgress: (progress) =>
        context.onProgress?.({
          step: 'restoring files',
          done: progress.bytesDone,
          ...(progress.bytesTotal === undefined ? {} : { total: progress.bytesTotal }),
          unit: 'bytes',
          files: progress.filesDone,
          ...(progress.filesTotal === undefined ? {} : { filesTotal: progress.filesTotal }),
        }),
      onError: (path, error) => context.onLog?.(`${path}: ${(error as Error).message}`),
      onWarning: (path, problem) => context.onLog?.(`${path}: ${problem}`),
    });
    if (result.errorCount > 0) {
      const [first] = result.errors;
      throw new ServerError(
        'server.restore-failed',
        `${result.errorCount} entries of ${this.description} could not be restored, first ${first?.path}: ${first?.message}`,
        {
          cause: first?.error,
          advice: 'Check free space and permissions of the target, then restore again.',
        },
      );
    }
    return {
      files: result.filesRestored + result.filesUnchanged,
      bytes: result.bytesRestored + result.bytesUnchanged,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}
