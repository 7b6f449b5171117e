import type { Grant } from '@octobox/server';
import type { Command } from 'commander';
import { addExitCodes } from '../../options/exit-code-help.ts';
import { addOutputOptions, type OutputFlags, optionsOf } from '../../options/global-options.ts';
import { localTime } from '../../output/quantities.ts';
import { printable } from '../../output/snapshot-table.ts';
import { table } from '../../output/table.ts';
import { openOwnPlatform } from '../../platform/open-own-platform.ts';
import { addPlatformOptions, type PlatformFlags } from '../../platform/platform-options.ts';
import type { Cli } from '../../verb.ts';

interface Flags extends PlatformFlags, OutputFlags {
  readonly all?: boolean;
}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Lists who may open what others keep in the vault, until when and why; the newest first. To share is an act of the\n' +
        "entry's owner, who shows who it is: in the console or by its API, not here.",
    )
    .option('--all', 'also those that are over')
    .action(async () => {
      const flags = optionsOf<Flags>(command);
      await using platform = await openOwnPlatform(cli, flags, { readOnly: true });
      const grants = (await platform.grants.list({ limit: 100_000 })).filter(
        ({ state }) => flags.all === true || state === 'active' || state === 'waiting',
      );
      if (flags.json) await cli.out.printJson({ message_type: 'vault_grants', grants });
      else if (grants.length === 0) cli.out.say('Nothing is shared.');
      else await cli.out.printAll(lines(grants));
    });
  addPlatformOptions(command);
  addOutputOptions(command);
  addExitCodes(command, []);
}

const lines = (grants: readonly Grant[]): string[] =>
  table(
    [
      { title: 'Grant', cell: ({ number }) => String(number), align: 'right' },
      { title: 'Entry', cell: ({ entryName }) => printable(entryName) },
      { title: 'To', cell: ({ person }) => printable(person.name ?? person.id) },
      { title: 'State', cell: ({ state }) => state },
      { title: 'From', cell: ({ startsAt }) => localTime(startsAt) },
      { title: 'Until', cell: ({ endsAt }) => localTime(endsAt) },
      {
        title: 'Opened',
        cell: ({ openings, mostOpenings }) =>
          mostOpenings === undefined ? String(openings) : `${openings} of ${mostOpenings}`,
        align: 'right',
      },
      { title: 'Reason', cell: ({ reason }) => printable(reason) },
    ],
    grants,
  );
