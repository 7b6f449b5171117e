import type { BandwidthSchedule, OpenStorageOptions } from '@octobox/storage';
import type { RepositoryFlags } from '../options/global-options.ts';
import type { Cli } from '../verb.ts';
import type { Place } from './place.ts';

/** What options, environment and, for the platform's repository, its configuration say about reaching a storage. */
export function storageOptions(
  { env, out }: Pick<Cli, 'env' | 'out'>,
  flags: RepositoryFlags & { readonly quiet?: boolean },
  place: Pick<Place, 'options' | 'certificateFile'> = {},
): OpenStorageOptions {
  return {
    environment: env.all,
    options: new Map([...(place.options ?? []), ...(flags.option ?? [])]),
    retry: {
      onRetry: ({ error, delayMs }) => {
        if (!flags.quiet) out.say(`${error.message}; trying again in ${Math.ceil(delayMs / 1000)} s`);
      },
    },
    limits: { upload: rateOf(flags.limitUpload), download: rateOf(flags.limitDownload) },
    certificateFile: flags.cacert ?? env.certificateFile ?? place.certificateFile,
  };
}

/** A single rate without a schedule is one that never changes. */
export const rateOf = (schedule: BandwidthSchedule | undefined): (() => number | undefined) | undefined =>
  schedule === undefined ? undefined : () => schedule.at(new Date());
