/** One file of a snapshot on its way into the target. */

import { BlobMissingError } from '../../errors.ts';
import type { Node } from '../../format/trees/node.ts';
import type { BlobTable } from '../../store/index/blob-table.ts';
import { UnrestorableError } from '../restore-errors.ts';
import type { Place } from '../target/target-folders.ts';
import type { PlainMetadata } from './new-file.ts';

export interface FilePart {
  readonly id: Buffer;
  /** Of the table of blobs. */
  readonly entry: number;
  /** Where in the file. */
  readonly offset: number;
  /** bytes of the plain blob */
  readonly length: number;
}

export interface FileRestore {
  readonly node: Node;
  /** Within the snapshot. */
  readonly location: Buffer;
  /** In the target. */
  readonly place: Place;
  readonly parts: readonly FilePart[];
  /** bytes, the sum of the parts */
  readonly size: number;
  /** A regular file stands there: parts of it may be right. */
  readonly exists: boolean;
  /** Nothing stood at the place. */
  readonly isAbsent: boolean;
  /** Set by a thread that makes the file, if anything is. */
  readonly metadata: PlainMetadata | undefined;
  /** Made, or made fit to be written to. */
  isThere: boolean;
  /** It has its metadata. */
  isFinished: boolean;
  outcome: 'waiting' | 'restored' | 'updated' | 'unchanged' | 'failed';
}

/** @throws BlobMissingError, UnrestorableError */
export function makeFileRestore(
  table: BlobTable,
  node: Node,
  location: Buffer,
  place: Place,
  { exists, isAbsent, metadata }: Pick<FileRestore, 'exists' | 'isAbsent' | 'metadata'>,
): FileRestore {
  if (node.content === undefined && node.size > 0n) {
    throw new UnrestorableError(`the snapshot holds no list of contents for a file of ${node.size} bytes`);
  }
  const parts: FilePart[] = [];
  let offset = 0;
  for (const id of node.content ?? []) {
    const entry = table.firstOf('data', id);
    if (entry === -1) throw new BlobMissingError('data', id.toString('hex'));
    const length = table.plainLengthAt(entry);
    parts.push({ id, entry, offset, length });
    offset += length;
  }
  const before = { exists, isAbsent, metadata, isThere: false, isFinished: false } as const;
  return { node, location, place, parts, size: offset, ...before, outcome: 'waiting' };
}
