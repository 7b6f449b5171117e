/**
 * Makes the index say what the packs hold: entries of packs that are gone go, packs that no index names or that are
 * not as long as it says are read again (their header, a few hundred bytes each), and index files that cannot be read
 * are replaced. With `readAllPacks` nothing of the old index is trusted.
 *
 * Safe at any interruption: new index files are durable before old ones go, and no pack is touched.
 */
import { DamagedFileError } from '../errors.ts';
import { decodeIndex, type IndexVisitor } from '../format/index-file.ts';
import { entryLength, HEADER_LENGTH_BYTES } from '../format/pack-header.ts';
import { PackedBlobList } from '../format/packed-blob-list.ts';
import { SEAL_OVERHEAD } from '../format/sealing/crypto.ts';
import { PrunePlanOutdatedError } from '../prune/prune-errors.ts';
import { readState } from '../prune/repository-state.ts';
import { rewriteIndex } from '../prune/rewrite-index.ts';
import { BitSet } from '../store/index/bit-set.ts';
import type { BlobTable } from '../store/index/blob-table.ts';
import { LoadedIndex } from '../store/index/index-loader.ts';
import { IndexWriter } from '../store/index/index-writer.ts';
import { visitPackHeader } from '../store/packs/pack-reader.ts';
import type { Repository } from '../store/repository.ts';
import { interpret } from '../store/stored-file.ts';

export interface PackOnDisk {
  readonly name: string;
  readonly size: number;
}

export interface RepairIndexPlan {
  /** Index files that cannot be read. */
  readonly unreadableIndexes: readonly DamagedFileError[];
  /** Packs that no readable index names. */
  readonly added: readonly PackOnDisk[];
  /** Packs that are not as long as the index says. */
  readonly resized: readonly PackOnDisk[];
  /** Packs that the index names and that are not there. */
  readonly missing: readonly string[];
  /** Packs with a damaged header: what the index knew of them is left out. */
  readonly unreadablePacks: readonly DamagedFileError[];
  /** Packs that several index files name. */
  readonly spread: readonly string[];
  readonly readAllPacks: boolean;
  /** @internal */
  readonly index: LoadedIndex;
  /** @internal */
  readonly read: ReadonlyMap<string, PackedBlobList>;
  /** @internal */
  readonly oldFiles: readonly string[];
  /** @internal */
  readonly stateOfIndexes: string;
}

export interface RepairIndexOptions {
  readonly readAllPacks?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onPack?: ((done: number, total: number) => void) | undefined;
}

export const repairsIndex = (plan: RepairIndexPlan): boolean =>
  plan.readAllPacks ||
  [plan.unreadableIndexes, plan.added, plan.resized, plan.missing, plan.spread].some(
    ({ length }) => length > 0,
  );

/** Needs no index. */
export async function planRepairIndex(
  repository: Repository,
  { readAllPacks = false, signal, onPack }: RepairIndexOptions = {},
): Promise<RepairIndexPlan> {
  const stateOfIndexes = (await readState(repository.storage, signal)).indexes;
  const survey = await surveyIndex(repository, readAllPacks, signal);
  const expected = sizesByIndex(survey.index.table);
  const packs = await repository.listFiles('data', { signal });
  const [added, resized]: [PackOnDisk[], PackOnDisk[]] = [[], []];
  for (const [name, size] of packs) {
    const known = expected.get(name);
    if (known === undefined) added.push({ name, size });
    else if (known !== size) resized.push({ name, size });
  }
  const missing = [...expected.keys()].filter((name) => !packs.has(name));
  const read = new Map<string, PackedBlobList>();
  const unreadablePacks: DamagedFileError[] = [];
  const toRead = [...added, ...resized];
  for (const [done, { name, size }] of toRead.entries()) {
    onPack?.(done, toRead.length);
    signal?.throwIfAborted();
    try {
      const blobs = new PackedBlobList();
      await visitPackHeader(repository, name, size, (blob) => blobs.add(blob), { signal });
      read.set(name, blobs);
    } catch (error) {
      if (!(error instanceof DamagedFileError)) throw error;
      unreadablePacks.push(error);
    }
  }
  onPack?.(toRead.length, toRead.length);
  return {
    ...survey,
    // What is not readable and in no index is left to prune.
    added: added.filter(({ name }) => read.has(name)),
    resized,
    missing,
    unreadablePacks,
    readAllPacks,
    read,
    stateOfIndexes,
  };
}

