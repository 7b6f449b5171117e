import type { BookReport, Opening } from '@octobox/server';
import type { Command } from 'commander';
import { CliError } from '../../errors.ts';
import { addExitCodes } from '../../options/exit-code-help.ts';
import { addOutputOptions, type OutputFlags, optionsOf } from '../../options/global-options.ts';
import { localTime, plural } from '../../output/quantities.ts';
import { printable } from '../../output/snapshot-table.ts';
import { table } from '../../output/table.ts';
import { openOwnPlatform } from '../../platform/open-own-platform.ts';
import { addPlatformOptions, type PlatformFlags } from '../../platform/platform-options.ts';
import type { Cli } from '../../verb.ts';

/** So many are told on a terminal. */
const shown = 50;

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Reads the book of the vault from its first entry to its last: every grant, its end, and every time that a person\n' +
        'was given a secret. Counts what was opened without a grant, and what is not as it was written. Tells the\n' +
        'newest openings, and how often the platform opened secrets for its own work. Needs the key of the vault.',
    )
    .action(async () => {
      const flags = optionsOf<PlatformFlags & OutputFlags>(command);
      await using platform = await openOwnPlatform(cli, flags, { readOnly: true });
      const report = await platform.book.check();
      const openings = await platform.openings.list({ limit: flags.json ? 100_000 : shown });
      const machineUses = await platform.machineUses.list(30);
      if (flags.json) {
        await cli.out.printJson({ message_type: 'vault_openings', report, openings, machineUses });
      } else {
        const uses = machineUses.reduce((sum, { uses }) => sum + uses, 0);
        await cli.out.printAll([
          ...summary(report),
          `for its own work the platform opened secrets ${plural(uses, 'time')} in 30 days`,
          ...(openings.length === 0 ? [] : lines(openings)),
        ]);
      }
      const { withoutGrant, altered, unverified } = report;
      if (withoutGrant + altered + unverified === 0) return;
      throw new CliError('cli.not-good', 'not everything in the book can be vouched for', {
        advice:
          unverified > 0 && withoutGrant + altered === 0
            ? 'Run it where vault.pem is.'
            : 'Compare with the audit log, and find out who can write to the database.',
      });
    });
  addPlatformOptions(command);
  addOutputOptions(command);
  addExitCodes(command, [4], {
    4: 'something was opened without a grant, or the book was altered, or cannot be verified here',
  });
}

const summary = (report: BookReport): string[] => [
  `opened without a grant: ${report.withoutGrant}`,
  `opened by owners: ${report.byOwners}, under grants: ${report.underGrants}`,
  ...(report.transfers > 0 ? [`given another owner: ${report.transfers}`] : []),
  ...(report.altered > 0 ? [`altered or gone: ${report.altered}`] : []),
  ...(report.unverified > 0 ? [`cannot be verified here: ${report.unverified}`] : []),
];

const lines = (openings: readonly Opening[]): string[] =>
  table(
    [
      { title: 'When', cell: ({ at }) => localTime(at) },
      { title: 'Entry', cell: ({ entryName }) => printable(entryName) },
      { title: 'By', cell: ({ person }) => printable(person.name ?? person.id) },
      { title: 'Grant', cell: ({ grant }) => (grant === undefined ? 'owner' : String(grant)) },
      { title: 'From', cell: ({ address = '' }) => printable(address), optional: true },
    ],
    openings,
  );
