import { CliError, UsageError } from '../errors.ts';
import { decodeText, readBytes } from '../options/file-lines.ts';
import type { RepositoryFlags } from '../options/global-options.ts';
import type { Cli } from '../verb.ts';
import type { Place } from './place.ts';

/** The repository that is named by option or environment; options go before the environment. */
export async function namedRepository(cli: Cli, flags: RepositoryFlags): Promise<string | undefined> {
  const fromFlags = flags.repo !== undefined || flags.repositoryFile !== undefined;
  const location = fromFlags ? flags.repo : cli.env.repository;
  const file = fromFlags ? flags.repositoryFile : cli.env.repositoryFile;
  if (location !== undefined && file !== undefined) {
    throw new UsageError('a repository and a repository file are given at once', {
      advice: 'Leave one of the two away.',
    });
  }
  if (file === undefined) return location;
  const text = decodeText(await readBytes(file, 'the repository file')).trim();
  if (text === '') throw new CliError('cli.repository-unspecified', `the repository file ${file} is empty`);
  return text;
}

/** Where the repository is: as named, else the one of this machine's platform when it has one. */
export async function findRepository(cli: Cli, flags: RepositoryFlags): Promise<Place> {
  const named = await namedRepository(cli, flags);
  if (named !== undefined) return { location: named, passwordFile: undefined };
  // Loaded here only: it brings the whole platform along, which few verbs need.
  const { platformRepository } = await import('./platform-repository.ts');
  const own = await platformRepository(cli);
  if (own !== undefined) return own;
  throw new CliError('cli.repository-unspecified', 'no repository is given', {
    advice: 'Name it with -r or RESTIC_REPOSITORY, or let `octobox protect` make one.',
  });
}