interface IndexSurvey {
  readonly index: LoadedIndex;
  readonly oldFiles: readonly string[];
  readonly unreadableIndexes: readonly DamagedFileError[];
  readonly spread: readonly string[];
}

async function surveyIndex(
  repository: Repository,
  readAllPacks: boolean,
  signal: AbortSignal | undefined,
): Promise<IndexSurvey> {
  const index = new LoadedIndex(0);
  const oldFiles: string[] = [];
  const unreadableIndexes: DamagedFileError[] = [];
  const [seen, twice] = [new BitSet(), new BitSet()];
  for (const name of (await repository.listFiles('index', { signal })).keys()) {
    if (readAllPacks) {
      oldFiles.push(name);
      continue;
    }
    try {
      const json = await repository.readUnpacked('index', name, { signal });
      // Looked through once before anything of it counts: the end may be damaged.
      interpret({ kind: 'index', name }, () => decodeIndex(json, nothing));
      const visitor = index.visitor();
      decodeIndex(json, {
        ...visitor,
        pack(id) {
          const number = index.table.packNumber(id);
          if (!seen.add(number)) twice.add(number);
          visitor.pack(id);
        },
      });
      oldFiles.push(name);
    } catch (error) {
      if (!(error instanceof DamagedFileError)) throw error;
      unreadableIndexes.push(error);
    }
  }
  const spread = Array.from({ length: index.table.packCount }, (_, number) => number)
    .filter((number) => twice.has(number))
    .map((number) => index.table.packName(number));
  return { index, oldFiles, unreadableIndexes, spread };
}

const nothing: IndexVisitor = { pack: () => undefined, blob: () => undefined };

/** How long each pack must be by what the index says of it. */
function sizesByIndex(table: BlobTable): Map<string, number> {
  const sizes = new Float64Array(table.packCount).fill(SEAL_OVERHEAD + HEADER_LENGTH_BYTES);
  for (let entry = 0; entry < table.entryCount; entry++) {
    const { length, uncompressedLength } = table.locationAt(entry);
    const pack = table.packAt(entry);
    sizes[pack] = (sizes[pack] ?? 0) + length + entryLength(uncompressedLength);
  }
  return new Map(Array.from(sizes, (size, number) => [table.packName(number), size]));
}

export interface RepairIndexResult {
  readonly written: number;
  readonly removed: number;
}

/** Needs an exclusive lock. @throws PrunePlanOutdatedError before anything is changed */
export async function applyRepairIndex(
  repository: Repository,
  plan: RepairIndexPlan,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<RepairIndexResult> {
  if (!repairsIndex(plan)) return { written: 0, removed: 0 };
  if ((await readState(repository.storage, signal)).indexes !== plan.stateOfIndexes)
    throw new PrunePlanOutdatedError('the index');
  try {
    let written = 0;
    const writer = new IndexWriter(async (json) => {
      await repository.writeUnpacked('index', json, { signal });
      written++;
    });
    for (const [name, blobs] of plan.read) await writer.add({ id: Buffer.from(name, 'hex'), blobs });
    await writer.flush();
    const rest = await rewriteRest(repository, plan, signal);
    const old = [...rest.replaced, ...plan.unreadableIndexes.map(({ file }) => file.name)];
    for (const name of old) {
      signal?.throwIfAborted();
      await repository.storage.remove({ kind: 'index', name }, { signal });
    }
    return { written: written + rest.written.length, removed: old.length };
  } finally {
    repository.forgetIndex();
  }
}

async function rewriteRest(
  repository: Repository,
  plan: RepairIndexPlan,
  signal: AbortSignal | undefined,
): Promise<{ readonly replaced: readonly string[]; readonly written: readonly string[] }> {
  if (plan.readAllPacks) return { replaced: plan.oldFiles, written: [] };
  const { table } = plan.index;
  const gone = new BitSet(table.packCount);
  for (const name of [...plan.missing, ...plan.resized.map((pack) => pack.name)]) {
    gone.add(table.packNumber(Buffer.from(name, 'hex')));
  }
  return await rewriteIndex(repository, table, plan.oldFiles, gone, signal);
}
