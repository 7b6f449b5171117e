import { resolve } from 'node:path';
import type { Command } from 'commander';
import { CliError } from '../errors.ts';
import { addExitCodes } from '../options/exit-code-help.ts';
import { runSuite } from '../suite/index.ts';
import type { Cli } from '../verb.ts';

/** The clone's root, four folders above this file. */
const root = resolve(import.meta.dirname, '../../../..');

export function define(command: Command, { out, signal }: Cli): void {
  command
    .description(
      'Runs lint, types, room rules and every test against real programs, and ends with "N passed, N failed". ' +
        'As root on Debian it installs the programs that tests need and that are missing.',
    )
    .argument('[only...]', 'only test files whose path contains one of these')
    .action(async (only: string[]) => {
      const passed = await runSuite({
        root,
        only,
        signal,
        // Tests take minutes: every line is wanted when it is known.
        say: (line) => void out.print(line).then(() => out.flush()),
      });
      if (!passed) throw new CliError('cli.findings', 'not every test passed');
    });
  addExitCodes(command, [], { 1: 'at least one test failed, or nothing ran' });
}
