/**
 * Copies what a plan names. Blobs go over as the plain bytes that they are, trees too: nothing is encoded anew, so
 * that every id stays. Each blob is proved when it is read and again before it is written.
 */
import { FileMissingError } from '@octobox/storage/errors';
import type { PackedBlob } from '../format/pack-header.ts';
import { encodeSnapshot } from '../format/snapshot-file.ts';
import { contentOf } from '../rewrite/replacement.ts';
import type { BlobSaver } from '../store/packs/blob-saver.ts';
import { readBlobs } from '../store/packs/pack-reader.ts';
import type { Repository } from '../store/repository.ts';
import type { CopyBatch, CopyPlan } from './copy-plan.ts';

const packsAtOnce = 2;

export interface CopyProgress {
  readonly bytes: number;
  readonly bytesTotal: number;
  readonly snapshots: number;
  readonly snapshotsTotal: number;
}

export interface CopiedSnapshot {
  readonly source: string;
  readonly copy: string;
}

export interface ApplyCopyOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined;
  readonly onSnapshot?: ((copied: CopiedSnapshot) => void) | undefined;
}

/** Needs both indexes, and a shared lock on both repositories. */
export async function applyCopy(
  source: Repository,
  target: Repository,
  plan: CopyPlan,
  { signal, onProgress, onSnapshot }: ApplyCopyOptions = {},
): Promise<CopiedSnapshot[]> {
  const copied: CopiedSnapshot[] = [];
  let bytes = 0;
  const tell = (): void =>
    onProgress?.({ bytes, bytesTotal: plan.bytes, snapshots: copied.length, snapshotsTotal: plan.snapshots });
  tell();
  for (const batch of plan.batches) {
    await copyBatch(source, target, batch, signal, (length) => {
      bytes += length;
      tell();
    });
    for (const snapshot of batch.snapshots) {
      signal?.throwIfAborted();
      const content = {
        ...contentOf(snapshot),
        parent: undefined,
        original: snapshot.original ?? snapshot.id,
      };
      const copy = await target.writeUnpacked('snapshot', encodeSnapshot(content), { signal });
      copied.push({ source: snapshot.id, copy });
      onSnapshot?.({ source: snapshot.id, copy });
      tell();
    }
  }
  return copied;
}

async function copyBatch(
  source: Repository,
  target: Repository,
  { entries }: CopyBatch,
  signal: AbortSignal | undefined,
  onBytes: (bytes: number) => void,
): Promise<void> {
  if (entries.length === 0) return;
  const saver = target.saver({ signal });
  try {
    const packs = byPack(source, entries).entries();
    const worker = async (): Promise<void> => {
      for (const [pack, wanted] of packs) {
        await copyPack(source, saver, pack, wanted, signal);
        onBytes(wanted.reduce((sum, { length }) => sum + length, 0));
      }
    };
    const results = await Promise.allSettled(Array.from({ length: packsAtOnce }, worker));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    await saver.finish();
  } catch (error) {
    await saver.abort();
    throw error;
  }
}

async function copyPack(
  source: Repository,
  saver: BlobSaver,
  pack: string,
  wanted: readonly PackedBlob[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const left = new Set(wanted);
  try {
    for await (const { blob, plain } of readBlobs(source, pack, wanted, { signal })) {
      left.delete(blob);
      // Damaged here: another pack may have it whole.
      await saver.save(blob.type, plain ?? (await source.loadBlob(blob.type, blob.id, { signal })));
    }
  } catch (error) {
    if (!(error instanceof FileMissingError && error.file.name === pack)) throw error;
    // The whole pack is gone: here, too, others may have what it held.
    for (const blob of left) {
      await saver.save(blob.type, await source.loadBlob(blob.type, blob.id, { signal }));
    }
  }
}

function byPack({ index }: Repository, entries: readonly number[]): Map<string, PackedBlob[]> {
  const packs = new Map<string, PackedBlob[]>();
  for (const entry of entries) {
    const { pack, ...location } = index.locationAt(entry);
    const blob = { ...location, id: index.idAt(entry) };
    const list = packs.get(pack);
    if (list === undefined) packs.set(pack, [blob]);
    else list.push(blob);
  }
  return packs;
}
