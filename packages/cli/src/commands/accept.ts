import type { Outage, Platform, ProtectedSource } from '@octobox/server';
import type { Command } from 'commander';
import { CliError } from '../errors.ts';
import { addExitCodes } from '../options/exit-code-help.ts';
import { addOutputOptions, type OutputFlags, optionsOf } from '../options/global-options.ts';
import { printable } from '../output/snapshot-table.ts';
import { openOwnPlatform } from '../platform/open-own-platform.ts';
import { addPlatformOptions, type PlatformFlags } from '../platform/platform-options.ts';
import { systemOrigin } from '../platform/system-origin.ts';
import type { Cli } from '../verb.ts';

interface Flags extends PlatformFlags, OutputFlags {
  readonly yes?: boolean;
  readonly reason?: string;
}

const shownFindings = 20;

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Says that what changed in a protected source was meant: tables that were dropped, files that were deleted\n' +
        'on purpose, or a change so large that its backup is marked suspicious. Its incident is closed, and its\n' +
        'backups count again. What it is about is shown first; on a terminal it asks, in a script it needs --yes.\n' +
        'Danger: later restores bring back the source as it is now. The snapshots from before stay until retention\n' +
        'forgets them.',
    )
    .argument('<source>', 'name of a protected source')
    .option('--yes', 'without being asked')
    .option('--reason <text>', 'why it was meant, for the audit log')
    .action(async (name: string) => {
      const flags = optionsOf<Flags>(command);
      await using platform = await openOwnPlatform(cli, flags);
      const source = await platform.catalog.source(name);
      const outage = await missing(platform, source);
      if (!flags.json) {
        const { findings } = outage;
        for (const { summary } of findings.slice(0, shownFindings))
          await cli.out.print(`  ${printable(summary)}`);
        if (findings.length > shownFindings)
          await cli.out.print(`  and ${findings.length - shownFindings} more`);
        await cli.out.flush();
      }
      await consent(cli, source, flags);
      const accepted = await platform.sources.acceptChange(source.id, systemOrigin(), flags.reason);
      if (accepted === undefined) throw nothingMissing(source);
      if (flags.json) await cli.out.printJson(acceptedJson(source, accepted));
      else await cli.out.print(`${source.name}: accepted; its next backup counts again`);
    });
  addPlatformOptions(command);
  addOutputOptions(command);
  addExitCodes(command, []);
}

const acceptedJson = ({ name }: ProtectedSource, { startedAt, findings }: Outage): object => ({
  message_type: 'accepted',
  source: name,
  missing_since: startedAt,
  findings: findings.map(({ kind, object, summary }) => ({ kind, object, summary })),
});

const nothingMissing = (source: ProtectedSource): CliError =>
  new CliError(
    'cli.refused',
    `nothing is known to be missing from ${source.name}, and no backup of it is suspicious`,
    {
      advice: 'See `octobox status`.',
    },
  );

async function missing(platform: Platform, source: ProtectedSource): Promise<Outage> {
  const open = await platform.monitoring.outages.list({ sourceId: source.id, open: true });
  const outage = open.find(({ kind }) => kind === 'damaged');
  if (outage === undefined) throw nothingMissing(source);
  return outage;
}

async function consent(cli: Cli, source: ProtectedSource, flags: Flags): Promise<void> {
  if (flags.yes === true) return;
  if (!cli.interactive || flags.json) {
    throw new CliError('cli.refused', 'the change was not accepted: nobody could be asked', {
      advice: 'Say --yes when all of it was meant.',
    });
  }
  const { askConsent } = await import('../platform/ask-consent.ts');
  if (!(await askConsent(`Was all of this meant to happen to ${source.name}?`, cli.signal))) {
    throw new CliError('cli.refused', 'nothing was accepted, as you wished');
  }
}
