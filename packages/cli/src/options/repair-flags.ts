import type { OutputFlags, RepositoryFlags } from './global-options.ts';
import type { FilterFlags } from './snapshot-filter.ts';

export interface RepairFlags extends RepositoryFlags, OutputFlags, FilterFlags {
  readonly readAllPacks?: boolean;
  readonly forget?: boolean;
  readonly dryRun?: boolean;
}
