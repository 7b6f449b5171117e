import { addUser, readUsers, removeUser, setPassword } from '@octobox/rest-server';
import type { Command } from 'commander';
import { UsageError } from '../../errors.ts';
import { addExitCodes } from '../../options/exit-code-help.ts';
import { decodeText, readBytes } from '../../options/file-lines.ts';
import { addOutputOptions, type OutputFlags, optionsOf } from '../../options/global-options.ts';
import { absolutePath } from '../../options/paths.ts';
import { addSubcommands } from '../../options/subcommands.ts';
import { size } from '../../options/values.ts';
import { bytes } from '../../output/quantities.ts';
import type { Cli } from '../../verb.ts';

interface Flags extends OutputFlags {
  readonly users: string;
  readonly newPasswordFile?: string;
  readonly quota?: number;
}

const usersOption = ['--users <file>', 'the file of users, as `serve` is given it', absolutePath] as const;
const passwordOption = [
  '--new-password-file <file>',
  'a file that holds the password; - for standard input (default: ask on the terminal)',
] as const;

export function define(command: Command, cli: Cli): void {
  command.description(
    'Who may use what `octobox repository serve` serves. A running server takes every change within a second.\n' +
      "The file is one of Apache's htpasswd: `htpasswd -B` can write it too.",
  );
  addSubcommands(command, cli, [
    { name: 'add', summary: 'let somebody in', define: defineAdd },
    { name: 'passwd', summary: 'set a new password', define: definePasswd },
    { name: 'remove', summary: 'let somebody in no longer', define: defineRemove },
    { name: 'list', summary: 'show who may', define: defineList },
  ]);
  addExitCodes(command, []);
}

function defineAdd(command: Command, cli: Cli): void {
  command
    .description(
      'Adds a user, and makes the file when there is none (mode 0600). The password is kept as an Argon2id hash.',
    )
    .argument('<name>', 'letters, digits and . _ - @ +; also the folder of the repositories of the user')
    .requiredOption(...usersOption)
    .option(...passwordOption)
    .option('--quota <size>', 'what all repositories of the user may take, e.g. 500G', size)
    .action(async (name: string) => {
      const flags = optionsOf<Flags>(command);
      const password = await newPassword(cli, flags, name);
      await addUser(flags.users, { name, password, quota: flags.quota });
      await tell(cli, flags, name, 'added');
    });
  addOutputOptions(command);
  addExitCodes(command, []);
}

function definePasswd(command: Command, cli: Cli): void {
  command
    .description('Sets a new password; the old one is refused from then on.')
    .argument('<name>', 'the user')
    .requiredOption(...usersOption)
    .option(...passwordOption)
    .action(async (name: string) => {
      const flags = optionsOf<Flags>(command);
      await setPassword(flags.users, name, await newPassword(cli, flags, name));
      await tell(cli, flags, name, 'changed');
    });
  addOutputOptions(command);
  addExitCodes(command, []);
}

function defineRemove(command: Command, cli: Cli): void {
  command
    .description('Removes a user. The repositories of the user stay on the disk.')
    .argument('<name>', 'the user')
    .requiredOption(...usersOption)
    .action(async (name: string) => {
      const flags = optionsOf<Flags>(command);
      await removeUser(flags.users, name);
      await tell(cli, flags, name, 'removed');
    });
  addOutputOptions(command);
  addExitCodes(command, []);
}

function defineList(command: Command, cli: Cli): void {
  command
    .description('Shows the users and their quotas.')
    .requiredOption(...usersOption)
    .action(async () => {
      const flags = optionsOf<Flags>(command);
      for (const { name, quota } of (await readUsers(flags.users)).values()) {
        if (flags.json) await cli.out.printJson({ message_type: 'user', name, quota });
        else await cli.out.print(quota === undefined ? name : `${name}  ${bytes(quota)}`);
      }
    });
  addOutputOptions(command);
  addExitCodes(command, []);
}

async function tell(cli: Cli, flags: Flags, name: string, change: string): Promise<void> {
  if (flags.json) await cli.out.printJson({ message_type: 'user', name, change });
  else await cli.out.print(`${change} user ${name}`);
}

async function newPassword(cli: Cli, flags: Flags, name: string): Promise<string> {
  if (flags.newPasswordFile !== undefined) {
    return decodeText(await readBytes(flags.newPasswordFile, 'the password file')).trim();
  }
  if (!cli.interactive) {
    throw new UsageError(`no password is given for ${name}`, {
      advice: 'Give it with --new-password-file, where - is standard input.',
    });
  }
  const { askPassword } = await import('../../password/ask.ts');
  const first = await askPassword(`New password of ${name}`, cli.signal);
  if (first !== (await askPassword('The same once more', cli.signal))) {
    throw new UsageError('the two passwords differ', { advice: 'Nothing was changed: try again.' });
  }
  return first;
}
