import type { Entry, Platform } from '@octobox/server';
import { entryKinds } from '@octobox/server';
import { type Command, Option } from 'commander';
import { CliError, UsageError } from '../../errors.ts';
import { addExitCodes } from '../../options/exit-code-help.ts';
import { decodeText, readBytes } from '../../options/file-lines.ts';
import { addOutputOptions, type OutputFlags, optionsOf } from '../../options/global-options.ts';
import { addSubcommands } from '../../options/subcommands.ts';
import { duration } from '../../output/quantities.ts';
import { printable } from '../../output/snapshot-table.ts';
import { table } from '../../output/table.ts';
import { openOwnPlatform } from '../../platform/open-own-platform.ts';
import { addPlatformOptions, type PlatformFlags } from '../../platform/platform-options.ts';
import { systemOrigin } from '../../platform/system-origin.ts';
import type { Cli } from '../../verb.ts';

interface Flags extends PlatformFlags, OutputFlags {
  readonly owner?: string;
  readonly kind: Entry['kind'];
  readonly login?: string;
  readonly service?: string;
  readonly customer?: string;
  readonly secretFile?: string;
  readonly yes?: boolean;
}

const secretOption = [
  '--secret-file <file>',
  'a file that holds the secret; - for standard input (default: ask on the terminal)',
] as const;
const ownerOption = ['--owner <email>', 'the member to whom it belongs'] as const;

export function define(command: Command, cli: Cli): void {
  command.description(
    'Credentials that members keep in the vault: passwords of e-mail accounts of customers, of web sites, of servers.\n' +
      'Nothing here shows a secret: its owner opens it in the console, and whoever the owner shared it with.',
  );
  addSubcommands(command, cli, [
    { name: 'list', summary: 'what is kept, and whose it is', define: defineList },
    { name: 'add', summary: 'keep one more', define: defineAdd },
    { name: 'replace', summary: 'a new secret in place of the one before', define: defineReplace },
    { name: 'remove', summary: 'remove one with its secret', define: defineRemove },
  ]);
  addExitCodes(command, []);
}

function defineList(command: Command, cli: Cli): void {
  command
    .description('Lists what members keep, by name. Opens nothing.')
    .option(...ownerOption)
    .action(async () => {
      const flags = optionsOf<Flags>(command);
      await using platform = await openOwnPlatform(cli, flags, { readOnly: true });
      const { entries } = platform;
      const ownerId = flags.owner === undefined ? {} : { ownerId: await entries.memberByEmail(flags.owner) };
      const list = await entries.list({ limit: 100_000, ...ownerId });
      if (flags.json) return await cli.out.printJson({ message_type: 'vault_entries', entries: list });
      if (list.length === 0) return cli.out.say('Nothing is kept yet.');
      await cli.out.printAll(lines(list, Date.now()));
    });
  finish(command);
}

function defineAdd(command: Command, cli: Cli): void {
  command
    .description(
      'Seals a secret for the key of the vault, bound to its owner and name; neither changes afterwards.',
    )
    .argument('<name>', 'unique for its owner, e.g. "Mail of Byron Ltd."')
    .requiredOption(...ownerOption)
    .addOption(new Option('--kind <kind>', 'what it is').choices(entryKinds).default('other'))
    .option('--login <name>', 'the name to sign in with; no secret')
    .option('--service <slug>', 'the service that it is for')
    .option('--customer <name>', 'whose it is, outside of the organisation')
    .option(...secretOption)
    .action(async (name: string) => {
      const flags = optionsOf<Flags>(command);
      const { kind, login, customer, service } = flags;
      await using platform = await openOwnPlatform(cli, flags);
      const ownerId = await platform.entries.memberByEmail(flags.owner ?? '');
      const entry = await platform.entries.add(
        {
          ...{ ownerId, name, kind },
          ...(login === undefined ? {} : { login }),
          ...(customer === undefined ? {} : { customer }),
          ...(service === undefined ? {} : { serviceId: (await platform.catalog.service(service)).id }),
          secret: await secretGiven(cli, flags, name),
        },
        systemOrigin(),
      );
      await tell(cli, flags, entry, 'added');
    });
  finish(command);
}

