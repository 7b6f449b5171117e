/** Watches one backup: gathers the history of its series and judges it at the end. */
import type { StorageOptions } from '@octobox/storage';
import { DamagedFileError } from '../errors.ts';
import type { Repository } from '../store/repository.ts';
import { compareSnapshots, type Snapshot, type SnapshotContent } from '../store/snapshots/snapshots.ts';
import { judgeChange, type Sign } from './judge-change.ts';
import { isSuspicious, seriesOf } from './suspicious-tag.ts';

export class ChangeWatch {
  #seen: Snapshot[] | undefined;

  /** Spares reading all snapshots a second time: whoever has read them all gives them here. */
  saw(snapshots: readonly Snapshot[]): void {
    this.#seen = [...snapshots];
  }

  /**
   * The signs of an intrusion that `snapshot`, which is about to be written, shows.
   * @param compared whether files were compared with those of its parent
   */
  async judge(
    repository: Repository,
    snapshot: SnapshotContent,
    compared: boolean,
    options: StorageOptions,
  ): Promise<Sign[]> {
    const { summary } = snapshot;
    if (summary === undefined) return [];
    this.#seen ??= await readable(repository, options);
    const series = seriesOf(snapshot);
    const earlier = this.#seen
      .filter((one) => seriesOf(one) === series && one.summary !== undefined)
      .sort(compareSnapshots);
    const before = earlier.at(-1)?.summary;
    if (before === undefined) return [];
    const good = earlier.slice(0, Math.max(0, earlier.findLastIndex(isSuspicious))).at(-1)?.summary;
    const past = earlier.flatMap((one) =>
      one.summary === undefined || isSuspicious(one)
        ? []
        : [{ summary: one.summary, compared: wasCompared(one) }],
    );
    const compressed = repository.version > 1 && repository.compression !== 'off';
    return judgeChange({ summary, compared }, { before, good }, past, { compressed });
  }
}

/** A snapshot of streams names its parent, too, but each of its files counts as new. */
const wasCompared = ({ parent, summary }: Snapshot): boolean =>
  parent !== undefined && (summary?.filesChanged ?? 0) + (summary?.filesUnmodified ?? 0) > 0;

async function readable(repository: Repository, options: StorageOptions): Promise<Snapshot[]> {
  const snapshots: Snapshot[] = [];
  for await (const { snapshot, error } of repository.readSnapshots(options)) {
    // A damaged one is told of where a parent is looked for, and by check.
    if (error instanceof DamagedFileError || snapshot === undefined) continue;
    snapshots.push(snapshot);
  }
  return snapshots;
}
