import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { checkOf, countOf, reportOf } from '../inventory/compare.ts';
import type { Check, SnapshotReader, SourceContext, VerificationReport } from '../source.ts';
import { canBeAsked, entryGroups, type SnapshotEntry, statOf, typeOf } from './entries.ts';
import { Sample } from './sample.ts';

/** Files whose content is read again and compared, and the bytes after which that stops. */
const sampledFiles = 100;
const sampledBytes = 256 << 20;
/** Differences beyond these are counted, not named. */
const namedDifferences = 50;

export interface FilesVerifyOptions {
  readonly paths: readonly string[];
  /** Where the tree lies: `/` for the live one, the scratch folder for a copy. */
  readonly root: string;
}

class Differences {
  readonly named: string[] = [];
  #more = 0;

  add(text: string): void {
    if (this.named.length < namedDifferences) this.named.push(text);
    else this.#more += 1;
  }

  all(): string[] {
    return this.#more === 0 ? this.named : [...this.named, `and ${this.#more} more`];
  }
}

/** Every entry of the snapshot is looked up (there, of its type, of its size); a sample's content is compared. */
export async function verifyFiles(
  snapshot: SnapshotReader,
  options: FilesVerifyOptions,
  context: SourceContext,
): Promise<VerificationReport> {
  const missing = new Differences();
  const different = new Differences();
  const sample = new Sample<SnapshotEntry>(sampledFiles);
  let files = 0;
  let bytes = 0;
  let done = 0;
  let unasked = 0;
  for await (const group of entryGroups(snapshot, options.paths)) {
    context.signal.throwIfAborted();
    const found = await Promise.all(
      group.map(({ path }) => (canBeAsked(path) ? statOf(join(options.root, path)) : undefined)),
    );
    for (const [i, entry] of group.entries()) {
      const stats = found[i];
      if (!canBeAsked(entry.path)) unasked += 1;
      else if (stats === undefined) missing.add(`${entry.path} is missing`);
      else if (typeOf(stats) !== entry.type)
        different.add(`${entry.path} is ${typeOf(stats)} instead of ${entry.type}`);
      else if (entry.type === 'file' && stats.size !== entry.size) {
        different.add(`${entry.path} has ${stats.size} bytes instead of ${entry.size}`);
      } else if (entry.type === 'file') sample.add(entry);
      if (entry.type === 'file') {
        files += 1;
        bytes += entry.size;
      }
    }
    done += group.length;
    context.onProgress?.({ step: 'comparing entries', done, unit: 'files' });
  }
  const not = unasked === 0 ? '' : ` (${unasked} with names that are not UTF-8 not asked)`;
  return reportOf([
    checkOf('entries', `${countOf(done, 'entry', 'entries')}${not}`, missing.all()),
    checkOf('sizes', `${countOf(files, 'file')}, ${countOf(bytes, 'byte')}`, different.all()),
    await compareContent(snapshot, options, sample, context),
  ]);
}

async function compareContent(
  snapshot: SnapshotReader,
  options: FilesVerifyOptions,
  sample: Sample<SnapshotEntry>,
  context: SourceContext,
): Promise<Check> {
  const differences: string[] = [];
  let files = 0;
  let bytes = 0;
  for (const { path, size } of sample.kept) {
    context.signal.throwIfAborted();
    if (bytes >= sampledBytes) break;
    files += 1;
    bytes += size;
    if (!(await sameContent(snapshot, path, join(options.root, path))))
      differences.push(`${path} has another content`);
    context.onProgress?.({
      step: 'comparing content',
      done: files,
      total: sample.kept.length,
      unit: 'files',
    });
  }
  const part = files === sample.seen ? 'all' : 'a random sample';
  return checkOf(
    'content',
    `${part}: ${countOf(files, 'file')}, ${countOf(bytes, 'byte')} compared`,
    differences,
  );
}

async function sameContent(snapshot: SnapshotReader, path: string, copy: string): Promise<boolean> {
  const stream = createReadStream(copy, { highWaterMark: 1 << 18 });
  const there = (stream as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  let rest: Uint8Array = Buffer.alloc(0);
  try {
    for await (const chunk of snapshot.read(path)) {
      for (let at = 0; at < chunk.length; ) {
        if (rest.length === 0) {
          const next = await there.next();
          if (next.done === true) return false;
          rest = next.value;
          continue;
        }
        const length = Math.min(rest.length, chunk.length - at);
        if (Buffer.compare(rest.subarray(0, length), chunk.subarray(at, at + length)) !== 0) return false;
        rest = rest.subarray(length);
        at += length;
      }
    }
    return rest.length === 0 && (await there.next()).done === true;
  } finally {
    stream.destroy();
  }
}
