import type { RotationResult } from '@octobox/server';
import type { Command } from 'commander';
import { CliError } from '../../errors.ts';
import { addExitCodes } from '../../options/exit-code-help.ts';
import { addOutputOptions, type OutputFlags, optionsOf } from '../../options/global-options.ts';
import { plural } from '../../output/quantities.ts';
import { startVerbProgress } from '../../output/verb-progress.ts';
import { openOwnPlatform } from '../../platform/open-own-platform.ts';
import { addPlatformOptions, type PlatformFlags } from '../../platform/platform-options.ts';
import { systemOrigin } from '../../platform/system-origin.ts';
import type { Cli } from '../../verb.ts';

interface Flags extends PlatformFlags, OutputFlags {
  readonly keyLost?: boolean;
  readonly prepare?: boolean;
}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Makes a new key pair and wraps the data key of every secret for it; the secrets themselves are not touched.\n' +
        '`octobox serve` goes on meanwhile: both keys open until all is done, and then the new one takes the place of\n' +
        'the old one in vault.pem. When it was cut off, say it again, and it goes on.\n' +
        'Danger: the old key is removed at the end, and copies of the database from before open with it alone. Copy\n' +
        'the new vault.pem to where you keep its copy.\n' +
        'With "vault.keyCommand" in octobox.yaml the new key is that of the command, and vault.pem is removed at the end.',
    )
    .option(
      '--prepare',
      'only make the new key, vault.next.pem, so that it can be copied to other machines on the same database before; with a key command: only see that it opens',
    )
    .option(
      '--key-lost',
      'begin also when vault.pem is lost: what it sealed must then be given again; a key of the platform that is gone from the database, or another one, is made anew',
    )
    .action(async () => {
      const flags = optionsOf<Flags>(command);
      await using platform = await openOwnPlatform(cli, flags);
      if (flags.prepare === true)
        return await tellPrepared(cli, flags, await platform.vault.prepareRotation(systemOrigin()));
      const result = await rotate(cli, flags, (onProgress) =>
        platform.vault.rotate(
          { keyLost: flags.keyLost === true, signal: cli.signal, onProgress },
          systemOrigin(),
        ),
      );
      await tell(cli, flags, result, platform.config.vault.keyCommand === undefined);
    });
  addPlatformOptions(command);
  addOutputOptions(command);
  addExitCodes(command, [4], {
    0: 'everything is wrapped for the new key, and no file has the old one any more',
    4: 'some secrets could not be opened; they stay as they are, and both keys stay',
  });
}

async function rotate(
  cli: Cli,
  flags: Flags,
  run: (onProgress: (progress: { done: number; total: number }) => void) => Promise<RotationResult>,
): Promise<RotationResult> {
  await using progress = startVerbProgress(cli, flags, ({ done, total }, seconds) => ({
    message_type: 'status',
    seconds_elapsed: Math.floor(seconds),
    secrets_done: done,
    secrets_total: total,
  }));
  return await run(({ done, total }) =>
    progress.update({ step: 'wrapping for the new key', done, total, unit: 'secrets' }),
  );
}

async function tellPrepared(
  cli: Cli,
  flags: Flags,
  { fingerprint, file }: { fingerprint: string; file: string },
): Promise<void> {
  if (flags.json) await cli.out.printJson({ message_type: 'vault_prepared', fingerprint, file });
  else await cli.out.print(`the next key ${fingerprint.slice(0, 16)} is in ${file}`);
}

async function tell(cli: Cli, flags: Flags, result: RotationResult, isFile: boolean): Promise<void> {
  const { fingerprint, bits, resumed, rewrapped, unreadable, finished } = result;
  if (flags.json) {
    await cli.out.printJson({
      message_type: 'vault_rotated',
      fingerprint,
      bits,
      resumed,
      finished,
      rewrapped,
      unreadable: unreadable.map(({ owner, name, error }) => ({
        owner,
        name,
        error_code: error.code,
        message: error.message,
      })),
    });
  } else {
    await cli.out.print(
      `${plural(rewrapped, 'secret')} wrapped for the ${resumed ? 'key of the rotation that was cut off' : 'new key'} ${fingerprint.slice(0, 16)}`,
    );
    if (finished && !flags.quiet) {
      cli.out.say(
        isFile
          ? 'The old key is gone: replace every copy of vault.pem that you keep elsewhere.'
          : 'Nothing here needs the old key any more; copies of the database from before need it still.',
      );
    }
  }
  for (const { error } of unreadable) cli.out.say(`octobox: ${error.message}`);
  if (finished) return;
  throw new CliError('cli.not-good', `${plural(unreadable.length, 'secret')} could not be opened`, {
    advice:
      'Give them again (`octobox protect` with the address and the password) or put the missing key back, then rotate again.',
  });
}
