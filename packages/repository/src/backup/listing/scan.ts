/**
 * Counts what a backup is going to read, beside the backup, for the percentage and the time left of one that has no
 * parent to tell. It takes a small share of the time and is dropped when the backup ends first.
 */
import { readdirSync } from 'node:fs';
import { kindOf, statPath } from '../../filesystem/file-stat.ts';
import { toBytes } from './byte-path.ts';
import { type Entry, folderEntries, sourceEntries } from './entries.ts';
import type { Selection } from './selection.ts';
import type { SourceTree } from './source-tree.ts';

export interface ScanTotals {
  readonly files: number;
  readonly bytes: number;
}

export interface ScanTimes {
  /** Short backups are over before anybody wants to know. */
  readonly after: number;
  readonly every: number;
  readonly slice: number;
}

const usualTimes: ScanTimes = { after: 1000, every: 100, slice: 8 };

export class Scan implements Disposable {
  readonly #selection: Selection;
  readonly #done: (totals: ScanTotals) => void;
  readonly #times: ScanTimes;
  readonly #folders: Iterator<Entry>[];
  #files = 0;
  #bytes = 0;
  #timer: NodeJS.Timeout;

  /** `done` is not called when the scan is disposed before. Times are in milliseconds. */
  constructor(
    tree: SourceTree,
    selection: Selection,
    done: (totals: ScanTotals) => void,
    times: ScanTimes = usualTimes,
  ) {
    this.#selection = selection;
    this.#done = done;
    this.#times = times;
    this.#folders = [sourceEntries(tree)];
    this.#timer = this.#later(times.after);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #later(milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => this.#run(), milliseconds).unref();
  }

  #run(): void {
    const end = performance.now() + this.#times.slice;
    while (performance.now() < end) {
      const next = this.#folders.at(-1)?.next();
      if (next === undefined) {
        this.#done({ files: this.#files, bytes: this.#bytes });
        return;
      }
      if (next.done) this.#folders.pop();
      else this.#count(next.value);
    }
    this.#timer = this.#later(this.#times.every);
  }

  #count(entry: Entry): void {
    const { source, path, absolute } = entry;
    if (source !== undefined && source.path === undefined) {
      this.#folders.push(sourceEntries(source));
      return;
    }
    const explicit = source?.explicit ?? false;
    if (!explicit && this.#selection.excludesName(absolute)) return;
    try {
      const stat = statPath(toBytes(path));
      if (!explicit && this.#selection.excludes(absolute, stat)) return;
      const kind = kindOf(stat);
      if (kind === 'dir') this.#folders.push(this.#entriesOf(entry));
      if (kind !== 'file') return;
      this.#files++;
      this.#bytes += Number(stat.size);
    } catch {
      // The backup itself tells what cannot be read.
    }
  }

  #entriesOf(folder: Entry): Iterator<Entry> {
    const names = readdirSync(toBytes(folder.path), { encoding: 'latin1' });
    const kept = this.#selection.keptNames(folder.absolute);
    return folderEntries(folder, names.filter((name) => kept?.has(name) !== false).join('/'));
  }
}
