import type { ProbeReport, SnapshotReader, Source, SourceContext } from '@octobox/sources';
import type { ProtectedSource } from '../catalog/index.ts';
import type { ConnectSource } from './connect-source.ts';
import type { RepositoryKeeper } from './repository/repository-keeper.ts';
import { SnapshotContents } from './snapshots/snapshot-contents.ts';

/** What a probe reads of a snapshot is small and read every minute: an inventory. */
const largestKeptFile = 8 * 1024 * 1024;

interface Kept {
  /** What it was made from; another catalog entry makes another one. */
  readonly settings: string;
  /** Kept as well, because sources remember what they saw of a snapshot. */
  readonly connected: Source;
  readonly snapshotId: string | undefined;
  readonly files: Map<string, Uint8Array>;
}

/** Probes sources against a snapshot, and keeps what they read of it for the next probe. */
export class Probes {
  readonly #keeper: RepositoryKeeper;
  readonly #connect: ConnectSource;
  readonly #kept = new Map<string, Kept>();

  constructor(options: { keeper: RepositoryKeeper; connect: ConnectSource }) {
    this.#keeper = options.keeper;
    this.#connect = options.connect;
  }

  async probe(
    source: ProtectedSource,
    referenceSnapshotId: string | undefined,
    signal: AbortSignal,
  ): Promise<ProbeReport> {
    const settings = JSON.stringify([source.kind, source.location, source.options]);
    const before = this.#kept.get(source.id);
    const same = before?.settings === settings ? before : undefined;
    const connected = same?.connected ?? (await this.#connect(source));
    const files = same?.snapshotId === referenceSnapshotId ? same?.files : undefined;
    const kept: Kept = { settings, connected, snapshotId: referenceSnapshotId, files: files ?? new Map() };
    this.#kept.set(source.id, kept);
    const context: SourceContext = { signal };
    if (referenceSnapshotId === undefined) return await connected.probe(undefined, context);
    await using reader = new RememberingReader(this.#keeper, referenceSnapshotId, kept.files, signal);
    try {
      return await connected.probe(reader, context);
    } catch (error) {
      // A repository that cannot be read says nothing of the source; the promise of fresh backups tells of it.
      if (!reader.unreadable || signal.aborted) throw error;
      return await connected.probe(undefined, context);
    }
  }
}

/** Opens the snapshot only for what is not remembered. */
class RememberingReader implements SnapshotReader, AsyncDisposable {
  readonly description: string;
  readonly #keeper: RepositoryKeeper;
  readonly #snapshotId: string;
  readonly #files: Map<string, Uint8Array>;
  readonly #signal: AbortSignal;
  #opening: Promise<SnapshotContents> | undefined;
  /** The snapshot could not be opened. */
  unreadable = false;

  constructor(
    keeper: RepositoryKeeper,
    snapshotId: string,
    files: Map<string, Uint8Array>,
    signal: AbortSignal,
  ) {
    this.#keeper = keeper;
    this.#snapshotId = snapshotId;
    this.#files = files;
    this.#signal = signal;
    this.description = `snapshot ${snapshotId.slice(0, 8)}`;
  }

  #contents(): Promise<SnapshotContents> {
    this.#opening ??= this.#keeper
      .open(this.#signal)
      .then((repository) => SnapshotContents.open(repository, this.#snapshotId, this.#signal));
    this.#opening.catch(() => {
      this.unreadable = true;
    });
    return this.#opening;
  }

  async size(path: string): Promise<number> {
    const known = this.#files.get(path);
    return known === undefined ? await (await this.#contents()).size(path) : known.length;
  }

  async *read(path: string): AsyncIterable<Uint8Array> {
    const known = this.#files.get(path);
    if (known !== undefined) {
      yield known;
      return;
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of (await this.#contents()).read(path)) {
      size += chunk.length;
      if (size <= largestKeptFile) chunks.push(Uint8Array.from(chunk));
      yield chunk;
    }
    if (size <= largestKeptFile) this.#files.set(path, Buffer.concat(chunks));
  }

  async *entries(): ReturnType<SnapshotReader['entries']> {
    yield* (await this.#contents()).entries();
  }

  async extract(...parameters: Parameters<SnapshotReader['extract']>): ReturnType<SnapshotReader['extract']> {
    return await (await this.#contents()).extract(...parameters);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const contents = await this.#opening?.catch(() => undefined);
    await contents?.[Symbol.asyncDispose]();
  }
}
