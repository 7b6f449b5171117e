import { Repository } from '@octobox/repository/store';
import { assertKeysDiffer, layersOf } from '@octobox/storage/open';
import { type Command, InvalidArgumentError } from 'commander';
import { compressionMode } from '../access/compression.ts';
import { openFromRepository } from '../access/from-repository.ts';
import { namedRepository } from '../access/location.ts';
import { type NewPlace, openNewPlace } from '../access/new-layers.ts';
import { CliError, UsageError } from '../errors.ts';
import { addExitCodes } from '../options/exit-code-help.ts';
import { addFromRepository, type FromFlags } from '../options/from-repository.ts';
import { addRepositoryOptions, optionsOf, type RepositoryFlags } from '../options/global-options.ts';
import { resolvePassword } from '../password/password.ts';
import type { Cli } from '../verb.ts';

interface Flags extends RepositoryFlags, FromFlags {
  readonly copyChunkerParams?: boolean;
}

function formatVersion(text: string): string {
  if (!['2', 'stable', 'latest'].includes(text)) {
    throw new InvalidArgumentError('New repositories are made in format version 2 only.');
  }
  return text;
}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      "Makes a new, empty repository in restic's format version 2 and sets its password.\n" +
        'Without the password nothing can ever be read again: keep it somewhere else than the repository.\n' +
        'Nothing that exists is touched: a place that holds a repository already is refused.\n' +
        'Behind s3:, sftp: and rest: it is encrypted in two more layers (crypt, age), with fresh keys in the\n' +
        'keyring; their files are named, each with the custodian it belongs to. --layers none leaves them away.',
    )
    .option(
      '--repository-version <version>',
      'for scripts made for restic: 2, stable or latest',
      formatVersion,
    )
    .option(
      '--copy-chunker-params',
      'cut files as the repository of --from-repo does, so that what is copied between the two deduplicates',
    )
    .action(async () => {
      const flags = optionsOf<Flags>(command);
      const polynomial = await copiedPolynomial(cli, flags);
      const location = await namedRepository(cli, flags);
      if (location === undefined) {
        throw new CliError('cli.repository-unspecified', 'no repository is given', {
          advice: 'Say where to make it with -r or RESTIC_REPOSITORY.',
        });
      }
      const place = await openNewPlace(cli, flags, location);
      const { storage, keys } = place;
      const password = await resolvePassword(cli, flags, { isNew: true, location: storage.location });
      assertKeysDiffer({ repositoryPassword: password, ...keys });
      const repository = await Repository.init(storage, {
        password,
        compression: compressionMode(cli, flags),
        polynomial,
      });
      if (flags.json) {
        await cli.out.printJson({
          message_type: 'initialized',
          id: repository.id,
          repository: storage.location,
          layers: layersOf(keys),
          ...(layersOf(keys).length > 0 && { layer_keys: place.folder.path }),
          ...(keys.age && { age_recipients: keys.age.recipients.map(String) }),
        });
      } else {
        await cli.out.print(`created repository ${repository.id.slice(0, 10)} at ${storage.location}`);
        if (!flags.quiet) {
          cli.out.say('Keep the password in a safe place: without it nothing in there can be read again.');
          if (place.madeKeys) for (const line of await custodians(place)) cli.out.say(line);
        }
      }
      await repository.close();
    });
  addFromRepository(command);
  addRepositoryOptions(command);
  addExitCodes(command, []);
}

/** Undefined for a random one. */
async function copiedPolynomial(cli: Cli, flags: Flags): Promise<bigint | undefined> {
  const isGiven = flags.fromRepo !== undefined || flags.fromRepositoryFile !== undefined;
  if (flags.copyChunkerParams !== true) {
    if (!isGiven) return undefined;
    throw new UsageError('--from-repo says where to copy from, but not what', {
      advice: 'Add --copy-chunker-params; `octobox copy` copies snapshots.',
    });
  }
  await using other = await openFromRepository(cli, flags);
  return other.polynomial;
}

/** Which file belongs to whom. */
async function custodians({ folder, keys }: NewPlace): Promise<string[]> {
  const files = [
    ['crypt-key', 'for whoever runs this server: copy it to a safe place'],
    ['drill-identity', 'stays here: this machine reads with it'],
    ['age-recipients', 'no secret: who can read what is written'],
    ['recovery-identity', 'for the recovery officer: move it off line, to a medium of its own'],
  ] as const;
  const held: string[] = [];
  for (const [name, custodian] of files)
    if (await folder.holds(name)) held.push(`  ${name.padEnd(17)}  ${custodian}`);
  const layers = layersOf(keys);
  return [
    '',
    `Every file there is encrypted in ${layers.length === 1 ? `one more layer, ${layers[0]}` : 'two more layers'}. ` +
      `The keys are in ${folder.path}:`,
    ...held,
    layers.length === 1
      ? 'Two keys, two custodians: no secret of these may lie where the repository password is kept.'
      : 'Three keys, three custodians: none of these files may lie where the repository password is kept.',
  ];
}
