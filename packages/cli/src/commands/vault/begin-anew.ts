import type { Platform } from '@octobox/server';
import type { Command } from 'commander';
import { CliError } from '../../errors.ts';
import { addExitCodes } from '../../options/exit-code-help.ts';
import { addOutputOptions, type OutputFlags, optionsOf } from '../../options/global-options.ts';
import { openOwnPlatform } from '../../platform/open-own-platform.ts';
import { addPlatformOptions, type PlatformFlags } from '../../platform/platform-options.ts';
import { systemOrigin } from '../../platform/system-origin.ts';
import type { Cli } from '../../verb.ts';

interface Flags extends PlatformFlags, OutputFlags {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

type Lost = Awaited<ReturnType<Platform['vault']['lostOwnKeys']>>;

const consequences: Readonly<Record<Lost[number]['name'], string>> = {
  identity:
    'seals the accounts: all rows are sealed as the database has them now. Look at accounts and roles first',
  'session-signing': 'signs the cookies: everybody signs in again',
  'book-of-the-vault':
    'seals the book of the vault: its entries of before cannot be verified any more, and no grant of before opens',
};

export function define(command: Command, cli: Cli): void {
  command
    .description(
      "Makes keys of the platform's own anew, those that are gone from the database, are others there than this machine has\n" +
        'seen, or are damaged: what seals the accounts, signs the cookies and seals the book of the vault. Shows which, and\n' +
        'what follows; on a terminal it asks, in a script it needs --yes. The key of the vault stays, and must be here; where\n' +
        'that is lost: `octobox vault rotate --key-lost`.\n' +
        'Danger: what somebody wrote to the accounts with SQL is believed from then on. The last good copy of the database\n' +
        'is better. Afterwards start `octobox serve` again; on further machines of the same database remove vault.seen.…\n' +
        'of the data folder before.',
    )
    .option('-n, --dry-run', 'only show which keys, and what follows')
    .option('--yes', 'without being asked')
    .action(async () => {
      const flags = optionsOf<Flags>(command);
      await using platform = await openOwnPlatform(cli, flags);
      const lost = await platform.vault.lostOwnKeys();
      if (!flags.json) await cli.out.printAll(lines(lost));
      await cli.out.flush();
      const isDone = lost.length > 0 && flags.dryRun !== true;
      if (isDone) {
        await consent(cli, flags);
        await platform.vault.renewOwnKeys(
          lost.map(({ name }) => name),
          systemOrigin(),
        );
      }
      if (flags.json) await cli.out.printJson(json(lost, isDone));
      else if (isDone && !flags.quiet) {
        cli.out.say(
          'They are made anew. Start `octobox serve` again; on further machines remove vault.seen.… before.',
        );
      }
    });
  addPlatformOptions(command);
  addOutputOptions(command);
  addExitCodes(command, [], { 0: 'they are made anew, or none was lost' });
}

const lines = (lost: Lost): string[] =>
  lost.length === 0
    ? ["every key of the platform's own is what this machine has seen: nothing to do"]
    : lost.flatMap(({ name, error }) => [`${name}: ${error.message}`, `  it ${consequences[name]}`]);

const json = (lost: Lost, renewed: boolean): object => ({
  message_type: 'own_keys',
  renewed,
  lost: lost.map(({ name, error: { code, message } }) => ({ name, error_code: code, message })),
});

async function consent(cli: Cli, flags: Flags): Promise<void> {
  if (flags.yes === true) return;
  if (!cli.interactive || flags.json) {
    throw new CliError('cli.refused', 'no key was made anew: nobody could be asked', {
      advice: 'Look with --dry-run; say --yes when it is to be.',
    });
  }
  const { askConsent } = await import('../../platform/ask-consent.ts');
  if (!(await askConsent('Make these keys anew, and believe the accounts as they are?', cli.signal)))
    throw new CliError('cli.refused', 'nothing was done, as you wished');
}
