/**
 * Looks whether a repository is whole: every file that it needs is there and is what it must be, and every
 * snapshot can be restored. Changes nothing.
 */
import type { Storage } from '@octobox/storage';
import { BlobMissingError, DamagedFileError } from '../errors.ts';
import type { TreeSource } from '../inspect/tree-walk.ts';
import { acquireLock } from '../locks/lock.ts';
import { holdHeapSmall } from '../runtime/small-heap.ts';
import type { BitSet } from '../store/index/bit-set.ts';
import type { BlobTable } from '../store/index/blob-table.ts';
import { EntriesByPack } from '../store/index/entries-by-pack.ts';
import { readBlobs } from '../store/packs/pack-reader.ts';
import type { Repository } from '../store/repository.ts';
import { matchesFilter, type SnapshotFilter } from '../store/snapshots/snapshots.ts';
import { findAffectedSnapshots } from './affected-snapshots.ts';
import type { CheckAhead, IndexReadAhead } from './check-ahead.ts';
import { checkData } from './check-data.ts';
import { checkFiles } from './check-files.ts';
import { checkIndex } from './check-index.ts';
import { type CheckedPacks, checkPacks } from './check-packs.ts';
import { type CheckProgress, type CheckReport, type Finding, Findings } from './check-report.ts';
import { CheckThreads, usualThreads, WORTH_THREADS } from './check-threads.ts';
import { checkSnapshots, checkTrees } from './check-trees.ts';
import { checkUnindexed } from './check-unindexed.ts';
import { Damage } from './damage.ts';
import { type ReadDataSubset, selectSubset } from './read-data-subset.ts';
import type { PackToRead } from './verify-pack.ts';

export interface CheckOptions {
  /** Reads packs as a whole: all, or some of them. Without it only trees are read. */
  readonly readData?: true | { readonly subset: ReadDataSubset } | undefined;
  /** Where whole packs are read; the storage of the repository when absent. For one that keeps copies elsewhere. */
  readonly packStorage?: Storage | undefined;
  /** Only these snapshots and, when data is read, only packs that hold something of them; all when absent. */
  readonly filter?: SnapshotFilter | undefined;
  /** Also tells of blobs that no snapshot needs; not together with a filter, which leaves open what others need. */
  readonly checkUnused?: boolean | undefined;
  /** Threads; as many as processors, but four at most, when absent. */
  readonly workers?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Set when the caller holds a lock already, or to look at a repository whose locks are damaged. */
  readonly noLock?: boolean | undefined;
  /** What was done before, for this check alone. */
  readonly ahead?: CheckAhead | undefined;
  readonly onProgress?: ((progress: CheckProgress) => void) | undefined;
  readonly onFinding?: ((finding: Finding) => void) | undefined;
}

/** @throws InvalidSubsetError; what is wrong with the repository is no error but a finding */
export async function checkRepository(
  repository: Repository,
  options: CheckOptions = {},
): Promise<CheckReport> {
  using _ = holdHeapSmall();
  // A mistake in the options shows at once, not after an hour.
  if (typeof options.readData === 'object') selectSubset([], options.readData.subset);
  if (options.noLock) return await check(repository, options, options.signal);
  await using lock = await acquireLock(repository, { kind: 'exclusive', signal: options.signal });
  return await check(repository, options, lock.signal);
}

