/** Fills a blob table from the index files of a repository. */
import type { FileKind, StorageOptions } from '@octobox/storage';
import { release } from '@octobox/storage/release';
import { decodeIndex, type IndexVisitor } from '../../format/index-file.ts';
import { interpret } from '../stored-file.ts';
import { BlobTable } from './blob-table.ts';

export interface IndexSource {
  listFiles(kind: FileKind, options?: StorageOptions): Promise<Map<string, number>>;
  readUnpacked(kind: 'index', name: string, options?: StorageOptions): Promise<Buffer>;
}

export interface IndexLoadOptions extends StorageOptions {
  readonly onProgress?: (progress: { readonly files: number; readonly filesTotal: number }) => void;
}

/** Compressed index files take a little more than this for a blob: a guess that only sizes the first segment. */
const BYTES_PER_BLOB = 48;
/** While one file is decoded the next ones are on their way. */
const READS_AT_ONCE = 2;

export class LoadedIndex {
  readonly table: BlobTable;
  /** The names of the index files that the table holds. */
  readonly files = new Set<string>();

  constructor(expected: number) {
    this.table = BlobTable.create(expected);
  }

  /** The visitor that enters what an index file names. */
  visitor(): IndexVisitor {
    const { table } = this;
    let pack = 0;
    return {
      pack(id) {
        pack = table.packNumber(id);
      },
      blob(type, id, offset, length, uncompressedLength) {
        table.add(type, id, pack, offset, length, uncompressedLength);
      },
    };
  }
}

/**
 * Brings `known` up to date, or makes a new table when there is none or when one of its files is gone (a prune
 * may have moved its blobs). Throws `DamagedFileError` naming the index file that is damaged.
 */
export async function loadIndex(
  source: IndexSource,
  known: LoadedIndex | undefined,
  options: IndexLoadOptions = {},
): Promise<LoadedIndex> {
  const listed = await source.listFiles('index', options);
  const usable = known !== undefined && [...known.files].every((name) => listed.has(name));
  const loaded = usable ? known : new LoadedIndex(expectedBlobs(listed));
  const missing = [...listed.keys()].filter((name) => !loaded.files.has(name));
  const reads: Promise<Buffer>[] = [];
  const start = (name: string | undefined): void => {
    if (name === undefined) return;
    const read = source.readUnpacked('index', name, options);
    // Awaited below in order; until then a failure must not count as unhandled.
    read.catch(() => {});
    reads.push(read);
  };
  for (const name of missing.slice(0, READS_AT_ONCE)) start(name);
  for (const [at, name] of missing.entries()) {
    const json = await (reads.shift() as Promise<Buffer>);
    start(missing[at + READS_AT_ONCE]);
    interpret({ kind: 'index', name }, () => decodeIndex(json, loaded.visitor()));
    release(json);
    loaded.files.add(name);
    options.onProgress?.({ files: at + 1, filesTotal: missing.length });
  }
  return loaded;
}

function expectedBlobs(files: ReadonlyMap<string, number>): number {
  let bytes = 0;
  for (const size of files.values()) bytes += size;
  return Math.ceil(bytes / BYTES_PER_BLOB);
}
