import type { Command } from 'commander';
import { addExitCodes } from '../options/exit-code-help.ts';
import { addSubcommands } from '../options/subcommands.ts';
import type { Cli } from '../verb.ts';
import * as combine from './kit/combine.ts';
import * as create from './kit/create.ts';
import * as status from './kit/status.ts';
import * as verify from './kit/verify.ts';

export function define(command: Command, cli: Cli): void {
  command.description(
    'Recovery kits: what opens the backups when nothing else is left, on paper and in encrypted files, one for each\n' +
      'custodian. A kit that was never verified proves nothing.',
  );
  addSubcommands(command, cli, [
    { name: 'create', summary: 'write the kits of a repository', ...create },
    { name: 'verify', summary: 'restore with nothing but the kits', ...verify },
    { name: 'status', summary: 'whether the kits were proved, and still fit', ...status },
    { name: 'combine', summary: 'the age identity from its shares', ...combine },
  ]);
  addExitCodes(command, []);
}
