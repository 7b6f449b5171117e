import type { Command } from 'commander';
import { addExitCodes } from '../options/exit-code-help.ts';
import { addSubcommands } from '../options/subcommands.ts';
import type { Cli } from '../verb.ts';
import * as serve from './repository/serve.ts';
import * as undelete from './repository/undelete.ts';
import * as user from './repository/user.ts';

export function define(command: Command, cli: Cli): void {
  command.description('What concerns a repository as a whole: serving it to other machines.');
  addSubcommands(command, cli, [
    { name: 'serve', summary: 'let other machines back up to this one, and delete nothing', ...serve },
    { name: 'user', summary: 'who may use what is served', ...user },
    { name: 'undelete', summary: 'bring back what a client deleted', ...undelete },
  ]);
  addExitCodes(command, []);
}
