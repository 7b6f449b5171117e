/** One file of a snapshot on its way into the target. */

import { BlobMissingError } from '../errors.ts';
import { SEAL_OVERHEAD } from '../format/crypto.ts';
import type { Node } from '../format/node.ts';
import type { BlobLocation, BlobTable } from '../store/blob-table.ts';
import { UnrestorableError } from './restore-errors.ts';
import type { Place } from './target-folders.ts';

export interface FilePart {
  readonly id: Buffer;
  readonly location: BlobLocation;
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
  outcome: 'waiting' | 'restored' | 'updated' | 'unchanged' | 'failed';
}

/** @throws BlobMissingError, UnrestorableError */
export function makeFileRestore(
  table: BlobTable,
  node: Node,
  location: Buffer,
  place: Place,
  exists: boolean,
): FileRestore {
  if (node.content === undefined && node.size > 0n) {
    throw new UnrestorableError(`the snapshot holds no list of contents for a file of ${node.size} bytes`);
  }
  const parts: FilePart[] = [];
  let offset = 0;
  for (const id of node.content ?? []) {
    const blob = table.lookup('data', id)[0];
    if (blob === undefined) throw new BlobMissingError('data', id.toString('hex'));
    const length = blob.uncompressedLength === 0 ? blob.length - SEAL_OVERHEAD : blob.uncompressedLength;
    parts.push({ id, location: blob, offset, length });
    offset += length;
  }
  return { node, location, place, parts, size: offset, exists, outcome: 'waiting' };
}
