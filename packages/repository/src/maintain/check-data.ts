/**
 * Reads whole packs: the file against its name, its header against the index, and every blob opened and hashed.
 * A pack passes through in pieces, so that its size does not matter.
 */
import { createHash } from 'node:crypto';
import type { StoredFile } from '@octobox/storage';
import { DamagedFileError } from '../errors.ts';
import type { PackedBlob } from '../format/pack-header.ts';
import type { ContentPool } from '../restore/content-pool.ts';
import { forEachLimited } from '../restore/limited.ts';
import { visitPackHeader } from '../store/pack-reader.ts';
import type { Repository } from '../store/repository.ts';
import { type CheckProgress, type Findings, problemOf } from './check-report.ts';
import type { Damage } from './damage.ts';
import type { EntriesByPack, IndexedBlob } from './entries-by-pack.ts';

export interface CheckDataParts {
  readonly repository: Repository;
  readonly pool: ContentPool;
  readonly entries: EntriesByPack;
  readonly damage: Damage;
  readonly findings: Findings;
  readonly onProgress: (progress: CheckProgress) => void;
  readonly signal: AbortSignal | undefined;
}

export interface PackToRead {
  /** Of the table of blobs. */
  readonly number: number;
  readonly name: string;
  readonly size: number;
}

const pieceLength = 2 * 1024 * 1024;
/** Bytes of an average blob from which threads are used. */
const worthThreads = 4096;
/** Many tiny blobs cost more memory than their bytes say. */
const pieceBlobs = 512;

export async function checkData(parts: CheckDataParts, packs: readonly PackToRead[]): Promise<void> {
  const bytesTotal = packs.reduce((sum, { size }) => sum + size, 0);
  const blobs = packs.reduce((sum, { number }) => sum + parts.entries.entriesOf(number).length, 0);
  // With tiny blobs the messages between threads would cost more than the work.
  if (bytesTotal / blobs >= worthThreads) parts.pool.expect(bytesTotal);
  const headers = new OneAtATime();
  let [done, bytesDone] = [0, 0];
  await forEachLimited(packs, parts.pool.size + 1, async (pack) => {
    parts.signal?.throwIfAborted();
    try {
      await checkPack(parts, pack, headers);
    } catch (error) {
      parts.signal?.throwIfAborted();
      parts.findings.error(
        'pack-damaged',
        `pack ${pack.name} cannot be read: ${problemOf(error)}`,
        fileOf(pack),
      );
      for (const entry of parts.entries.entriesOf(pack.number)) parts.damage.markEntry(entry);
    }
    bytesDone += pack.size;
    parts.onProgress({ phase: 'data', done: ++done, total: packs.length, bytesDone, bytesTotal });
  });
}

const fileOf = ({ name }: PackToRead): StoredFile => ({ kind: 'data', name });

async function checkPack(parts: CheckDataParts, pack: PackToRead, headers: OneAtATime): Promise<void> {
  const { findings } = parts;
  // A pack of tiny blobs has a hundred thousand of them.
  await headers.run(() => checkHeader(parts, pack));
  const hash = createHash('sha256');
  const damaged: string[] = [];
  for (const { start, end, inside } of piecesOf(parts.entries, pack)) {
    const bytes = await parts.repository.storage.read(
      fileOf(pack),
      { offset: start, length: end - start },
      { signal: parts.signal },
    );
    hash.update(bytes);
    if (inside.length === 0) continue;
    const result = await parts.pool.run({
      kind: 'verify',
      bytes,
      start,
      blobs: inside.map((blob) => ({
        id: blob.id.toString('hex'),
        offset: blob.offset,
        length: blob.length,
        uncompressedLength: blob.uncompressedLength,
      })),
    });
    for (const { blob: number, message } of result.damaged) {
      const blob = inside[number] as IndexedBlob;
      damaged.push(
        `${blob.type} blob ${blob.id.toString('hex')} (${blob.length} bytes at ${blob.offset}): ${message}`,
      );
      parts.damage.markEntry(blob.entry);
    }
  }
  if (hash.digest('hex') !== pack.name) {
    findings.error('pack-damaged', `pack ${pack.name}: its content does not match its name`, fileOf(pack));
  }
  for (const problem of damaged)
    findings.error('blob-damaged', `pack ${pack.name}: ${problem}`, fileOf(pack));
}

async function checkHeader(parts: CheckDataParts, pack: PackToRead): Promise<void> {
  const indexed = parts.entries.sortedEntriesOf(pack.number);
  let count = 0;
  let isAsIndexed = true;
  const compare = (blob: PackedBlob): void => {
    const entry = indexed[count++];
    isAsIndexed &&= entry !== undefined && isSame(blob, parts.entries.blobAt(entry));
  };
  try {
    await visitPackHeader(parts.repository, pack.name, pack.size, compare, { signal: parts.signal });
  } catch (error) {
    if (!(error instanceof DamagedFileError)) throw error;
    parts.findings.error(
      'pack-header-damaged',
      `the header of pack ${pack.name}: ${error.problem}`,
      fileOf(pack),
    );
    return;
  }
  if (!isAsIndexed || count !== indexed.length) {
    parts.findings.error(
      'pack-unlike-index',
      `pack ${pack.name} holds ${count} blobs, which are not the ${indexed.length} that the index lists`,
      fileOf(pack),
    );
  }
}

class OneAtATime {
  #tail: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#tail.then(work);
    this.#tail = done.catch(() => {});
    return done;
  }
}

const isSame = (a: PackedBlob, b: PackedBlob): boolean =>
  a.type === b.type &&
  a.offset === b.offset &&
  a.length === b.length &&
  a.uncompressedLength === b.uncompressedLength &&
  a.id.equals(b.id);

interface Piece {
  readonly start: number;
  readonly end: number;
  readonly inside: IndexedBlob[];
}

/**
 * The whole file in pieces that do not cut a blob. Where the index describes overlapping blobs, or more than the
 * file holds, those in the way are left out: `pack-unlike-index` and `pack-wrong-size` tell of them.
 */
function* piecesOf(entries: EntriesByPack, { number, size }: PackToRead): Generator<Piece> {
  let start = 0;
  let end = 0;
  let inside: IndexedBlob[] = [];
  for (const entry of entries.sortedEntriesOf(number)) {
    const blob = entries.blobAt(entry);
    if (blob.offset < end || blob.offset + blob.length > size) continue;
    const isFull = blob.offset + blob.length - start > pieceLength || inside.length === pieceBlobs;
    if (isFull && inside.length > 0) {
      yield { start, end: blob.offset, inside };
      start = blob.offset;
      inside = [];
    }
    inside.push(blob);
    end = blob.offset + blob.length;
  }
  if (size > start) yield { start, end: size, inside };
}
