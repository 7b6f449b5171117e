/**
 * A process for others to stop: backs up a stream that lasts as long as standard input, under a lock that is refreshed
 * every 100 ms and lost after 3 s. Writes a line when it holds the lock, and ends with the code of what went wrong.
 * Arguments: the folder of the repository.
 */
import { LocalStorage } from '@octobox/storage';
import { backupStreams } from '../backup/streams.ts';
import { RepositoryError } from '../errors.ts';
import { acquireLock } from '../locks/lock.ts';
import { Repository } from '../store/repository.ts';
import { TEST_PASSWORD } from './repository.ts';

const repository = await Repository.open(new LocalStorage(process.argv[2] ?? ''), {
  password: TEST_PASSWORD,
});
const timing = { settle: 20, refreshEvery: 100, lostAfter: 3000, poll: 20 };
try {
  await using lock = await acquireLock(repository, { kind: 'shared', timing });
  process.stdout.write('holds the lock\n');
  const { snapshot } = await backupStreams(repository, {
    host: 'stopped',
    folder: '/',
    files: [{ path: 'stream', content: process.stdin }],
    workers: 1,
    noLock: true,
    signal: lock.signal,
  });
  process.stdout.write(`${snapshot?.id}\n`);
} catch (error) {
  process.stdout.write(`${error instanceof RepositoryError ? error.code : error}\n`);
  process.exitCode = 1;
}
process.stdin.destroy();
