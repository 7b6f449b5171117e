/** Makes entries that have no content: links, devices, FIFOs, and further names of files. */
import { linkSync, symlinkSync } from 'node:fs';
import { libc } from '../../filesystem/libc.ts';
import type { Node } from '../../format/trees/node.ts';
import { UnrestorableError } from '../restore-errors.ts';
import { clearPlace, statOf } from './target-folder.ts';
import type { Place } from './target-folders.ts';

/** @throws UnrestorableError for types that this system cannot make */
export function createSpecial(node: Node, place: Place): void {
  if (node.type === 'symlink') {
    symlinkSync(node.linkTarget ?? Buffer.alloc(0), place.reach());
    return;
  }
  const type = typeBits.get(node.type);
  if (type === undefined) {
    throw new UnrestorableError(
      `the snapshot holds an entry of the unknown type ${JSON.stringify(node.type)}`,
    );
  }
  const system = libc();
  if (system === undefined)
    throw new UnrestorableError(`a ${node.type} cannot be made without the C library`);
  system.makeNode(place.reach(), type | 0o600, node.device);
}

/** Of st_mode. */
const typeBits = new Map([
  ['fifo', 0o010000],
  ['chardev', 0o020000],
  ['dev', 0o060000],
]);

/** The place becomes another name of the file `first`, unless it is one already. */
export function linkTo(first: Place, place: Place, wholeFolders: boolean): void {
  const there = statOf(place);
  const wanted = statOf(first);
  if (there !== undefined && there.ino === wanted?.ino && there.dev === wanted.dev) return;
  clearPlace(place, wholeFolders);
  place.folder.hold();
  try {
    linkSync(first.reach(), place.reach());
  } finally {
    place.folder.release();
  }
}