function defineReplace(command: Command, cli: Cli): void {
  command
    .description('Seals another secret under the same entry. The one before is gone.')
    .argument('<entry>', 'name or id')
    .option(...ownerOption)
    .option(...secretOption)
    .action(async (name: string) => {
      const flags = optionsOf<Flags>(command);
      await using platform = await openOwnPlatform(cli, flags);
      const { id } = await entryNamed(platform, name, flags);
      const secret = await secretGiven(cli, flags, name);
      await tell(cli, flags, await platform.entries.change(id, { secret }, systemOrigin()), 'replaced');
    });
  finish(command);
}

function defineRemove(command: Command, cli: Cli): void {
  command
    .description('Danger: the secret cannot be brought back. What was recorded of the entry stays.')
    .argument('<entry>', 'name or id')
    .option(...ownerOption)
    .option('--yes', 'without being asked')
    .action(async (name: string) => {
      const flags = optionsOf<Flags>(command);
      await using platform = await openOwnPlatform(cli, flags);
      const entry = await entryNamed(platform, name, flags);
      await consent(cli, flags, entry);
      await platform.entries.remove(entry.id, systemOrigin());
      await tell(cli, flags, entry, 'removed');
    });
  finish(command);
}

function finish(command: Command): void {
  addPlatformOptions(command);
  addOutputOptions(command);
  addExitCodes(command, []);
}

/** @throws CliError when there is none, or one of several members */
async function entryNamed(platform: Platform, name: string, { owner }: Flags): Promise<Entry> {
  const ownerId = owner === undefined ? undefined : await platform.entries.memberByEmail(owner);
  const all = await platform.entries.list({ limit: 100_000, ...(ownerId === undefined ? {} : { ownerId }) });
  const found = all.filter((entry) => entry.id === name || entry.name === name);
  const [entry] = found;
  if (entry !== undefined && found.length === 1) return entry;
  throw entry === undefined
    ? new CliError('cli.refused', `there is no entry "${name}"`, {
        advice: 'See `octobox vault entry list`.',
      })
    : new UsageError(`several members have an entry "${name}"`, { advice: 'Name its --owner.' });
}

/** Never from an argument, which everybody on the machine can read. */
async function secretGiven(cli: Cli, { secretFile: file }: Flags, name: string): Promise<string> {
  if (file !== undefined) {
    const secret = decodeText(await readBytes(file, 'the file of the secret')).replace(/\r?\n$/, '');
    if (secret !== '') return secret;
    throw new CliError('cli.password-missing', `the secret from ${file} is empty`, {});
  }
  if (!cli.interactive) {
    throw new CliError('cli.password-missing', 'no secret is given', {
      advice: 'Give it with --secret-file; `--secret-file -` reads standard input.',
    });
  }
  const { askPassword } = await import('../../password/ask.ts');
  const secret = await askPassword(`Secret of ${name}`, cli.signal);
  if (secret !== (await askPassword('The same once more', cli.signal))) {
    throw new UsageError('the two differ', { advice: 'Nothing was changed: try again.' });
  }
  return secret;
}

async function consent(cli: Cli, flags: Flags, { name }: Entry): Promise<void> {
  if (flags.yes === true) return;
  if (!cli.interactive || flags.json) {
    throw new CliError('cli.refused', 'nothing was removed: nobody could be asked', {
      advice: 'Say --yes when it is meant.',
    });
  }
  const { askConsent } = await import('../../platform/ask-consent.ts');
  if (!(await askConsent(`Remove ${name} with its secret?`, cli.signal))) {
    throw new CliError('cli.refused', 'nothing was removed, as you wished');
  }
}

async function tell(cli: Cli, flags: Flags, entry: Entry, what: string): Promise<void> {
  if (flags.json) await cli.out.printJson({ message_type: 'vault_entry', what, entry });
  else await cli.out.print(`${printable(entry.name)}: ${what}`);
}

const lines = (entries: readonly Entry[], now: number): string[] =>
  table(
    [
      { title: 'Name', cell: ({ name }) => printable(name) },
      { title: 'Kind', cell: ({ kind }) => kind },
      { title: 'Owner', cell: ({ owner }) => printable(owner.name ?? `(gone) ${owner.id}`) },
      { title: 'Login', cell: ({ login = '' }) => printable(login), optional: true },
      { title: 'Customer', cell: ({ customer = '' }) => printable(customer), optional: true },
      {
        title: 'Age',
        cell: ({ sealedAt }) => duration(Math.max(0, (now - Date.parse(sealedAt)) / 1_000)),
        align: 'right',
      },
    ],
    entries,
  );
