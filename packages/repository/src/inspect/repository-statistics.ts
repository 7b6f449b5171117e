/** How much snapshots hold, counted in restic's four ways. */
import { BlobMissingError } from '../errors.ts';
import { SEAL_OVERHEAD } from '../format/sealing/crypto.ts';
import type { Node } from '../format/trees/node.ts';
import { BitSet } from '../store/index/bit-set.ts';
import type { BlobLocation } from '../store/index/blob-table.ts';
import type { Repository } from '../store/repository.ts';
import type { Snapshot } from '../store/snapshots/snapshots.ts';
import { DigestSet } from './digest-set.ts';
import { walkTrees } from './tree-walk.ts';
import { type VisitedNode, walkNodes } from './walk-nodes.ts';

/**
 * `restore-size`: what restoring each snapshot writes. `files-by-contents`: each file content once.
 * `blobs-per-file`: the blobs of each file content, under its path. `raw-data`: blobs as they are stored.
 */
export const COUNTING_MODES = ['restore-size', 'files-by-contents', 'blobs-per-file', 'raw-data'] as const;
export type CountingMode = (typeof COUNTING_MODES)[number];

export interface RepositoryStatistics {
  readonly snapshots: number;
  readonly totalSize: number;
  readonly files: number;
  readonly blobs: number;
  /** The following in the mode `raw-data` of repositories of format 2 only. */
  readonly uncompressedSize?: number | undefined;
  /** of compressed blobs alone */
  readonly compressionRatio?: number | undefined;
  /** percent of the data that is compressed */
  readonly compressionProgress?: number | undefined;
  /** percent */
  readonly compressionSpaceSaving?: number | undefined;
}

export interface StatisticsOptions {
  readonly mode: CountingMode;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?:
    | ((progress: { readonly snapshots: number; readonly files: number }) => void)
    | undefined;
}

/**
 * Takes no lock: the caller holds one. Beside the index it remembers each content, or each file with several names, in a
 * `DigestSet`; `blobs-per-file` also each path and each blob under its path; `raw-data` a bit for each blob.
 * @throws BlobMissingError and what reading trees throws: half a sum is none
 */
export async function countRepository(
  repository: Repository,
  snapshots: readonly Snapshot[],
  options: StatisticsOptions,
): Promise<RepositoryStatistics> {
  await repository.loadIndex({ signal: options.signal });
  if (options.mode === 'raw-data') return await countBlobs(repository, snapshots, options);
  const counter = counters[options.mode](repository);
  const isNewTree = options.mode === 'restore-size' ? () => true : newTrees(repository);
  let files = 0;
  for (const [at, snapshot] of snapshots.entries()) {
    counter.snapshot?.();
    const root = Buffer.from(snapshot.tree, 'hex');
    const visitor = {
      node({ path, node }: VisitedNode): boolean {
        counter.node(node, path);
        if (++files % 1024 === 0) options.onProgress?.({ snapshots: at, files });
        return node.type !== 'dir' || node.subtree === undefined || isNewTree(node.subtree);
      },
    };
    if (isNewTree(root)) await walkNodes(repository, root, visitor, { signal: options.signal });
    options.onProgress?.({ snapshots: at + 1, files });
  }
  return { snapshots: snapshots.length, ...counter.sums };
}

interface Counter {
  readonly sums: { totalSize: number; files: number; blobs: number };
  snapshot?(): void;
  node(node: Node, path: Buffer): void;
}

const zero = (): Counter['sums'] => ({ totalSize: 0, files: 0, blobs: 0 });

