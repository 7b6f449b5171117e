/**
 * A process for others to kill: backs a folder up. Writes a line when it begins. Arguments: the folder of the
 * repository, the folder to back up.
 */
import { LocalStorage } from '@octobox/storage';
import { backupFiles } from '../backup/files.ts';
import { Repository } from '../store/repository.ts';
import { TEST_PASSWORD } from './repository.ts';

const [location = '', source = ''] = process.argv.slice(2);
const repository = await Repository.open(new LocalStorage(location), { password: TEST_PASSWORD });
process.stdout.write('begins\n');
await backupFiles(repository, { paths: [source], host: 'test' });
await repository.close();
