/** Which blobs snapshots need: one bit for each, by the number of its first entry in the table of blobs. */

import { walkTrees } from '../inspect/tree-walk.ts';
import { BitSet } from '../store/index/bit-set.ts';
import type { Repository } from '../store/repository.ts';
import { PruneRefusedError } from './prune-errors.ts';

const problemsKept = 100;

export interface UsedBlobsOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onTree?: ((trees: number) => void) | undefined;
}

/**
 * Needs the index.
 * @throws PruneRefusedError when a needed blob is in no index or a tree cannot be read: what is used is then
 *   not known, and nothing may be called unused
 */
export async function findUsedBlobs(repository: Repository, options: UsedBlobsOptions = {}): Promise<BitSet> {
  const table = repository.index;
  const used = new BitSet(table.entryCount);
  const problems: string[] = [];
  let total = 0;
  let trees = 0;
  let cause: unknown;
  const problem = (text: string, error?: unknown): void => {
    total++;
    cause ??= error;
    if (problems.length < problemsKept) problems.push(text);
  };

  const roots: Buffer[] = [];
  for await (const snapshot of repository.snapshots({ signal: options.signal })) {
    roots.push(Buffer.from(snapshot.tree, 'hex'));
  }
  await walkTrees(
    repository,
    roots,
    {
      node(tree, links) {
        for (let number = 0; number < links.contents; number++) {
          const id = links.contentAt(number);
          const entry = table.firstOf('data', id);
          if (entry !== -1) used.add(entry);
          else {
            const [name, blob] = [tree.toString('hex'), Buffer.from(id).toString('hex')];
            problem(`tree ${name} needs data blob ${blob}, which is in no index`);
          }
        }
      },
      failed(tree, error) {
        problem(
          `tree ${tree.toString('hex')}: ${error instanceof Error ? error.message : String(error)}`,
          error,
        );
      },
      visited(_, entry) {
        used.add(entry);
        options.onTree?.(++trees);
      },
    },
    options.signal,
  );
  if (total > 0) throw new PruneRefusedError(problems, total, { cause });
  return used;
}
