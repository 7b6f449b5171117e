/** A folder of a snapshot as one stream: a tar or a zip archive, with nothing but a few blobs in memory. */
import { pipeline, Readable } from 'node:stream';
import { crc32, createDeflateRaw } from 'node:zlib';
import { BlobMissingError } from '../errors.ts';
import { systemFileMode } from '../format/go/file-mode.ts';
import { SEAL_OVERHEAD } from '../format/sealing/crypto.ts';
import type { Node } from '../format/trees/node.ts';
import { listTree } from '../inspect/list-tree.ts';
import { readContent } from '../restore/dump-file.ts';
import { findFolder, splitNames } from '../restore/snapshot-path.ts';
import type { Repository } from '../store/repository.ts';
import type { Snapshot } from '../store/snapshots/snapshots.ts';
import { accessListText } from './access-list.ts';

import { type TarEntry, tarEnd, tarHeader, tarPadding } from './tar-format.ts';
import {
  archiveEnd,
  centralHeader,
  dataDescriptor,
  localHeader,
  type WrittenZipEntry,
  type ZipEntry,
} from './zip-format.ts';

export type ArchiveFormat = 'tar' | 'zip';

export interface ArchiveOptions {
  readonly format: ArchiveFormat;
  readonly signal?: AbortSignal | undefined;
  /** An entry that the format cannot hold: it is left out. */
  readonly onSkipped?: ((path: string, reason: string) => void) | undefined;
}

interface ArchivedNode {
  /** Relative to the root of the snapshot. */
  readonly name: Buffer;
  readonly node: Node;
}

/**
 * The archive of a folder; names in it are paths within the snapshot, without the first slash. Every piece of content
 * is verified. It ends normally only after the last byte. Takes no lock and loads no index, which others may be reading by:
 * the caller holds the one and has loaded the other.
 * @throws FileNotInSnapshotError, NotAFolderError, and what reading trees and blobs throws
 */
export async function* archiveFolder(
  repository: Repository,
  snapshot: Pick<Snapshot, 'tree'>,
  path: Buffer | string,
  options: ArchiveOptions,
): AsyncGenerator<Buffer, void, void> {
  const root = Buffer.from(snapshot.tree, 'hex');
  const tree = await findFolder(repository, root, path, options.signal);
  const nodes = archived(repository, tree, path, options.signal);
  yield* options.format === 'tar' ? tar(repository, nodes, options) : zip(repository, nodes, options);
}

async function* archived(
  repository: Repository,
  tree: Buffer,
  path: Buffer | string,
  signal: AbortSignal | undefined,
): AsyncGenerator<ArchivedNode, void, void> {
  const names = splitNames(path);
  const folder = Buffer.concat(names.flatMap((name) => [Buffer.from('/'), name]));
  for await (const { path: place, node } of listTree(repository, tree, folder, { signal })) {
    const name = place.subarray(1);
    yield { node, name: node.type === 'dir' ? Buffer.concat([name, Buffer.from('/')]) : name };
  }
}

const tarTypes: Readonly<Record<string, TarEntry['type']>> = {
  file: 'file',
  dir: 'folder',
  symlink: 'symlink',
  dev: 'block',
  chardev: 'character',
  fifo: 'fifo',
};

async function* tar(
  repository: Repository,
  nodes: AsyncIterable<ArchivedNode>,
  { signal, onSkipped }: ArchiveOptions,
): AsyncGenerator<Buffer, void, void> {
  for await (const { name, node } of nodes) {
    const type = tarTypes[node.type];
    if (type === undefined) {
      onSkipped?.(name.toString(), `a tar archive holds no ${node.type}`);
      continue;
    }
    const size = type === 'file' ? contentSize(repository, node) : 0n;
    yield tarHeader({
      name,
      type,
      size,
      mode: systemFileMode(node.mode) & 0o7777,
      uid: node.uid,
      gid: node.gid,
      user: node.user ?? '',
      group: node.group ?? '',
      modified: node.mtime,
      accessed: node.atime,
      changed: node.ctime,
      linkName: type === 'symlink' ? node.linkTarget : undefined,
      ...(type === 'block' || type === 'character' ? deviceNumbers(node.device) : {}),
      records: attributeRecords(node),
    });
    if (type !== 'file') continue;
    yield* readContent(repository, node.content ?? [], { signal });
    yield tarPadding(size);
  }
  yield tarEnd();
}

