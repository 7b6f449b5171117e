import type { Command } from 'commander';
import { addExitCodes } from '../options/exit-code-help.ts';
import { addSubcommands } from '../options/subcommands.ts';
import type { Cli } from '../verb.ts';
import * as password from './layers/password.ts';
import * as recipients from './layers/recipients.ts';
import * as status from './layers/status.ts';

export function define(command: Command, cli: Cli): void {
  command.description(
    'The encryption layers around a repository, crypt (rclone) and age: what they are, and other keys for them.\n' +
      "The password of the repository itself is the matter of the repository's keys, not of these.",
  );
  addSubcommands(command, cli, [
    {
      name: 'status',
      summary: 'the layers, their keys by fingerprint, and what is wrong with them',
      ...status,
    },
    {
      name: 'recipients',
      summary: 'let others read, or no longer, without writing the data again',
      ...recipients,
    },
    { name: 'password', summary: 'a new password of the crypt layer; encrypts everything anew', ...password },
  ]);
  addExitCodes(command, []);
}
