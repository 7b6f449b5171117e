import type { BandwidthSchedule, OpenStorageOptions } from '@octobox/storage';
import type { RepositoryFlags } from '../options/global-options.ts';
import type { Cli } from '../verb.ts';

/** What options and environment say about reaching a storage. */
export function storageOptions({ env }: Pick<Cli, 'env'>, flags: RepositoryFlags): OpenStorageOptions {
  return {
    environment: env.all,
    options: flags.option ?? new Map(),
    limits: { upload: rateOf(flags.limitUpload), download: rateOf(flags.limitDownload) },
    certificateFile: flags.cacert ?? env.certificateFile,
  };
}

/** A single rate without a schedule is one that never changes. */
export const rateOf = (schedule: BandwidthSchedule | undefined): (() => number | undefined) | undefined =>
  schedule === undefined ? undefined : () => schedule.at(new Date());
