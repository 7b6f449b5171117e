/**
 * One pass from a plan to a target that holds its snapshots. Whatever a file names is sent before it, so that the
 * target is a valid repository at every moment:
 *
 *     keys ► packs ► index files whose packs are all there ► (is the index at the source still the same?) ► snapshots
 *
 * A pack or index file that vanished under way was pruned at the source; what takes its place is in another index
 * file, so the index has changed and a new plan is needed.
 */
import type { ListedFile } from '@octobox/storage';
import { FileMissingError } from '@octobox/storage/errors';
import { DamagedFileError } from '../errors.ts';
import { walkTrees } from '../inspect/tree-walk.ts';
import type { Repository } from '../store/repository.ts';
import { packsOfIndex } from './indexed-packs.ts';
import { type MirrorPlan, namesOf } from './mirror-plan.ts';
import type { Transfer } from './transfer.ts';

export interface RoundParts {
  readonly source: Repository;
  readonly mirror: Repository;
  readonly transfer: Transfer;
  readonly signal: AbortSignal;
  /** Nobody prunes the source meanwhile, so index files that are new cannot stand for others. */
  readonly locked: boolean;
}

export type RoundResult =
  | { readonly settled: false }
  | {
      readonly settled: true;
      readonly withheld: { readonly indexes: number; readonly snapshots: number };
      /** At the target now. */
      readonly snapshots: ReadonlySet<string>;
    };

export async function mirrorRound(parts: RoundParts, plan: MirrorPlan): Promise<RoundResult> {
  const { transfer } = parts;
  const { key, data, index, snapshot } = plan.kinds;
  transfer.beginRound(plan);
  await transfer.send('key', key.copy, key.target);
  const failedPacks = await transfer.send('data', data.copy, data.target);
  const packs = new Set([...data.target.keys(), ...data.source.keys()]);
  for (const name of failedPacks) packs.delete(name);

  const { complete, withheld } = await completeIndexes(parts, index.copy, packs);
  for (const name of await transfer.send('index', complete, index.target)) withheld.set(name, undefined);
  if (await indexChanged(parts, plan)) return { settled: false };
  for (const [name, lacking] of withheld) {
    if (lacking !== undefined && !failedPacks.has(lacking)) {
      transfer.problem('data', lacking, `it does not exist at the source, and index file ${name} names it`);
    }
  }

  const ready = withheld.size === 0 ? snapshot.copy : await completeSnapshots(parts, snapshot.copy);
  const failed = await transfer.send('snapshot', ready, snapshot.target);
  const snapshots = new Set([...snapshot.target.keys(), ...ready.map(({ name }) => name)]);
  for (const name of failed) snapshots.delete(name);
  return {
    settled: true,
    withheld: { indexes: withheld.size, snapshots: snapshot.copy.length - ready.length },
    snapshots,
  };
}

/** Those whose packs are all at the target; and the others, each with a pack that it lacks. */
async function completeIndexes(
  { source, transfer, signal }: RoundParts,
  files: readonly ListedFile[],
  packs: ReadonlySet<string>,
): Promise<{ complete: ListedFile[]; withheld: Map<string, string | undefined> }> {
  const complete: ListedFile[] = [];
  const withheld = new Map<string, string | undefined>();
  for (const file of files) {
    try {
      const named = await packsOfIndex(source, file.name, signal);
      const lacking = named.values().find((pack) => !packs.has(pack));
      if (lacking === undefined) complete.push(file);
      else withheld.set(file.name, lacking);
    } catch (error) {
      if (error instanceof FileMissingError) withheld.set(file.name, undefined);
      else if (error instanceof DamagedFileError) {
        withheld.set(file.name, undefined);
        transfer.problem(
          'index',
          file.name,
          `it is damaged at the source and was not copied: ${error.problem}`,
        );
      } else throw error;
    }
  }
  return { complete, withheld };
}

async function indexChanged({ source, signal, locked }: RoundParts, plan: MirrorPlan): Promise<boolean> {
  const before = plan.kinds.index.source;
  const now = await namesOf(source.storage, 'index', { signal });
  for (const name of before.keys()) if (!now.has(name)) return true;
  return !locked && now.size !== before.size;
}

/** Of snapshots some of whose data may have stayed behind, those that can be restored from the target. */
async function completeSnapshots(
  { source, mirror, transfer, signal }: RoundParts,
  files: readonly ListedFile[],
): Promise<ListedFile[]> {
  const { index } = { index: await mirror.loadIndex({ signal }) };
  const complete: ListedFile[] = [];
  for (const file of files) {
    const lacks = await lackOf(file.name);
    if (lacks === undefined) complete.push(file);
    else transfer.problem('snapshot', file.name, `it was not copied: ${lacks}`);
  }
  return complete;

  async function lackOf(name: string): Promise<string | undefined> {
    let lacks: string | undefined;
    try {
      const { tree } = await source.readSnapshot(name, { signal });
      await walkTrees(
        mirror,
        [Buffer.from(tree, 'hex')],
        {
          node(_tree, links) {
            if (lacks !== undefined) return;
            for (let number = 0; number < links.contents; number++) {
              if (index.firstOf('data', links.contentAt(number)) === -1)
                lacks = 'data that it needs could not be copied';
            }
          },
          failed() {
            lacks ??= 'folders that it needs could not be copied';
          },
        },
        signal,
      );
    } catch (error) {
      if (error instanceof FileMissingError) return 'it is gone from the source';
      if (error instanceof DamagedFileError) return `it is damaged at the source: ${error.problem}`;
      throw error;
    }
    return lacks;
  }
}
