import type { OpenStorageOptions } from '@octobox/storage';
import type { RepositoryFlags } from '../options/global-options.ts';
import type { Cli } from '../verb.ts';

/** What options and environment say about reaching a storage. */
export function storageOptions({ env }: Pick<Cli, 'env'>, flags: RepositoryFlags): OpenStorageOptions {
  return {
    environment: env.all,
    options: flags.option ?? new Map(),
    limits: { upload: bytesPerSecond(flags.limitUpload), download: bytesPerSecond(flags.limitDownload) },
    certificateFile: flags.cacert ?? env.certificateFile,
  };
}

const bytesPerSecond = (kibibytes: number | undefined): number | undefined =>
  kibibytes === undefined || kibibytes === 0 ? undefined : kibibytes * 1024;
