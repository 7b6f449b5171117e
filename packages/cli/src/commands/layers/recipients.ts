import type { Storage } from '@octobox/storage';
import { formatRecipients } from '@octobox/storage/keyring';
import { X25519Recipient as Recipient, type X25519Recipient } from '@octobox/storage/layers';
import { isSameRewrap, isWrittenForOthers, rewrapAge } from '@octobox/storage/rekey';
import type { Command } from 'commander';
import { changeKeys, reportKeyChange } from '../../access/rekeying.ts';
import { CliError, UsageError } from '../../errors.ts';
import { addExitCodes, repositoryExitCodes } from '../../options/exit-code-help.ts';
import { addRepositoryOptions, optionsOf, type RepositoryFlags } from '../../options/global-options.ts';
import { collect } from '../../options/values.ts';
import type { Cli } from '../../verb.ts';

interface Flags extends RepositoryFlags {
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Adds and removes recipients of the age layer. Every file gets a new header, its content is copied as it is.\n' +
        'When it was cut off, say it again, as it was or without options: what is done is not done again.\n' +
        'Danger: who loses the only other identity cannot recover. Whoever was a recipient can still read copies of\n' +
        'files that were made before.',
    )
    .option('--add <recipient>', 'age1… (several times)', collect)
    .option('--remove <recipient>', 'age1… (several times)', collect)
    .action(async () => {
      const flags = optionsOf<Flags>(command);
      let wanted: X25519Recipient[] = [];
      const { result } = await changeKeys(cli, flags, {
        asked: {
          what: 'recipients',
          ...(flags.add === undefined ? {} : { add: flags.add.join(' ') }),
          ...(flags.remove === undefined ? {} : { remove: flags.remove.join(' ') }),
        },
        async begin(_, keys, base) {
          if (keys.age === undefined) throw noAge();
          wanted = await changed(keys.age.recipients, flags, base);
          const own = keys.age.identities.map(({ recipient }) => String(recipient));
          if (!wanted.some((recipient) => own.includes(String(recipient)))) {
            throw new UsageError('this machine could no longer read what it writes', {
              advice: `Leave its own recipient in: ${own.join(', ')}.`,
            });
          }
          return { ...keys, age: { ...keys.age, recipients: wanted } };
        },
        commit: (folder) => folder.write('age-recipients', formatRecipients(wanted)),
        run: (base, keys, options) =>
          rewrapAge(base, { recipients: wanted, identities: keys.age?.identities ?? [] }, options),
        async end() {},
      });
      await reportKeyChange(cli, flags, result, {
        json: { age_recipients: wanted.map(String) },
        lines: [
          ...wanted.map((recipient) => `can read: ${recipient}`),
          ...(result.rewritten > 0 ? ['Recovery kits that were made before are out of date.'] : []),
        ],
      });
    });
  addRepositoryOptions(command);
  addExitCodes(command, repositoryExitCodes);
}

/** The new list. Of a change that was cut off the list is written already: the same change once more leaves it. */
async function changed(
  recipients: readonly X25519Recipient[],
  { add = [], remove = [] }: Flags,
  base: Storage,
): Promise<X25519Recipient[]> {
  const added = add.map((text) => Recipient.parse(text));
  const removed = remove.map((text) => Recipient.parse(text));
  const known = new Map(recipients.map((recipient) => [String(recipient), recipient]));
  const stranger = removed.find((recipient) => !known.has(String(recipient)));
  if (stranger !== undefined) {
    if (await isSameRewrap(base, { recipients, added, removed })) return [...recipients];
    throw new UsageError(`${stranger} is no recipient of this repository`, {
      advice: (await isWrittenForOthers(base, recipients))
        ? 'An earlier change was cut off: end it first, `octobox layers recipients` without options.'
        : '`octobox layers status` shows them.',
    });
  }
  for (const recipient of removed) known.delete(String(recipient));
  for (const recipient of added) known.set(String(recipient), recipient);
  return [...known.values()];
}

const noAge = (): CliError =>
  new CliError('cli.layer-key-missing', 'this repository has no keys of the age layer', {
    advice: '`octobox layers status` shows what it has.',
  });
