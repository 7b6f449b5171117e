import type { Repository } from '@octobox/repository';
import { findKeyFile, type ListedKey, listKeys, removeKey } from '@octobox/repository/keys';
import { type Command, InvalidArgumentError } from 'commander';
import { enterAct } from '../access/enter-act.ts';
import { lockRepository, type OpenedRepository, openRepository } from '../access/open-repository.ts';
import { CliError, UsageError } from '../errors.ts';
import { addExitCodes, repositoryExitCodes } from '../options/exit-code-help.ts';
import {
  addRepositoryOptions,
  type OutputFlags,
  optionsOf,
  type RepositoryFlags,
} from '../options/global-options.ts';
import { localTime, plural, shortId } from '../output/quantities.ts';
import { printable } from '../output/snapshot-table.ts';
import { table } from '../output/table.ts';
import { newPassword } from '../password/password.ts';
import type { Cli } from '../verb.ts';

interface Flags extends RepositoryFlags, OutputFlags {
  readonly newPasswordFile?: string;
  readonly newInsecureNoPassword?: boolean;
  readonly host?: string;
  readonly user?: string;
}

const actions = ['list', 'add', 'remove', 'passwd'] as const;
type Action = (typeof actions)[number];

function action(text: string): Action {
  const found = actions.find((one) => one === text);
  if (found === undefined) throw new InvalidArgumentError(`It must be one of ${actions.join(', ')}.`);
  return found;
}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Lists, adds, changes and removes the passwords ("keys") of a repository.\n' +
        '  list            who has a key; * marks the one in use\n' +
        '  add             one more password\n' +
        '  remove <id>     a password opens nothing any more; never the one in use\n' +
        '  passwd          another password instead of the one in use\n' +
        'Danger: all keys open the same master key. Whoever has a copy of a key file and its password can read the\n' +
        'repository for ever, also after "remove" and "passwd": when a password leaked, copy the snapshots to a\n' +
        'new repository. A recovery kit made before a change no longer opens it.',
    )
    .argument('[action]', actions.join(', '), action)
    .argument('[id]', 'for remove: the beginning of a key id')
    .option('--new-password-file <file>', 'a file that holds the new password')
    .option('--new-insecure-no-password', 'the new password is empty')
    .option('--host <host>', 'for add and passwd: the host to note with the key')
    .option('--user <user>', 'for add and passwd: the user to note with the key')
    .action(async (wanted: Action | undefined, id: string | undefined) => {
      // As restic does.
      if (wanted === undefined) return command.outputHelp();
      const flags = optionsOf<Flags>(command);
      if (wanted === 'remove' && id === undefined) {
        throw new UsageError('no key is named', { advice: '`octobox key list` shows the ids.' });
      }
      if (wanted !== 'remove' && id !== undefined) {
        throw new UsageError(`key ${wanted} takes no id`, { advice: 'Only key remove does.' });
      }
      refuseForeign(wanted, flags);
      await using repository = await openRepository(cli, flags);
      const isExclusive = wanted === 'remove' || wanted === 'passwd';
      await using lock = await lockRepository(cli, repository, isExclusive ? 'exclusive' : 'shared', flags);
      if (wanted !== 'list') {
        const after = { what: wanted, ...(id === undefined ? {} : { id }) };
        await enterAct(cli, repository.place, { action: 'key.asked', after });
      }
      switch (wanted) {
        case 'list':
          return await list(cli, repository, flags);
        case 'add':
          return await add(cli, repository, flags);
        case 'remove':
          return await remove(cli, repository, id ?? '', flags, lock.signal);
        case 'passwd':
          return await change(cli, repository, flags, lock.signal);
      }
    });
  addRepositoryOptions(command);
  addExitCodes(command, repositoryExitCodes);
}

/** A host that is silently not noted is worse than one that is refused. */
function refuseForeign(wanted: Action, flags: Flags): void {
  if (wanted === 'add' || wanted === 'passwd') return;
  const wrong =
    (flags.newPasswordFile !== undefined && '--new-password-file') ||
    (flags.newInsecureNoPassword && '--new-insecure-no-password') ||
    (flags.host !== undefined && '--host') ||
    (flags.user !== undefined && '--user');
  if (wrong) {
    throw new UsageError(`key ${wanted} does not take ${wrong}`, {
      advice: 'Only key add and key passwd do.',
    });
  }
}

async function list(cli: Cli, repository: Repository, flags: Flags): Promise<void> {
  const { keys, damaged } = await listKeys(repository, cli.signal);
  if (flags.json) await cli.out.printJson(keys.map(keyJson));
  else {
    await cli.out.printAll(
      table<ListedKey>(
        [
          { title: ' ID', cell: ({ id, isCurrent }) => `${isCurrent ? '*' : ' '}${shortId(id)}` },
          { title: 'User', cell: ({ username }) => printable(username) },
          { title: 'Host', cell: ({ hostname }) => printable(hostname) },
          { title: 'Created', cell: ({ created }) => localTime(created) },
        ],
        keys,
      ),
    );
  }
  if (damaged.length === 0) return;
  await cli.out.flush();
  for (const { message } of damaged) cli.out.say(`octobox: ${message}`);
  throw new CliError('cli.findings', `${plural(damaged.length, 'key file')} cannot be read`, {
    advice: 'Restore it from a copy of the repository, or remove it with `octobox key remove`.',
  });
}

/** restic's names and its way of writing the time. */
const keyJson = ({ id, username, hostname, created, isCurrent }: ListedKey): object => ({
  current: isCurrent,
  id,
  userName: username,
  hostName: hostname,
  created: localTime(created),
});

async function addNew(cli: Cli, repository: Repository & OpenedRepository, flags: Flags): Promise<string> {
  const password = await newPassword(cli, flags, repository.storage.location);
  repository.assertNoLayerKey(password);
  return await repository.addKey(password, { username: flags.user, hostname: flags.host });
}

async function add(cli: Cli, repository: Repository & OpenedRepository, flags: Flags): Promise<void> {
  const id = await addNew(cli, repository, flags);
  await tell(cli, flags, { message_type: 'key_added', id }, `key ${shortId(id)} was added`);
}

async function remove(
  cli: Cli,
  repository: Repository,
  wanted: string,
  flags: Flags,
  signal: AbortSignal,
): Promise<void> {
  const id = await findKeyFile(repository, wanted, signal);
  await removeKey(repository, id, signal);
  await tell(cli, flags, { message_type: 'key_removed', id }, `key ${shortId(id)} was removed`);
}

async function change(
  cli: Cli,
  repository: Repository & OpenedRepository,
  flags: Flags,
  signal: AbortSignal,
): Promise<void> {
  const old = repository.keyName ?? '';
  const id = await addNew(cli, repository, flags);
  // Proved to open before the old one goes, so that nobody is ever locked out.
  await repository.storage.remove({ kind: 'key', name: old }, { signal });
  await tell(
    cli,
    flags,
    { message_type: 'key_changed', id, removed: old },
    `the password was changed: key ${shortId(id)} instead of ${shortId(old)}`,
  );
}

async function tell(cli: Cli, flags: OutputFlags, json: object, line: string): Promise<void> {
  if (flags.json) await cli.out.printJson(json);
  else if (!flags.quiet) await cli.out.print(line);
}
