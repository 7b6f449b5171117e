/**
 * Writes the index anew where it names packs that are about to go. Files that name none of them stay as they
 * are, but a pack that several files name, and many small files, are put together on this occasion.
 *
 * New files are durable before this returns; the old ones are the caller's to remove afterwards.
 */
import { decodeIndex } from '../format/index-file.ts';
import type { BitSet } from '../store/index/bit-set.ts';
import type { BlobTable } from '../store/index/blob-table.ts';
import { EntriesByPack } from '../store/index/entries-by-pack.ts';
import { IndexWriter } from '../store/index/index-writer.ts';
import type { Repository } from '../store/repository.ts';

export interface IndexRewrite {
  /** Names of index files that the new ones replace. */
  readonly replaced: readonly string[];
  readonly written: readonly string[];
}

interface SurveyedFile {
  readonly name: string;
  readonly packs: readonly number[];
  readonly blobs: number;
  mustChange: boolean;
}

/** Index files of fewer blobs are small … */
const smallFile = 5_000;
/** … and more of them than this slow every opening of the repository down. */
const manySmallFiles = 16;

/**
 * @param files names of index files to look through: those that the table was made from
 * @param gone numbers of the packs that no index shall name any more
 */
export async function rewriteIndex(
  repository: Repository,
  table: BlobTable,
  files: readonly string[],
  gone: BitSet,
  signal?: AbortSignal,
): Promise<IndexRewrite> {
  const surveyed = await survey(repository, table, files, gone, signal);
  const small = surveyed.filter(({ blobs }) => blobs < smallFile);
  if (small.length > manySmallFiles) for (const file of small) file.mustChange = true;

  const replaced = surveyed.filter(({ mustChange }) => mustChange);
  const packs = new Set(replaced.flatMap((file) => file.packs).filter((pack) => !gone.has(pack)));
  const written: string[] = [];
  const writer = new IndexWriter(async (json) => {
    written.push(await repository.writeUnpacked('index', json, { signal }));
  });
  const entries = new EntriesByPack(table);
  for (const pack of packs) {
    // All blobs that any index file gives the pack: they belong into one file.
    await writer.add({ id: Buffer.from(table.packName(pack), 'hex'), blobs: entries.blobsOf(pack) });
  }
  await writer.flush();
  return { replaced: replaced.map(({ name }) => name), written };
}

async function survey(
  repository: Repository,
  table: BlobTable,
  files: readonly string[],
  gone: BitSet,
  signal: AbortSignal | undefined,
): Promise<SurveyedFile[]> {
  const surveyed: SurveyedFile[] = [];
  const firstFile = new Map<number, SurveyedFile>();
  for (const name of files) {
    const packs: number[] = [];
    let blobs = 0;
    decodeIndex(await repository.readUnpacked('index', name, { signal }), {
      pack: (id) => packs.push(table.packNumber(id)),
      blob: () => blobs++,
    });
    const file: SurveyedFile = { name, packs, blobs, mustChange: packs.some((pack) => gone.has(pack)) };
    for (const pack of packs) {
      const first = firstFile.get(pack);
      if (first === undefined) firstFile.set(pack, file);
      else first.mustChange = file.mustChange = true;
    }
    surveyed.push(file);
  }
  return surveyed;
}
