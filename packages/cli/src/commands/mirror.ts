import type { Command } from 'commander';
import { openRepository } from '../access/open-repository.ts';
import { UsageError } from '../errors.ts';
import { addMirrorOptions, type MirrorFlags } from '../mirror/mirror-flags.ts';
import { openMirrorPlace } from '../mirror/mirror-place.ts';
import { showMirrorStatus } from '../mirror/mirror-status.ts';
import { runMirror } from '../mirror/run-mirror.ts';
import { addExitCodes, repositoryExitCodes } from '../options/exit-code-help.ts';
import { addRepositoryOptions, optionsOf } from '../options/global-options.ts';
import { isForPlatform } from '../platform/is-for-platform.ts';
import { addPlatformOptions } from '../platform/platform-options.ts';
import type { Cli } from '../verb.ts';

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Keeps a second copy of a repository in another place: the same files under the same names, so that the same\n' +
        'password opens it and every verb works on it with -r. Only what is new is sent, in an order that leaves a\n' +
        'valid repository there at every moment, also when it is interrupted. `mirror status` tells how far it is\n' +
        'behind. What is damaged here is not copied. Without -r and --to it brings the off-site repositories of\n' +
        '`octobox serve` (`offsite:` in octobox.yaml) up to date, all of them or the one that is named with --name.\n' +
        'Danger: with --keep-deleted what was forgotten here is removed there when its time has come. It is not as\n' +
        'long as the source looks wiped or damaged, or when much went at once (until --accept-loss).',
    )
    .argument('[action]', 'status: only tell how far the mirror is behind')
    .action(async (action: string | undefined) => {
      const flags = optionsOf<MirrorFlags>(command);
      if (action !== undefined && action !== 'status') {
        throw new UsageError(`mirror has no action called ${action}`, {
          advice: 'There is `mirror status`.',
        });
      }
      if (flags.to === undefined && (await isForPlatform(cli, flags))) {
        const { mirrorPlatform } = await import('../mirror/platform-mirror.ts');
        return await mirrorPlatform(cli, action, flags);
      }
      const { to } = flags;
      if (to === undefined) {
        throw new UsageError('no place for the mirror is given', {
          advice:
            'Name it: --to /path, or sftp:, rest:, s3: as for -r. Without -r and --to it is about the off-site\nrepositories of `octobox serve`, when it has been set up on this machine.',
        });
      }
      await using source = await openRepository(cli, flags);
      const place = await openMirrorPlace(cli, to, flags);
      try {
        if (action === 'status') await showMirrorStatus(cli, source, place.storage, flags);
        else await runMirror(cli, source, place, flags);
      } finally {
        await place.storage.close();
      }
    });
  addMirrorOptions(command);
  addPlatformOptions(command);
  addRepositoryOptions(command);
  addExitCodes(command, [3, 4, ...repositoryExitCodes], {
    0: 'the mirror is up to date (also when a storage keeps what was to be removed)',
    3: 'some of the source is damaged and was not copied; everything else was',
    4: 'much of the source is gone and is held there; with status also: there is no mirror, or a snapshot has waited longer than --max-age',
  });
}
