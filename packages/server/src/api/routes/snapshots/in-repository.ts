import { RepositoryError } from '@octobox/repository/errors';
import { InvalidPatternError } from '@octobox/repository/patterns';
import { NotFoundError, ServerError } from '../../../platform/index.ts';
import { ApiError } from '../../answers/problem.ts';

/** What the engine says about a snapshot, as the API answers it. Everything else is trouble on our side. */
export async function inRepository<T>(
  snapshot: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // Who was cut off by it says so in many ways.
    throw signal.aborted ? slow('the repository did not answer in time', error) : told(snapshot, error);
  }
}

const slow = (message: string, cause: unknown): ServerError =>
  new ServerError('server.repository-slow', message, { cause, advice: 'Ask again in a minute.' });

function told(snapshot: string, error: unknown): unknown {
  if (error instanceof InvalidPatternError) {
    return new ApiError('api.invalid', 'this is no pattern', {
      fields: [{ field: 'query.search', detail: 'this is no pattern' }],
      ...(error.advice === undefined ? {} : { advice: error.advice }),
    });
  }
  if (!(error instanceof RepositoryError)) return error;
  switch (error.code) {
    case 'repository.snapshot-missing':
      return new NotFoundError(`snapshot ${snapshot} in the repository any more`);
    case 'repository.not-a-folder':
      return new NotFoundError(`such folder in snapshot ${snapshot}`, {
        advice: 'What has that path there is no folder; one file is what `downloadSnapshotFile` gives.',
      });
    case 'repository.not-in-snapshot':
    case 'repository.not-a-file':
      return new NotFoundError(
        `such ${error.code === 'repository.not-a-file' ? 'file' : 'folder or file'} in snapshot ${snapshot}`,
        {
          advice: 'List the folder above it to see what is there.',
        },
      );
    case 'repository.locked':
      return slow(error.message, error);
    default:
      return error;
  }
}
