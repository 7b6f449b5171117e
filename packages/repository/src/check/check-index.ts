/** Reads every index file into a table of its own, and notes what files say differently or twice. */

import { release } from '@octobox/storage/release';
import { decodeIndex, type IndexVisitor } from '../format/index-file.ts';
import { NativeGarbage } from '../runtime/native-garbage.ts';
import type { BlobTable } from '../store/index/blob-table.ts';
import { LoadedIndex } from '../store/index/index-loader.ts';
import type { Repository } from '../store/repository.ts';
import { interpret } from '../store/stored-file.ts';
import { type CheckProgress, type Findings, problemOf } from './check-report.ts';

export interface CheckedIndex {
  readonly table: BlobTable;
  readonly files: number;
  /** False when a file could not be read: then blobs may seem to be missing that are not. */
  readonly isComplete: boolean;
}

/** What one index file says of a pack: how many blobs, and a sum that hardly two lists of blobs share. */
interface PackClaim {
  readonly file: string;
  readonly blobs: number;
  readonly sum: number;
}

/** A guess that only sizes the first part of the table. */
const bytesPerBlob = 48;

export async function checkIndex(
  repository: Repository,
  findings: Findings,
  onProgress: (progress: CheckProgress) => void,
  signal: AbortSignal | undefined,
): Promise<CheckedIndex> {
  const files = await repository.listFiles('index', { signal });
  const bytes = [...files.values()].reduce((sum, size) => sum + size, 0);
  const loaded = new LoadedIndex(Math.ceil(bytes / bytesPerBlob));
  const claims = new Map<number, PackClaim>();
  const garbage = new NativeGarbage();
  let done = 0;
  let isComplete = true;
  for (const name of files.keys()) {
    const claimed = new ClaimsOfFile(loaded.table);
    try {
      const json = await repository.readUnpacked('index', name, { signal });
      interpret({ kind: 'index', name }, () => decodeIndex(json, both(loaded.visitor(), claimed)));
      garbage.addBytes(2 * json.length);
      release(json);
    } catch (error) {
      signal?.throwIfAborted();
      isComplete = false;
      findings.error('index-damaged', problemOf(error), { kind: 'index', name });
    }
    compare(claimed, name, claims, loaded.table, findings);
    onProgress({ phase: 'index', done: ++done, total: files.size });
  }
  return { table: loaded.table, files: files.size, isComplete };
}

class ClaimsOfFile implements IndexVisitor {
  readonly packs = new Map<number, { blobs: number; sum: number }>();
  readonly #table: BlobTable;
  #current = { blobs: 0, sum: 0 };

  constructor(table: BlobTable) {
    this.#table = table;
  }

  pack(id: Uint8Array): void {
    const number = this.#table.packNumber(id);
    this.#current = this.packs.get(number) ?? { blobs: 0, sum: 0 };
    this.packs.set(number, this.#current);
  }

  blob(_type: string, id: Uint8Array, offset: number, length: number): void {
    const start = (id[0] ?? 0) | ((id[1] ?? 0) << 8) | ((id[2] ?? 0) << 16) | ((id[3] ?? 0) << 24);
    const mixed = Math.imul(start ^ Math.imul(offset + 1, 0x9e3779b1), 0x85ebca6b) ^ length;
    this.#current.blobs++;
    // The order of blobs in the file means nothing.
    this.#current.sum = (this.#current.sum + (mixed >>> 0)) >>> 0;
  }
}

function both(first: IndexVisitor, second: IndexVisitor): IndexVisitor {
  return {
    pack(id) {
      first.pack(id);
      second.pack(id);
    },
    blob(type, id, offset, length, uncompressedLength) {
      first.blob(type, id, offset, length, uncompressedLength);
      second.blob(type, id, offset, length, uncompressedLength);
    },
  };
}

function compare(
  claimed: ClaimsOfFile,
  name: string,
  claims: Map<number, PackClaim>,
  table: BlobTable,
  findings: Findings,
): void {
  for (const [pack, { blobs, sum }] of claimed.packs) {
    const earlier = claims.get(pack);
    if (earlier === undefined) {
      claims.set(pack, { file: name, blobs, sum });
      continue;
    }
    const packName = table.packName(pack);
    if (earlier.blobs === blobs && earlier.sum === sum) {
      findings.hint(
        'pack-indexed-twice',
        `pack ${packName} is listed in the index files ${earlier.file} and ${name}`,
        {
          kind: 'index',
          name,
        },
      );
    } else {
      findings.error(
        'pack-index-contradiction',
        `the index files ${earlier.file} and ${name} list different blobs of pack ${packName}`,
        { kind: 'data', name: packName },
      );
    }
  }
}
