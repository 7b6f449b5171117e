/**
 * A process for others to kill: mirrors a repository in small steps. Writes a line when it begins.
 * Arguments: the folder of the repository, the folder of the mirror.
 */
import { LocalStorage } from '@octobox/storage';
import { mirrorRepository } from '../mirror/mirror.ts';
import { emptyRecord } from '../mirror/mirror-record.ts';
import { Repository } from '../store/repository.ts';
import { TEST_PASSWORD } from './repository.ts';

const [from = '', to = ''] = process.argv.slice(2);
const source = await Repository.open(new LocalStorage(from), { password: TEST_PASSWORD });
process.stdout.write('begins\n');
const { objectsCopied } = await mirrorRepository(source, new LocalStorage(to), {
  record: emptyRecord(source.id),
  transfers: 2,
  lockTiming: { settle: 1 },
});
process.stdout.write(`copied ${objectsCopied}\n`);
