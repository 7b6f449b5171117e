import type { Command } from 'commander';
import { CliError } from '../errors.ts';
import { addExitCodes } from '../options/exit-code-help.ts';
import { addOutputOptions, type OutputFlags, optionsOf } from '../options/global-options.ts';
import { findingLines } from '../platform/finding-lines.ts';
import { openOwnPlatform } from '../platform/open-own-platform.ts';
import { addPlatformOptions, type PlatformFlags } from '../platform/platform-options.ts';
import { complaint, statusLines } from '../platform/status-table.ts';
import type { Cli } from '../verb.ts';

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Shows what is protected, when it was last backed up and rehearsed, and which promises hold, from what is\n' +
        'recorded on this machine; it works while `octobox serve` runs and when it does not. With --json it is the\n' +
        'very report that the page serves as /status.json. Changes nothing.',
    )
    .action(async () => {
      const flags = optionsOf<PlatformFlags & OutputFlags>(command);
      await using platform = await openOwnPlatform(cli, flags, { readOnly: true });
      const report = await platform.board.report();
      if (flags.json) await cli.out.printJson(report);
      else if (!flags.quiet) {
        await cli.out.printAll(statusLines(report));
        await cli.out.printAll(await findingLines(platform));
      }
      const wrong = complaint(report);
      if (wrong !== undefined) throw new CliError('cli.not-good', wrong);
    });
  addPlatformOptions(command);
  addOutputOptions(command);
  addExitCodes(command, [4], {
    0: 'every promise is kept (or at risk, which is shown), and somebody is watching',
    1: 'the state could not be found out, or the command line was wrong',
    4: 'a promise is broken or unknown, a service is down, an incident is open, `octobox serve` does not run, or the recovery kit does not fit, was not made and verified within a week, or cannot be judged',
  });
}
