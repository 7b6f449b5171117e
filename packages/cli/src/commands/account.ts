import type { Command } from 'commander';
import { addExitCodes } from '../options/exit-code-help.ts';
import { addSubcommands } from '../options/subcommands.ts';
import type { Cli } from '../verb.ts';
import * as reset from './account/reset.ts';

export function define(command: Command, cli: Cli): void {
  command.description('The accounts of the console that `octobox serve` has.');
  addSubcommands(command, cli, [
    { name: 'reset', summary: 'a one-time link to choose a new password', ...reset },
  ]);
  addExitCodes(command, []);
}