const counters: Readonly<Record<Exclude<CountingMode, 'raw-data'>, (repository: Repository) => Counter>> = {
  'restore-size': () => {
    const sums = zero();
    /** Files with several names, within one snapshot: written once. */
    let linked = new DigestSet();
    return {
      sums,
      snapshot: () => {
        linked = new DigestSet();
      },
      node: (node) => {
        sums.files++;
        const mayBeLinked = node.links !== 1n && node.type !== 'dir' && node.inode !== 0n;
        if (mayBeLinked && !linked.add(Buffer.from(`${node.deviceId}:${node.inode}`))) return;
        sums.totalSize += Number(node.size);
      },
    };
  },
  'files-by-contents': () => {
    const sums = zero();
    const isNew = newContents();
    return {
      sums,
      node: (node) => {
        if (!isNew(node)) return;
        sums.files++;
        sums.totalSize += Number(node.size);
      },
    };
  },
  'blobs-per-file': ({ index }) => {
    const sums = zero();
    const isNew = newContents();
    const paths = new DigestSet();
    /** Blobs under their paths. */
    const places = new DigestSet();
    return {
      sums,
      node: (node, path) => {
        if (!isNew(node) || node.content === undefined || node.content.length === 0) return;
        if (paths.add(path)) sums.files++;
        for (const id of node.content) {
          if (!places.add(Buffer.concat([path, id]))) continue;
          const place = index.lookup('data', id)[0];
          if (place === undefined) throw new BlobMissingError('data', id.toString('hex'));
          sums.totalSize += plainLength(place);
          sums.blobs++;
        }
      },
    };
  },
};

/** True for each list of blobs once; everything without content counts as one and the same. */
function newContents(): (node: Node) => boolean {
  const seen = new DigestSet();
  return (node) => seen.add(Buffer.concat(node.content ?? []));
}

/** True for each tree once: the second time all contents in it are known. */
function newTrees({ index }: Repository): (tree: Buffer) => boolean {
  const seen = new BitSet(index.entryCount);
  return (tree) => {
    const entry = index.firstOf('tree', tree);
    return entry === -1 || seen.add(entry);
  };
}

const plainLength = ({ length, uncompressedLength }: BlobLocation): number =>
  uncompressedLength === 0 ? length - SEAL_OVERHEAD : uncompressedLength;

async function countBlobs(
  repository: Repository,
  snapshots: readonly Snapshot[],
  { signal, onProgress }: StatisticsOptions,
): Promise<RepositoryStatistics> {
  const { index } = repository;
  const used = new BitSet(index.entryCount);
  let failure: { readonly error: unknown } | undefined;
  let trees = 0;
  await walkTrees(
    repository,
    snapshots.map(({ tree }) => Buffer.from(tree, 'hex')),
    {
      node: (_, links) => {
        for (let number = 0; number < links.contents; number++) {
          const id = links.contentAt(number);
          const entry = index.firstOf('data', id);
          if (entry !== -1) used.add(entry);
          else failure ??= { error: new BlobMissingError('data', Buffer.from(id).toString('hex')) };
        }
      },
      failed: (_, error) => {
        failure ??= { error };
      },
      visited: (_, entry) => {
        used.add(entry);
        onProgress?.({ snapshots: 0, files: ++trees });
      },
    },
    signal,
  );
  if (failure !== undefined) throw failure.error;
  return { snapshots: snapshots.length, files: 0, ...sumBlobs(repository, used) };
}

function sumBlobs(
  { index, version }: Repository,
  used: BitSet,
): Omit<RepositoryStatistics, 'snapshots' | 'files'> {
  let [totalSize, blobs, plain, compressed, compressedPlain] = [0, 0, 0, 0, 0];
  for (let entry = 0; entry < index.entryCount; entry++) {
    if (!used.has(entry)) continue;
    const { length, uncompressedLength } = index.locationAt(entry);
    const before = uncompressedLength === 0 ? length : uncompressedLength + SEAL_OVERHEAD;
    blobs++;
    totalSize += length;
    plain += before;
    if (uncompressedLength === 0) continue;
    compressed += length;
    compressedPlain += before;
  }
  if (version === 1) return { totalSize, blobs };
  return {
    totalSize,
    blobs,
    uncompressedSize: plain,
    ...(compressed > 0 ? { compressionRatio: compressedPlain / compressed } : {}),
    ...(plain > 0
      ? {
          compressionProgress: (compressedPlain / plain) * 100,
          compressionSpaceSaving: (1 - totalSize / plain) * 100,
        }
      : {}),
  };
}
