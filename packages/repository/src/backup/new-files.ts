/**
 * Files without a predecessor, which a first backup consists of: workers read them and make their nodes, and the main
 * thread only puts runs of nodes into trees. Of each file nothing is held here but bytes in arrays.
 */

import type { FolderBuilder, NodeRun } from './folder-builder.ts';
import type { BytePath } from './listing/byte-path.ts';
import { joinPath } from './listing/byte-path.ts';
import type { FolderPlace } from './listing/entries.ts';
import { type ListedEntriesReader, STAT } from './listing/listed-entries.ts';
import type { FileNote, NodesMade } from './threads/worker-messages.ts';
import type { WorkerPool } from './threads/worker-pool.ts';

const MOST_FILES = 64;
const MOST_BYTES = 4 * 1024 * 1024;
/** Starts have about 350 bytes. */
const STARTS = 32 * 1024;

export interface NewFilesOptions {
  readonly pool: WorkerPool;
  readonly withAtime: boolean;
  /** What a batch has brought, before its nodes are in their trees. */
  readonly onDone: (made: NodesMade, count: number) => void;
  readonly onNote: (folder: FolderPlace, name: BytePath, note: FileNote) => void;
  readonly onFailure: (error: unknown) => void;
}

interface Run {
  readonly nodes: NodeRun;
  readonly folder: FolderPlace;
  readonly first: number;
  count: number;
}

interface Batch {
  readonly runs: Run[];
  readonly stats: BigUint64Array<ArrayBuffer>;
  readonly starts: Uint8Array<ArrayBuffer>;
  readonly ends: Uint32Array<ArrayBuffer>;
  paths: BytePath;
  count: number;
  startsLength: number;
  bytes: number;
}

export class NewFilesReader {
  readonly #options: NewFilesOptions;
  #batch: Batch | undefined;

  constructor(options: NewFilesOptions) {
    this.#options = options;
  }

  /** False when the file is too large for a batch. Nothing waits for ever only if `flush` is called before waiting. */
  add(folder: FolderPlace & { readonly builder: FolderBuilder }, found: ListedEntriesReader): boolean {
    const { size } = found;
    const length = found.to - found.from;
    if (size >= MOST_BYTES || length > STARTS) return false;
    if (this.#batch !== undefined && this.#batch.startsLength + length > STARTS) this.flush();
    this.#batch ??= newBatch();
    const batch = this.#batch;
    const at = batch.count++;
    batch.stats.set(found.statWords, at * STAT);
    batch.starts.set(found.text.subarray(found.from, found.to), batch.startsLength);
    batch.startsLength += length;
    batch.ends[at] = batch.startsLength;
    const path = joinPath(folder.path, found.name);
    batch.paths = at === 0 ? path : `${batch.paths}\0${path}`;
    batch.bytes += size;
    const run = batch.runs.at(-1);
    if (run?.nodes.builder === folder.builder && run.nodes.extend()) run.count++;
    else batch.runs.push({ nodes: folder.builder.reserveRun(), folder, first: at, count: 1 });
    if (batch.count === MOST_FILES || batch.bytes >= MOST_BYTES) this.flush();
    return true;
  }

  /** Sends what is gathered although the batch is not full. */
  flush(): void {
    const batch = this.#batch;
    if (batch === undefined) return;
    this.#batch = undefined;
    const { pool, withAtime, onFailure } = this.#options;
    const { count, paths, stats, starts, ends } = batch;
    pool
      .run({ kind: 'nodes', files: { count, paths, stats, starts, ends }, withAtime })
      .then((made) => this.#finish(batch.runs, paths, made))
      .catch(onFailure);
  }

  #finish(runs: readonly Run[], paths: BytePath, made: NodesMade): void {
    const { onDone, onNote } = this.#options;
    const without = new Set<number>();
    onDone(made, made.ends.length - made.notes.filter(({ failure }) => failure !== undefined).length);
    for (const note of made.notes) {
      if (note.failure !== undefined) without.add(note.at);
      const run = runs.findLast(({ first }) => first <= note.at);
      const path = paths.split('\0')[note.at] ?? '';
      if (run !== undefined) onNote(run.folder, path.slice(path.lastIndexOf('/') + 1), note);
    }
    for (const { nodes, first, count } of runs) {
      let from = made.ends[first - 1] ?? 0;
      const to = made.ends[first + count - 1] ?? from;
      if (made.json[from] === COMMA) from++;
      let placed = count;
      for (let at = first; without.size > 0 && at < first + count; at++) if (without.has(at)) placed--;
      nodes.place(made.json.subarray(from, to), placed);
    }
  }
}

const COMMA = 0x2c;

const newBatch = (): Batch => ({
  runs: [],
  stats: new BigUint64Array(MOST_FILES * STAT),
  starts: new Uint8Array(STARTS),
  ends: new Uint32Array(MOST_FILES),
  paths: '',
  count: 0,
  startsLength: 0,
  bytes: 0,
});
