/**
 * Takes what is sound out of damaged packs: each blob that can still be read and proved is stored again in new packs,
 * then no index names the damaged ones any more, and then they go.
 *
 * Safe at any interruption: copies and their index are durable before the old index goes, and packs go last.
 */
import { FileMissingError } from '@octobox/storage/errors';
import { DamagedFileError, RepositoryError } from '../errors.ts';
import type { BlobType } from '../format/blob.ts';
import { sealBlob, verifySealed } from '../format/blob.ts';
import type { PackedBlob } from '../format/pack-header.ts';
import { PrunePlanOutdatedError } from '../prune/prune-errors.ts';
import { rewriteIndex } from '../prune/rewrite-index.ts';
import { BitSet } from '../store/index/bit-set.ts';
import type { BlobTable } from '../store/index/blob-table.ts';
import { EntriesByPack } from '../store/index/entries-by-pack.ts';
import { readBlobs, readPackHeader } from '../store/packs/pack-reader.ts';
import type { Repository } from '../store/repository.ts';

export class UnknownPackError extends RepositoryError {
  constructor(name: string) {
    super('repository.unknown-pack', `there is no pack ${name}, and no index names one`, {
      advice: '`octobox check --read-data` names the damaged packs.',
    });
  }
}

export interface PackSalvage {
  readonly pack: string;
  /** Whether the file is there at all. */
  readonly exists: boolean;
  /** What can be read and proved. */
  readonly sound: readonly PackedBlob[];
  readonly lost: readonly LostBlob[];
}

export interface LostBlob {
  readonly type: BlobType;
  /** hex */
  readonly id: string;
  /** Another pack holds it, too: nothing is lost. */
  readonly isElsewhere: boolean;
}

export interface RepairPacksPlan {
  readonly packs: readonly PackSalvage[];
  /** @internal */
  readonly table: BlobTable;
}

export interface RepairPacksOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onPack?: ((done: number, total: number) => void) | undefined;
}

export interface PlanRepairPacksOptions extends RepairPacksOptions {
  /** Told of each pack that is not there and in no index, and not in the plan; absent: such a pack is an error. */
  readonly onUnknown?: ((pack: string) => void) | undefined;
}

/** Needs the index. Reads the packs whole and proves every blob; stores nothing. @throws UnknownPackError */
export async function planRepairPacks(
  repository: Repository,
  names: readonly string[],
  { signal, onPack, onUnknown }: PlanRepairPacksOptions = {},
): Promise<RepairPacksPlan> {
  const table = repository.index;
  const entries = new EntriesByPack(table);
  const files = await repository.listFiles('data', { signal });
  const wanted = new Set(names);
  const packs: PackSalvage[] = [];
  for (const pack of wanted) {
    onPack?.(packs.length, wanted.size);
    const size = files.get(pack);
    const indexed = entries.blobsOf(table.packNumber(Buffer.from(pack, 'hex')));
    if (size === undefined && indexed.length === 0) {
      if (onUnknown === undefined) throw new UnknownPackError(pack);
      onUnknown(pack);
      continue;
    }
    const blobs = await blobsOf(repository, pack, size, indexed, signal);
    const sound = size === undefined ? [] : await soundBlobs(repository, pack, blobs, signal);
    const saved = new Set(sound.map(keyOf));
    const lost = blobs
      .filter((blob) => !saved.has(keyOf(blob)))
      .map(({ type, id }) => ({
        type,
        id: id.toString('hex'),
        isElsewhere: table.lookup(type, id).some((place) => !wanted.has(place.pack)),
      }));
    packs.push({ pack, exists: size !== undefined, sound, lost });
  }
  onPack?.(packs.length, wanted.size);
  return { packs, table };
}

const keyOf = ({ type, id }: PackedBlob): string => type + id.toString('latin1');

/** What the index says of the pack, and what its own header says: either may be right. */
async function blobsOf(
  repository: Repository,
  pack: string,
  size: number | undefined,
  indexed: readonly PackedBlob[],
  signal: AbortSignal | undefined,
): Promise<PackedBlob[]> {
  if (size === undefined) return [...indexed];
  const own = await readPackHeader(repository, pack, size, { signal }).catch((error: unknown) => {
    if (error instanceof DamagedFileError) return [];
    throw error;
  });
  const placeOf = (blob: PackedBlob): string => `${keyOf(blob)}@${blob.offset}+${blob.length}`;
  return [...new Map([...indexed, ...own].map((blob) => [placeOf(blob), blob])).values()];
}

async function soundBlobs(
  repository: Repository,
  pack: string,
  blobs: readonly PackedBlob[],
  signal: AbortSignal | undefined,
): Promise<PackedBlob[]> {
  const sound = new Map<string, PackedBlob>();
  for await (const { blob, plain } of readBlobs(repository, pack, blobs, { signal })) {
    if (plain !== undefined) sound.set(keyOf(blob), blob);
  }
  return [...sound.values()];
}

/** Needs an exclusive lock. @throws PrunePlanOutdatedError before anything is changed */
export async function applyRepairPacks(
  repository: Repository,
  plan: RepairPacksPlan,
  { signal, onPack }: RepairPacksOptions = {},
): Promise<{ readonly saved: number; readonly lost: number }> {
  if ((await repository.loadIndex({ signal })) !== plan.table) throw new PrunePlanOutdatedError('the index');
  const files = [...(await repository.listFiles('index', { signal })).keys()];
  try {
    const result = await saveSound(repository, plan, { signal, onPack });
    const gone = new BitSet(plan.table.packCount);
    for (const { pack } of plan.packs) gone.add(plan.table.packNumber(Buffer.from(pack, 'hex')));
    const { replaced } = await rewriteIndex(repository, plan.table, files, gone, signal);
    for (const name of replaced) {
      signal?.throwIfAborted();
      await repository.storage.remove({ kind: 'index', name }, { signal });
    }
    for (const { pack, exists } of plan.packs) if (exists) await removePack(repository, pack, signal);
    return result;
  } finally {
    repository.forgetIndex();
  }
}

async function saveSound(
  repository: Repository,
  { packs }: RepairPacksPlan,
  { signal, onPack }: RepairPacksOptions,
): Promise<{ readonly saved: number; readonly lost: number }> {
  let [saved, lost] = [0, 0];
  const stored = new Set<string>();
  const saver = repository.saver({ signal });
  try {
    for (const [done, { pack, sound, lost: gone }] of packs.entries()) {
      onPack?.(done, packs.length);
      lost += gone.filter(({ isElsewhere }) => !isElsewhere).length;
      const wanted = sound.filter((blob) => !stored.has(keyOf(blob)));
      for await (const { blob, plain, error } of readBlobs(repository, pack, wanted, { signal })) {
        // It was sound when the plan was made: the storage gets worse. Nothing has been removed yet.
        if (plain === undefined) throw error;
        const { version, compression: mode } = repository;
        const sealed = sealBlob(repository.keys, blob.type, plain, { version, mode });
        verifySealed(repository.keys, blob.id, sealed);
        await saver.saveSealed(blob.type, blob.id, sealed.sealed, sealed.uncompressedLength);
        stored.add(keyOf(blob));
        saved++;
      }
    }
    await saver.finish();
  } catch (error) {
    await saver.abort();
    throw error;
  }
  onPack?.(packs.length, packs.length);
  return { saved, lost };
}

async function removePack(
  repository: Repository,
  name: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await repository.storage.remove({ kind: 'data', name }, { signal });
  } catch (error) {
    if (!(error instanceof FileMissingError)) throw error;
  }
}
