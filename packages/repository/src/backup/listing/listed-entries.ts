/**
 * What the listing thread found, as it crosses to the main thread: a walk of the sources, depth first, as a row of
 * steps. Hundreds of them travel in three arrays that change hands, because an object for each would cost more than
 * looking at the file.
 *
 *     walk = step* 'end'      step = entry | 'failed' | ('dir' | 'way') walk
 */
import type { FileKindOnDisk, FileStat } from '../../filesystem/file-stat.ts';
import type { BytePath } from './byte-path.ts';
import type { SelectionOptions } from './selection.ts';
import type { SourceTree } from './source-tree.ts';

/** `way`: a folder that is only on the way to a source. `failed`: an entry that could not be looked at. */
const STEPS = ['end', 'failed', 'way', 'dir', 'file', 'symlink', 'dev', 'chardev', 'fifo'] as const;
export type Step = (typeof STEPS)[number];
export type ListedKind = Exclude<FileKindOnDisk, 'socket' | 'irregular'>;

export interface ListedFailure {
  readonly code: string;
  readonly message: string;
}

export interface ListedEntries {
  readonly count: number;
  /** For each step: its kind, and the bytes of its name and of its start. */
  readonly steps: Uint32Array<ArrayBuffer>;
  /** For each entry its `FileStat`. */
  readonly stats: BigUint64Array<ArrayBuffer>;
  /** Names and starts (see `encodeNodeStart`), one behind another. */
  readonly text: Buffer<ArrayBuffer> | Uint8Array<ArrayBuffer>;
  /** For each step that failed. */
  readonly failures: readonly ListedFailure[];
}

/** What the thread is started with. */
export interface ListingSetup {
  readonly sources: SourceTree;
  readonly paths: readonly BytePath[];
  readonly selection: SelectionOptions;
  readonly withAtime: boolean;
  /** One word: messages that were sent and not taken. */
  readonly ahead: SharedArrayBuffer;
}

/** Messages of about 400 entries and 180 kB. Who takes them is slower than who lists, and needs no more than the next. */
export const MOST_AHEAD = 12;

const STEP = 3;
const SIZE = 7;
/** Words of a stat. */
export const STAT = 11;
const MOST_STEPS = 512;
const TEXT = 128 * 1024;

/** Gathers steps and posts them. */
export class ListedEntriesWriter {
  readonly #post: (entries: ListedEntries, moved: ArrayBuffer[]) => void;
  #steps = new Uint32Array(0);
  #stats = new BigUint64Array(0);
  #text = Buffer.alloc(0);
  #failures: ListedFailure[] = [];
  #count = 0;
  #statCount = 0;
  #textLength = 0;

  constructor(post: (entries: ListedEntries, moved: ArrayBuffer[]) => void) {
    this.#post = post;
  }

  end(): void {
    this.#step('end', '', '');
  }

  way(name: BytePath): void {
    this.#step('way', name, '');
  }

  failed(name: BytePath, failure: ListedFailure): void {
    this.#step('failed', name, '');
    this.#failures.push(failure);
  }

  entry(kind: ListedKind, name: BytePath, start: string, stat: FileStat): void {
    this.#step(kind, name, start);
    const at = this.#statCount++ * STAT;
    const stats = this.#stats;
    stats[at] = BigInt(stat.mode);
    stats[at + 1] = BigInt(stat.uid);
    stats[at + 2] = BigInt(stat.gid);
    stats[at + 3] = stat.inode;
    stats[at + 4] = stat.device;
    stats[at + 5] = stat.specialDevice;
    stats[at + 6] = stat.links;
    stats[at + SIZE] = stat.size;
    stats[at + 8] = stat.modified;
    stats[at + 9] = stat.accessed;
    stats[at + 10] = stat.changed;
  }

