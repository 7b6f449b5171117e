/** Whether what is left at a source can stand alone: only then may a mirror let go of what the source forgot. */
import { DamagedFileError } from '../errors.ts';
import type { Repository } from '../store/repository.ts';
import { packsOfIndex } from './indexed-packs.ts';
import type { MirrorPlan } from './mirror-plan.ts';

/**
 * Undefined when every pack that its index names is there and its index names the root of every snapshot; else what
 * is wrong, for people. A prune leaves both true; lost index files or packs do not.
 */
export async function faultOfSource(
  source: Repository,
  plan: MirrorPlan,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const { data, index } = plan.kinds;
  try {
    const roots = new Set<string>();
    for await (const { tree } of source.snapshots({ signal })) roots.add(tree);
    for (const name of index.source.keys()) {
      for (const pack of await packsOfIndex(source, name, signal, (tree) => roots.delete(tree))) {
        if (!data.source.has(pack)) return `pack ${pack.slice(0, 8)} is gone there, and its index names it`;
      }
    }
    return roots.size === 0 ? undefined : `its index lacks the folders of ${roots.size} snapshots`;
  } catch (error) {
    if (error instanceof DamagedFileError) return error.message;
    throw error;
  }
}
