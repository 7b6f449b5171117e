import type { Command } from 'commander';
import { addExitCodes } from '../options/exit-code-help.ts';
import { addSubcommands } from '../options/subcommands.ts';
import type { Cli } from '../verb.ts';
import * as status from './mail/status.ts';
import * as test from './mail/test.ts';

export function define(command: Command, cli: Cli): void {
  command.description(
    'The mails that the platform sends by the server of "mail" in octobox.yaml: invitations, links for who forgot the\n' +
      'password, and notices of what changed on an account.',
  );
  addSubcommands(command, cli, [
    { name: 'test', summary: 'send one now, and show what the server answers', ...test },
    { name: 'status', summary: 'what waits to be sent, and what could not be', ...status },
  ]);
  addExitCodes(command, []);
}