  flush(): void {
    if (this.#count === 0) return;
    const [count, steps, stats, text] = [this.#count, this.#steps, this.#stats, this.#text];
    const failures = this.#failures;
    this.#count = 0;
    this.#statCount = 0;
    this.#textLength = 0;
    this.#failures = [];
    this.#text = Buffer.alloc(0);
    this.#post({ count, steps, stats, text, failures }, [steps.buffer, stats.buffer, text.buffer]);
  }

  #step(step: Step, name: BytePath, start: string): void {
    // Of UTF-16's units none takes more than three bytes.
    const most = name.length + 3 * start.length;
    if (this.#count === MOST_STEPS || this.#textLength + most > this.#text.length) {
      this.flush();
      this.#steps = new Uint32Array(MOST_STEPS * STEP);
      this.#stats = new BigUint64Array(MOST_STEPS * STAT);
      this.#text = Buffer.allocUnsafeSlow(Math.max(TEXT, most));
    }
    const at = this.#count++ * STEP;
    const startLength = this.#text.write(start, this.#textLength + name.length, 'utf8');
    this.#text.write(name, this.#textLength, 'latin1');
    this.#steps[at] = STEPS.indexOf(step);
    this.#steps[at + 1] = name.length;
    this.#steps[at + 2] = startLength;
    this.#textLength += name.length + startLength;
  }
}

type Stats = BigUint64Array<ArrayBufferLike>;

const wordAt = (stats: Stats, at: number, field: number): bigint => stats[at * STAT + field] ?? 0n;
const timeAt = (stats: Stats, at: number, field: number): bigint =>
  BigInt.asIntN(64, wordAt(stats, at, field));

export const statAt = (stats: Stats, at: number): FileStat => ({
  ...listedAt(stats, at),
  mode: Number(wordAt(stats, at, 0)),
  uid: Number(wordAt(stats, at, 1)),
  gid: Number(wordAt(stats, at, 2)),
  device: wordAt(stats, at, 4),
  specialDevice: wordAt(stats, at, 5),
  links: wordAt(stats, at, 6),
  accessed: timeAt(stats, at, 9),
});

/** What says whether a file is still the one that was listed. */
export const listedAt = (
  stats: Stats,
  at: number,
): Pick<FileStat, 'inode' | 'size' | 'modified' | 'changed'> => ({
  inode: wordAt(stats, at, 3),
  size: wordAt(stats, at, SIZE),
  modified: timeAt(stats, at, 8),
  changed: timeAt(stats, at, 10),
});

/** Goes through the steps of one `ListedEntries`; what it tells is of the step that `advance` came to. */
export class ListedEntriesReader {
  readonly text: Buffer;
  readonly #entries: ListedEntries;
  #at = -1;
  #stat = -1;
  #failure = -1;
  /** Where the start lies in `text`. */
  from = 0;
  to = 0;
  #name = 0;
  kind: Step = 'end';

  constructor(entries: ListedEntries) {
    const { buffer, byteOffset, byteLength } = entries.text;
    this.#entries = entries;
    this.text = Buffer.from(buffer, byteOffset, byteLength);
  }

  /** False behind the last step. */
  advance(): boolean {
    if (++this.#at >= this.#entries.count) return false;
    const { steps } = this.#entries;
    const at = this.#at * STEP;
    const kind = steps[at] ?? 0;
    this.#name = this.to;
    this.from = this.to + (steps[at + 1] ?? 0);
    this.to = this.from + (steps[at + 2] ?? 0);
    this.kind = STEPS[kind] ?? 'end';
    if (kind > 2) this.#stat++;
    else if (kind === 1) this.#failure++;
    return true;
  }

  get name(): BytePath {
    return this.text.toString('latin1', this.#name, this.from);
  }

  /** The start of the node's JSON (see `encodeNodeStart`). */
  get start(): string {
    return this.text.toString('utf8', this.from, this.to);
  }

  /** The words of the stat, as they crossed; a view. */
  get statWords(): BigUint64Array {
    return this.#entries.stats.subarray(this.#stat * STAT, (this.#stat + 1) * STAT);
  }

  get size(): number {
    return Number(wordAt(this.#entries.stats, this.#stat, SIZE));
  }

  get stat(): FileStat {
    return statAt(this.#entries.stats, this.#stat);
  }

  get failure(): Error {
    const { code, message } = this.#entries.failures[this.#failure] ?? { code: '', message: 'unknown' };
    const error = new Error(message);
    return code === '' ? error : Object.assign(error, { code });
  }

  /** Gives the memory back; it tells nothing any more. */
  release(): void {
    const { steps, stats, text } = this.#entries;
    for (const { buffer } of [steps, stats, text]) buffer.transfer(0);
  }
}
