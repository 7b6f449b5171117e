/** Walks everything that snapshots reach and looks whether it is there and as it must be. */
import { BlobMissingError } from '../errors.ts';
import type { Node } from '../format/trees/node.ts';
import { type TreeSource, walkTrees } from '../inspect/tree-walk.ts';
import { BitSet } from '../store/index/bit-set.ts';
import type { BlobTable } from '../store/index/blob-table.ts';
import type { Repository } from '../store/repository.ts';
import type { Snapshot } from '../store/snapshots/snapshots.ts';
import { type CheckProgress, type Findings, problemOf } from './check-report.ts';
import type { Damage } from './damage.ts';

export interface CheckedTrees {
  readonly trees: number;
  /** The first entry of every blob that a snapshot needs. */
  readonly used: BitSet;
  /** `type:id` of the first hundred thousand blobs that are in no index. */
  readonly missing: ReadonlySet<string>;
  /** Every tree could be read, and every blob that one names is in the index. */
  readonly isWhole: boolean;
}

const missingKept = 100_000;

/** Every snapshot that can be read. */
export async function checkSnapshots(
  repository: Repository,
  findings: Findings,
  signal: AbortSignal | undefined,
): Promise<{ readonly snapshots: Snapshot[]; readonly files: number }> {
  const names = [...(await repository.listFiles('snapshot', { signal })).keys()];
  const snapshots: Snapshot[] = [];
  for (const name of names) {
    try {
      snapshots.push(await repository.readSnapshot(name, { signal }));
    } catch (error) {
      signal?.throwIfAborted();
      findings.error('snapshot-damaged', problemOf(error), { kind: 'snapshot', name });
    }
  }
  return { snapshots, files: names.length };
}

export async function checkTrees(
  source: TreeSource,
  snapshots: readonly Snapshot[],
  damage: Damage,
  findings: Findings,
  onProgress: (progress: CheckProgress) => void,
  signal: AbortSignal | undefined,
): Promise<CheckedTrees> {
  const table = source.index;
  const used = new BitSet(table.entryCount);
  const missing = new Set<string>();
  let trees = 0;
  let isWhole = true;
  const noteMissing = (type: 'data' | 'tree', id: Buffer): void => {
    damage.found = true;
    isWhole = false;
    if (missing.size < missingKept) missing.add(`${type}:${id.toString('hex')}`);
  };
  await walkTrees(
    source,
    snapshots.map(({ tree }) => Buffer.from(tree, 'hex')),
    {
      node(tree, links) {
        const problem = links.isSound ? undefined : problemOfNode(links.node());
        if (problem !== undefined) {
          findings.error('node-invalid', `tree ${tree.toString('hex')}: ${problem}`);
        }
        for (let number = 0; number < links.contents; number++) {
          const entry = table.firstOf('data', links.contentAt(number));
          if (entry !== -1) {
            used.add(entry);
            continue;
          }
          const id = Buffer.from(links.contentAt(number));
          noteMissing('data', id);
          findings.error(
            'blob-missing',
            `tree ${tree.toString('hex')}: file ${quoted(links.node())} needs data blob ${id.toString('hex')}, which is in no index`,
          );
        }
      },
      failed(tree, error) {
        signal?.throwIfAborted();
        if (error instanceof BlobMissingError) {
          noteMissing('tree', tree);
          findings.error('tree-missing', `tree ${tree.toString('hex')} is in no index`);
        } else {
          damage.markBlob('tree', tree);
          isWhole = false;
          findings.error(
            'tree-damaged',
            `tree ${tree.toString('hex')}: ${problemOf(error)}`,
            packOf(table, tree),
          );
        }
      },
      visited(_, entry) {
        used.add(entry);
        onProgress({ phase: 'trees', done: ++trees });
      },
    },
    signal,
  );
  return { trees, used, missing, isWhole };
}

const packOf = (table: BlobTable, tree: Buffer): { kind: 'data'; name: string } | undefined => {
  const location = table.lookup('tree', tree)[0];
  return location === undefined ? undefined : { kind: 'data', name: location.pack };
};

const quoted = (node: Node): string => JSON.stringify(node.name.toString());
const noId = Buffer.alloc(32);
const knownTypes = new Set(['file', 'dir', 'symlink', 'dev', 'chardev', 'fifo', 'socket']);

/** What no sound snapshot holds. */
function problemOfNode(node: Node): string | undefined {
  if (node.name.length === 0) return 'an entry has no name';
  if (node.name.includes(0x2f)) return `the name ${quoted(node)} holds a slash`;
  if (node.name.equals(Buffer.from('.')) || node.name.equals(Buffer.from('..'))) {
    return `an entry has the name ${quoted(node)}`;
  }
  if (!knownTypes.has(node.type)) return `${quoted(node)} has the unknown type ${JSON.stringify(node.type)}`;
  if (node.type === 'file' && node.content === undefined)
    return `the file ${quoted(node)} has no list of contents`;
  if (node.type === 'file' && node.content?.some((id) => id.equals(noId))) {
    return `the file ${quoted(node)} has content without a name`;
  }
  if (node.type === 'dir' && node.subtree === undefined) return `the folder ${quoted(node)} has no tree`;
  if (node.type === 'dir' && node.subtree?.equals(noId))
    return `the folder ${quoted(node)} has a tree without a name`;
  return undefined;
}
