import type { Command } from 'commander';
import { lockRepository, openRepository } from '../access/open-repository.ts';
import { UsageError } from '../errors.ts';
import { isShown, SHOWN_OBJECTS, showObject } from '../inside/show-object.ts';
import { addExitCodes, repositoryExitCodes } from '../options/exit-code-help.ts';
import { addRepositoryOptions, optionsOf, type RepositoryFlags } from '../options/global-options.ts';
import type { Cli } from '../verb.ts';

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Writes an object of the repository to standard output: JSON as it is kept, or the plain bytes of a blob,\n' +
        'of the folder that snapshot:folder names (tree), or the stored bytes of a pack.\n' +
        'Danger: masterkey shows the key that opens the whole repository, whatever becomes of its passwords.',
    )
    .argument('<kind>', SHOWN_OBJECTS.join(', '))
    .argument(
      '[id]',
      'which one: an id, of all but blobs also its beginning; a snapshot for snapshot and tree',
    )
    .action(async (kind: string, id: string | undefined) => {
      const flags = optionsOf<RepositoryFlags>(command);
      if (!isShown(kind)) {
        throw new UsageError(`there is nothing called ${kind} to show`, {
          advice: `Use one of ${SHOWN_OBJECTS.join(', ')}.`,
        });
      }
      if (id === undefined && kind !== 'config' && kind !== 'masterkey') {
        throw new UsageError(`it is not said which ${kind} is meant`, { advice: 'Give its id.' });
      }
      await using repository = await openRepository(cli, flags);
      await using lock = await lockRepository(cli, repository, 'shared', flags);
      await showObject(cli, repository, kind, id ?? '', lock.signal);
    });
  addRepositoryOptions(command);
  addExitCodes(command, repositoryExitCodes);
}
