/** Reads chosen blobs of packs, proves each one, and stores it again in new packs. */
import { sealBlob, verifySealed } from '../format/blob.ts';
import type { PackedBlob } from '../format/pack-header.ts';
import type { BitSet } from '../store/index/bit-set.ts';
import type { BlobTable } from '../store/index/blob-table.ts';
import type { BlobSaver } from '../store/packs/blob-saver.ts';
import { readBlobs } from '../store/packs/pack-reader.ts';
import type { Repository } from '../store/repository.ts';

const packsAtOnce = 2;

/**
 * @param copy entries of the table to store again
 * @param onPack called after each pack
 * @throws DamagedFileError when a blob can be read from none of its packs
 */
export async function copyBlobs(
  repository: Repository,
  saver: BlobSaver,
  table: BlobTable,
  copy: BitSet,
  options: { readonly signal?: AbortSignal | undefined; readonly onPack?: () => void },
): Promise<void> {
  const packs = wantedByPack(table, copy).entries();
  const copyPack = async (pack: string, wanted: readonly PackedBlob[]): Promise<void> => {
    for await (const { blob, plain, sealed: old } of readBlobs(repository, pack, wanted, {
      signal: options.signal,
    })) {
      // What was just opened, unpacked and hashed need not be packed and sealed anew: the key is the same.
      if (old !== undefined && isAsItShouldBe(repository, blob)) {
        await saver.saveSealed(blob.type, blob.id, old, blob.uncompressedLength);
        continue;
      }
      // Damaged here: another copy may be sound.
      const bytes = plain ?? (await repository.loadBlob(blob.type, blob.id, { signal: options.signal }));
      const sealed = sealBlob(repository.keys, blob.type, bytes, {
        version: repository.version,
        mode: repository.compression,
      });
      verifySealed(repository.keys, blob.id, sealed);
      // Stored although the table knows the blob: where it lies now is about to go.
      await saver.saveSealed(blob.type, blob.id, sealed.sealed, sealed.uncompressedLength);
    }
    options.onPack?.();
  };
  const worker = async (): Promise<void> => {
    for (const [pack, wanted] of packs) {
      options.signal?.throwIfAborted();
      await copyPack(pack, wanted);
    }
  };
  const results = await Promise.allSettled(Array.from({ length: packsAtOnce }, worker));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

/** Compressed where that is possible, unless another way of compressing was asked for. */
const isAsItShouldBe = ({ version, compression }: Repository, { uncompressedLength }: PackedBlob): boolean =>
  version === 1 || (compression === 'auto' && uncompressedLength !== 0);

function wantedByPack(table: BlobTable, copy: BitSet): Map<string, PackedBlob[]> {
  const packs = new Map<string, PackedBlob[]>();
  for (let entry = 0; entry < table.entryCount; entry++) {
    if (!copy.has(entry)) continue;
    const { pack, ...location } = table.locationAt(entry);
    const blob = { ...location, id: table.idAt(entry) };
    const wanted = packs.get(pack);
    if (wanted === undefined) packs.set(pack, [blob]);
    else wanted.push(blob);
  }
  return packs;
}
