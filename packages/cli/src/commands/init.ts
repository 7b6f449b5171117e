import { Repository } from '@octobox/repository';
import { openStorage } from '@octobox/storage';
import { type Command, InvalidArgumentError } from 'commander';
import { compressionMode } from '../access/compression.ts';
import { namedRepository } from '../access/location.ts';
import { storageOptions } from '../access/storage-options.ts';
import { CliError } from '../errors.ts';
import { addExitCodes } from '../options/exit-code-help.ts';
import { addRepositoryOptions, optionsOf, type RepositoryFlags } from '../options/global-options.ts';
import { resolvePassword } from '../password/password.ts';
import type { Cli } from '../verb.ts';

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
        'Nothing that exists is touched: a place that holds a repository already is refused.',
    )
    .option(
      '--repository-version <version>',
      'for scripts made for restic: 2, stable or latest',
      formatVersion,
    )
    .action(async () => {
      const flags = optionsOf<RepositoryFlags>(command);
      const location = await namedRepository(cli, flags);
      if (location === undefined) {
        throw new CliError('cli.repository-unspecified', 'no repository is given', {
          advice: 'Say where to make it with -r or RESTIC_REPOSITORY.',
        });
      }
      const storage = await openStorage(location, storageOptions(cli, flags));
      const password = await resolvePassword(cli, flags, { isNew: true, location: storage.location });
      const repository = await Repository.init(storage, {
        password,
        compression: compressionMode(cli, flags),
      });
      if (flags.json) {
        await cli.out.printJson({
          message_type: 'initialized',
          id: repository.id,
          repository: storage.location,
        });
      } else {
        await cli.out.print(`created repository ${repository.id.slice(0, 10)} at ${storage.location}`);
        if (!flags.quiet) {
          cli.out.say('Keep the password in a safe place: without it nothing in there can be read again.');
        }
      }
      await repository.close();
    });
  addRepositoryOptions(command);
  addExitCodes(command, []);
}
