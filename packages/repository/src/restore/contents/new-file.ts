/** Files that were not there: made, and given their metadata by their descriptor, on any thread. */
import { closeSync, fchmodSync, fchownSync } from 'node:fs';
import { libc } from '../../filesystem/libc.ts';
import { systemFileMode } from '../../format/go/file-mode.ts';
import type { Node } from '../../format/trees/node.ts';
import type { MetadataOptions } from '../target/node-metadata.ts';
import { makeFile } from './open-file.ts';

/** All metadata of a file that has neither extended attributes nor special bits. */
export interface PlainMetadata {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** False when new files have this owner, or no owner is to be set. */
  readonly setsOwner: boolean;
  /** Nanoseconds since 1970, of 64 bits, as `modified`. */
  readonly accessed: bigint;
  readonly modified: bigint;
}

const isLong = (time: bigint): boolean => time === BigInt.asIntN(64, time);
const specialBits = 0o6000;
const self = { uid: process.geteuid?.(), gid: process.getegid?.() };

/**
 * Undefined when `applyMetadata` is needed: for attributes, special bits, and where it may fail, which is for the
 * thread that reports.
 * @param options of a restore whose folder gives new files this process's owner and no attributes
 */
export function plainMetadata(
  node: Node,
  options: Pick<MetadataOptions, 'ownership' | 'ownerOf' | 'selectsAttribute'>,
): PlainMetadata | undefined {
  const mode = systemFileMode(node.mode) & 0o7777;
  if ((mode & specialBits) !== 0 || !isLong(node.atime) || !isLong(node.mtime)) return undefined;
  if (node.extendedAttributes?.some(({ name }) => options.selectsAttribute(name))) return undefined;
  if (libc() === undefined) return undefined;
  const { uid, gid } = options.ownerOf(node);
  const isOwn = uid === self.uid && gid === self.gid;
  if (!isOwn && options.ownership === 'try') return undefined;
  const setsOwner = !isOwn && options.ownership !== 'leave';
  return { mode, uid, gid, setsOwner, accessed: node.atime, modified: node.mtime };
}

/** False when something could not be set. */
export function finishFile(
  file: number,
  mode: number,
  owner: { readonly uid: number; readonly gid: number } | undefined,
  accessed: bigint,
  modified: bigint,
): boolean {
  try {
    if (owner !== undefined) fchownSync(file, owner.uid, owner.gid);
    fchmodSync(file, mode);
    libc()?.setTimesOf(file, accessed, modified);
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return false;
  }
}

/** An empty file with its metadata; false when `applyMetadata` is still to be called. */
export function makeEmptyFile(path: Buffer, metadata: PlainMetadata): boolean {
  const file = makeFile(path);
  try {
    const { mode, accessed, modified } = metadata;
    return finishFile(file, mode, metadata.setsOwner ? metadata : undefined, accessed, modified);
  } finally {
    closeSync(file);
  }
}
