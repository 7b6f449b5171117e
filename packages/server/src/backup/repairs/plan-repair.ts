import type { Repository } from '@octobox/repository';
import { planIndexRepair } from './index-repair.ts';
import { planPacksRepair } from './packs-repair.ts';
import type { PlannedRepair, RepairOptions, RepairWish } from './repair.ts';
import { planSnapshotsRepair } from './snapshots-repair.ts';

/** Takes no lock: the caller holds one. */
export async function planRepair(
  repository: Repository,
  wish: RepairWish,
  options: RepairOptions,
): Promise<PlannedRepair> {
  switch (wish.what) {
    case 'index':
      return await planIndexRepair(repository, wish, options);
    case 'packs':
      return await planPacksRepair(repository, wish, options);
    case 'snapshots':
      return await planSnapshotsRepair(repository, wish, options);
  }
}
