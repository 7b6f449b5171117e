/**
 * Reads one pack from its beginning to its end, once: the file against its name, its header against the index, and
 * every blob opened and hashed. It passes through in pieces, so that its size does not matter.
 */
import { DamagedFileError } from '../errors.ts';
import { UNLIKE_ITS_NAME, unpackBlob } from '../format/blob.ts';
import { HashLanes, StreamHash } from '../format/hashing/hash-lanes.ts';
import type { MasterKey } from '../format/sealing/crypto.ts';
import type { BlobTable } from '../store/index/blob-table.ts';
import type { EntriesByPack } from '../store/index/entries-by-pack.ts';
import { visitPackHeader } from '../store/packs/pack-reader.ts';
import { problemOf } from './check-report.ts';
import type { PackBytes } from './pack-bytes.ts';

export interface PackToRead {
  /** Of the table of blobs. */
  readonly number: number;
  readonly name: string;
  readonly size: number;
}

/** What is wrong with a pack; may be sent between threads. */
export interface PackVerdict {
  /** Why the pack could not be read to its end; the rest then tells of nothing. */
  readonly unreadable?: string | undefined;
  readonly headerProblem?: string | undefined;
  /** How many blobs the header names, when they are not those of the index. */
  readonly unlikeIndex?: number | undefined;
  /** The hash of the file is its name. */
  readonly isAsNamed: boolean;
  /** Blobs that are not what they should be, by their entries. */
  readonly damaged: readonly { readonly entry: number; readonly message: string }[];
}

/** What is told of a pack that could not be read. */
export const unreadable = (error: unknown): PackVerdict => ({
  unreadable: problemOf(error),
  isAsNamed: false,
  damaged: [],
});

/** Of this thread, since its first pack. */
let lanes: HashLanes | undefined;

/** Many tiny blobs cost more memory than their bytes say. */
const pieceBlobs = 512;

/** Rejects when the pack cannot be read. */
export async function verifyPack(
  keys: MasterKey,
  entries: EntriesByPack,
  pack: PackToRead,
  bytes: PackBytes,
): Promise<PackVerdict> {
  const header = await verifyHeader(keys, entries, pack, bytes);
  lanes ??= new HashLanes();
  const hashes = lanes;
  const hash = new StreamHash(hashes);
  const damaged: { entry: number; message: string }[] = [];
  const pieces = piecesOf(entries, pack, bytes.pieceLength);
  const isLarge = ({ start, end }: Piece): boolean => end - start > bytes.pieceLength;
  const begin = (piece: Piece): Promise<Uint8Array> => {
    const read = bytes.read(piece.start, piece.end - piece.start);
    // Awaited below; until then a failure must not count as unhandled.
    read.catch(() => {});
    return read;
  };
  let piece = pieces.next().value;
  let early: Promise<Uint8Array> | undefined;
  while (piece !== undefined) {
    const part = await (early ?? begin(piece));
    const next = pieces.next().value;
    // The next one is on its way meanwhile; of large ones there is never more than one in memory.
    early = next === undefined || isLarge(piece) || isLarge(next) ? undefined : begin(next);
    verifyBlobs(keys, entries.table, piece, part, hashes, damaged);
    hash.update(part);
    piece = next;
  }
  const isAsNamed = hash.digest().toString('hex') === pack.name;
  hashes.settle();
  const { table } = entries;
  damaged.sort((a, b) => table.offsetAt(a.entry) - table.offsetAt(b.entry));
  return { ...header, isAsNamed, damaged };
}

function verifyBlobs(
  keys: MasterKey,
  table: BlobTable,
  { start, inside }: Piece,
  part: Uint8Array,
  hashes: HashLanes,
  damaged: { entry: number; message: string }[],
): void {
  for (const entry of inside) {
    const at = table.offsetAt(entry) - start;
    const sealed = part.subarray(at, at + table.lengthAt(entry));
    try {
      const plain = unpackBlob(keys, sealed, table.uncompressedLengthAt(entry), hashes);
      hashes.add(plain, table.idAt(entry), (isSound) => {
        if (!isSound) damaged.push({ entry, message: UNLIKE_ITS_NAME });
      });
    } catch (error) {
      damaged.push({ entry, message: problemOf(error) });
    }
  }
}

async function verifyHeader(
  keys: MasterKey,
  entries: EntriesByPack,
  pack: PackToRead,
  bytes: PackBytes,
): Promise<Pick<PackVerdict, 'headerProblem' | 'unlikeIndex'>> {
  const indexed = entries.sortedEntriesOf(pack.number);
  let count = 0;
  let isAsIndexed = true;
  const storage = {
    read: (_: unknown, range?: { offset: number; length?: number }) =>
      bytes.read(range?.offset ?? 0, range?.length ?? pack.size),
  };
  try {
    await visitPackHeader({ storage, keys }, pack.name, pack.size, (blob) => {
      const entry = indexed[count++];
      isAsIndexed &&= entry !== undefined && entries.isAt(entry, blob);
    });
  } catch (error) {
    if (!(error instanceof DamagedFileError)) throw error;
    return { headerProblem: error.problem };
  }
  return isAsIndexed && count === indexed.length ? {} : { unlikeIndex: count };
}

interface Piece {
  readonly start: number;
  readonly end: number;
  /** Entries of the blobs that lie in it. */
  readonly inside: number[];
}

/**
 * The whole file in pieces that do not cut a blob. Where the index describes overlapping blobs, or more than the
 * file holds, those in the way are left out: `pack-unlike-index` and `pack-wrong-size` tell of them.
 */
function* piecesOf(
  entries: EntriesByPack,
  { number, size }: PackToRead,
  pieceLength: number,
): Generator<Piece, undefined, void> {
  let start = 0;
  let end = 0;
  let inside: number[] = [];
  for (const entry of entries.sortedEntriesOf(number)) {
    const offset = entries.table.offsetAt(entry);
    const blobEnd = offset + entries.table.lengthAt(entry);
    if (offset < end || blobEnd > size) continue;
    const isFull = blobEnd - start > pieceLength || inside.length === pieceBlobs;
    if (isFull && inside.length > 0) {
      yield { start, end: offset, inside };
      start = offset;
      inside = [];
    }
    inside.push(entry);
    end = blobEnd;
  }
  if (size > start) yield { start, end: size, inside };
}