/** As glibc packs st_rdev. */
const deviceNumbers = (device: bigint): { major: number; minor: number } => ({
  major: Number(((device >> 8n) & 0xfffn) | ((device >> 32n) & 0xfffff000n)),
  minor: Number((device & 0xffn) | ((device >> 12n) & 0xffffff00n)),
});

const ACCESS_LISTS: Readonly<Record<string, string>> = {
  'system.posix_acl_access': 'SCHILY.acl.access',
  'system.posix_acl_default': 'SCHILY.acl.default',
};

function attributeRecords(node: Node): [Buffer, Buffer][] {
  return (node.extendedAttributes ?? []).flatMap(({ name, value }): [Buffer, Buffer][] => {
    const list = ACCESS_LISTS[name.toString('latin1')];
    if (list === undefined) return [[Buffer.concat([Buffer.from('SCHILY.xattr.'), name]), value]];
    const text = accessListText(value);
    return text === undefined ? [] : [[Buffer.from(list), Buffer.from(text)]];
  });
}

/** What the blobs hold, which is what will be written; the size of the node may be wrong in damaged snapshots. */
function contentSize(repository: Repository, node: Node): bigint {
  let size = 0n;
  for (const id of node.content ?? []) {
    const [place] = repository.lookup('data', id);
    if (place === undefined) throw new BlobMissingError('data', id.toString('hex'));
    const { length, uncompressedLength } = place;
    size += BigInt(uncompressedLength === 0 ? length - SEAL_OVERHEAD : uncompressedLength);
  }
  return size;
}

const FOUR_GIB = 0xffffffffn;

async function* zip(
  repository: Repository,
  nodes: AsyncIterable<ArchivedNode>,
  { signal, onSkipped }: ArchiveOptions,
): AsyncGenerator<Buffer, void, void> {
  const directory: Buffer[] = [];
  let offset = 0;
  for await (const { name, node } of nodes) {
    if (node.type !== 'file' && node.type !== 'dir' && node.type !== 'symlink') {
      onSkipped?.(name.toString(), `a zip archive holds no ${node.type}`);
      continue;
    }
    const size = node.type === 'file' ? contentSize(repository, node) : 0n;
    const entry: ZipEntry = {
      name,
      mode: systemFileMode(node.mode),
      modified: Number(node.mtime / 1_000_000_000n),
      deflated: node.type === 'file',
      // Compressed noise is a little longer than it was.
      large: size + size / 1000n + 1024n >= FOUR_GIB,
    };
    const start = offset;
    const counted = { crc: 0, size: 0, storedSize: 0 };
    const header = localHeader(entry);
    offset += header.length;
    yield header;
    for await (const piece of zipContent(repository, node, counted, signal)) {
      offset += piece.length;
      counted.storedSize += piece.length;
      yield piece;
    }
    const written: WrittenZipEntry = { ...entry, ...counted, offset: start };
    const descriptor = dataDescriptor(written);
    offset += descriptor.length;
    yield descriptor;
    directory.push(centralHeader(written));
  }
  let length = 0;
  for (const header of directory) {
    length += header.length;
    yield header;
  }
  yield archiveEnd(directory.length, offset, length);
}

async function* zipContent(
  repository: Repository,
  node: Node,
  counted: { crc: number; size: number },
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer, void, void> {
  const count = (piece: Buffer): Buffer => {
    counted.crc = crc32(piece, counted.crc);
    counted.size += piece.length;
    return piece;
  };
  if (node.type === 'symlink') yield count(node.linkTarget ?? Buffer.alloc(0));
  if (node.type !== 'file') return;
  yield* deflated(countedContent(repository, node, count, signal));
}

async function* countedContent(
  repository: Repository,
  node: Node,
  count: (piece: Buffer) => Buffer,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer, void, void> {
  for await (const piece of readContent(repository, node.content ?? [], { signal })) yield count(piece);
}

async function* deflated(plain: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  const deflate = createDeflateRaw();
  // A failure of the source destroys the stream, and comes out of it below.
  pipeline(Readable.from(plain, { objectMode: false, highWaterMark: 1 }), deflate, () => {});
  for await (const piece of deflate) yield piece as Buffer;
}
