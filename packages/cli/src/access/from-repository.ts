import type { Repository } from '@octobox/repository';
import { CliError } from '../errors.ts';
import { type FromFlags, fromFlags } from '../options/from-repository.ts';
import type { RepositoryFlags } from '../options/global-options.ts';
import type { Cli } from '../verb.ts';
import { namedRepository } from './location.ts';
import { type OpenedRepository, openRepository } from './open-repository.ts';

/** Opens the second repository of a verb. This machine's own one is never meant by silence. */
export async function openFromRepository(
  cli: Cli,
  flags: RepositoryFlags & FromFlags,
): Promise<Repository & OpenedRepository> {
  const own = fromFlags(flags);
  const from: Cli = { ...cli, env: { ...cli.env, layers: undefined, layerKeys: undefined, ...cli.env.from } };
  if ((await namedRepository(from, own)) === undefined) {
    throw new CliError('cli.repository-unspecified', 'no repository to read from is given', {
      advice: 'Name it with --from-repo or RESTIC_FROM_REPOSITORY.',
    });
  }
  return await openRepository(from, own);
}
