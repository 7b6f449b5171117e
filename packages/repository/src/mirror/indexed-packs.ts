/** Which packs an index file names; nothing else of it is kept. */

import { release } from '@octobox/storage/release';
import { decodeIndex } from '../format/index-file.ts';
import type { Repository } from '../store/repository.ts';
import { interpret } from '../store/stored-file.ts';

/**
 * Names in hexadecimal, each once.
 * @throws DamagedFileError for an index file that cannot be read
 */
export async function packsOfIndex(
  repository: Repository,
  name: string,
  signal: AbortSignal | undefined,
  onTree: (id: string) => void = () => {},
): Promise<Set<string>> {
  const json = await repository.readUnpacked('index', name, { signal });
  const packs = new Set<string>();
  interpret({ kind: 'index', name }, () =>
    decodeIndex(json, {
      pack: (id) => packs.add(Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('hex')),
      blob: (type, id) => {
        if (type === 'tree') onTree(Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('hex'));
      },
    }),
  );
  release(json);
  return packs;
}
