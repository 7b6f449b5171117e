import { NotFoundError } from '@octobox/server';
import { UsageError } from '../errors.ts';
import type { OutputFlags } from '../options/global-options.ts';
import type { Cli } from '../verb.ts';
import { chooseSources } from './choose-sources.ts';
import { refuseOtherOptions, type SourceNames } from './is-for-platform.ts';
import { openOwnPlatform } from './open-own-platform.ts';
import type { PlatformFlags } from './platform-options.ts';
import { runBackups } from './run-backups.ts';

/** `octobox backup [name...]` and `--source name`: protected sources now, all of them when none is named. */
export async function backupSources(
  cli: Cli,
  names: readonly string[],
  flags: PlatformFlags & OutputFlags & SourceNames,
): Promise<void> {
  refuseOtherOptions(flags, []);
  await using platform = await openOwnPlatform(cli, flags);
  const sources = await chooseSources(platform, [...(flags.source ?? []), ...names]).catch(
    (error: unknown) => {
      if (!(error instanceof NotFoundError)) throw error;
      throw new UsageError(`${error.message}, and no repository is given`, {
        advice:
          '`octobox status` lists the sources. To back a path up into a repository name that with -r;\nto have it backed up from now on: octobox protect <path>.',
      });
    },
  );
  await platform.repository.init();
  await runBackups(cli, platform, sources, flags);
}
