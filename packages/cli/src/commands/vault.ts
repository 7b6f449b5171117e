import type { Command } from 'commander';
import { addExitCodes } from '../options/exit-code-help.ts';
import { addSubcommands } from '../options/subcommands.ts';
import type { Cli } from '../verb.ts';
import * as beginAnew from './vault/begin-anew.ts';
import * as entry from './vault/entry.ts';
import * as grants from './vault/grants.ts';
import * as openings from './vault/openings.ts';
import * as rotate from './vault/rotate.ts';
import * as status from './vault/status.ts';

export function define(command: Command, cli: Cli): void {
  command.description(
    'The passwords that the platform keeps, and those that members keep in it: each is sealed before it reaches the\n' +
      'database, and opens with the key file vault.pem of the data folder alone.',
  );
  addSubcommands(command, cli, [
    { name: 'status', summary: 'what is sealed, since when, and for which key; never a secret', ...status },
    { name: 'entry', summary: 'credentials that members keep: list, add, replace, remove', ...entry },
    { name: 'grants', summary: 'who may open what others keep, until when and why', ...grants },
    { name: 'openings', summary: 'who opened what, and whether all of it was allowed', ...openings },
    {
      name: 'begin-anew',
      summary: "keys of the platform's own that were lost or replaced, made anew",
      ...beginAnew,
    },
    { name: 'rotate', summary: 'a new key for everything that is sealed', ...rotate },
  ]);
  addExitCodes(command, []);
}