async function check(
  repository: Repository,
  options: CheckOptions,
  signal: AbortSignal | undefined,
): Promise<CheckReport> {
  const findings = new Findings(options.onFinding);
  const onProgress = options.onProgress ?? (() => {});
  await checkFiles(repository, findings, signal);
  const read = readAhead(options.ahead, findings, onProgress);
  const {
    table,
    files: indexes,
    isComplete,
  } = read?.index ?? (await checkIndex(repository, findings, onProgress, signal));
  repository.knowTreePacksBy(table);
  const entries = new EntriesByPack(table);
  const damage = new Damage(table);
  const listed = read?.packs ?? (await repository.listFiles('data', { signal }));
  const packs = checkPacks(repository, listed, { table, entries, damage }, findings);
  onProgress({ phase: 'packs', done: packs.indexed.size, total: packs.indexed.size });

  const { filter } = options;
  const { snapshots: readable, files: snapshotFiles } = await checkSnapshots(repository, findings, signal);
  const snapshots = filter === undefined ? readable : readable.filter((each) => matchesFilter(each, filter));
  const source = treeSource(repository, table, signal);
  const wasWhole = !damage.found;
  const readData = async (toRead: readonly PackToRead[]): Promise<void> => {
    if (toRead.length === 0) return;
    const isWorthIt = toRead.reduce((bytes, { size }) => bytes + size, 0) >= WORTH_THREADS;
    const started = isWorthIt ? await options.ahead?.takeThreads() : undefined;
    const count = isWorthIt ? (options.workers ?? usualThreads()) : 0;
    await using threads = started ?? new CheckThreads(count);
    const { keys, storage: own } = repository;
    const storage = options.packStorage ?? own;
    threads.begin({ storage, keys, table, entries, options: { signal } });
    await checkData({ threads, entries, damage, findings, onProgress, signal }, toRead);
  };
  // Which packs are read does not depend on the trees unless a filter says so: threads read them meanwhile.
  const early = filter === undefined ? packsToRead(table, packs, undefined, options.readData) : [];
  const onTree = early.length > 0 ? () => {} : onProgress;
  const [checked] = await bothEnded(
    checkTrees(source, snapshots, damage, findings, onTree, signal),
    readData(early),
  );
  const { trees, used, missing, isWhole } = checked;
  const isAllKnown = isComplete && snapshots.length === snapshotFiles && wasWhole && isWhole;
  await checkUnindexed(repository, { packs: packs.unreferenced, missing, isAllKnown }, findings, signal);
  if (options.checkUnused && filter === undefined) reportUnused(table, used, findings);
  const late = filter === undefined ? [] : packsToRead(table, packs, used, options.readData);
  await readData(late);
  const toRead = [...early, ...late];
  if (damage.found) await findAffectedSnapshots(source, snapshots, damage, findings, signal);
  return {
    findings: findings.kept,
    incompleteSnapshots: findings.incomplete,
    errorCount: findings.errors,
    hintCount: findings.hints,
    snapshots: filter === undefined ? snapshotFiles : snapshots.length,
    snapshotsLeftOut: readable.length - snapshots.length,
    indexes,
    packs: packs.indexed.size + packs.unreferenced.size,
    blobs: table.entryCount,
    trees,
    packsRead: toRead.length,
    bytesRead: toRead.reduce((sum, { size }) => sum + size, 0),
  };
}

function readAhead(
  ahead: CheckAhead | undefined,
  findings: Findings,
  onProgress: (progress: CheckProgress) => void,
): IndexReadAhead | undefined {
  const read = ahead?.takeIndex();
  if (read === undefined) return undefined;
  for (const finding of read.findings) findings.add(finding);
  onProgress({ phase: 'index', done: read.index.files, total: read.index.files });
  return read;
}

/** Waits for both even when one fails, so that nothing goes on behind a lock that is let go. */
async function bothEnded<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  const results = await Promise.allSettled([first, second]);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return Promise.all([first, second]);
}

/** Reads trees by the table of the check, for the repository's own may be impossible to load. */
function treeSource(repository: Repository, table: BlobTable, signal: AbortSignal | undefined): TreeSource {
  return {
    index: table,
    treePacks: repository.treePacks,
    async loadBlob(type, id) {
      let failure: unknown;
      for (const { pack, ...location } of table.lookup(type, id)) {
        try {
          for await (const { plain, error } of readBlobs(repository.treePacks, pack, [{ ...location, id }], {
            signal,
          })) {
            if (plain !== undefined) return plain;
            failure ??= error;
          }
        } catch (error) {
          signal?.throwIfAborted();
          failure ??= new DamagedFileError({ kind: 'data', name: pack }, 'it cannot be read', {
            cause: error,
          });
        }
      }
      throw failure ?? new BlobMissingError(type, id.toString('hex'));
    },
  };
}

function packsToRead(
  table: BlobTable,
  packs: CheckedPacks,
  needed: BitSet | undefined,
  readData: CheckOptions['readData'],
): PackToRead[] {
  if (readData === undefined) return [];
  const wanted = needed && packsOf(table, needed);
  const all: PackToRead[] = [];
  for (let number = 0; number < table.packCount; number++) {
    const name = table.packName(number);
    const size = packs.indexed.get(name);
    if (size !== undefined && wanted?.has(name) !== false) all.push({ number, name, size });
  }
  return readData === true ? all : selectSubset(all, readData.subset);
}

/** Every pack that holds one of the blobs, also where a blob is in several: a restore may read any of them. */
function packsOf(table: BlobTable, blobs: BitSet): Set<string> {
  const packs = new Set<string>();
  for (let entry = 0; entry < table.entryCount; entry++) {
    const { type, pack } = table.locationAt(entry);
    if (packs.has(pack)) continue;
    const first = table.entriesOf(type, table.idAt(entry))[0] ?? entry;
    if (blobs.has(first)) packs.add(pack);
  }
  return packs;
}

function reportUnused(table: BlobTable, used: BitSet, findings: Findings): void {
  for (let entry = 0; entry < table.entryCount; entry++) {
    const { type, pack } = table.locationAt(entry);
    const id = table.idAt(entry);
    const first = table.entriesOf(type, id)[0] ?? entry;
    // Also further copies of a used blob are not needed.
    if (used.has(first) && first === entry) continue;
    const what = used.has(first) ? 'exists more than once' : 'is needed by no snapshot';
    findings.hint('blob-unused', `${type} blob ${id.toString('hex')} in pack ${pack} ${what}`, {
      kind: 'data',
      name: pack,
    });
  }
}
