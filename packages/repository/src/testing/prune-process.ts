/**
 * A process for others to kill: forgets all snapshots but the last and prunes. Writes a line when it begins.
 * Arguments: the folder of the repository.
 */
import { LocalStorage } from '@octobox/storage';
import { applyForget, planForget } from '../forget/forget.ts';
import { applyPrune } from '../prune/apply-prune.ts';
import { planPrune } from '../prune/plan-prune.ts';
import { Repository } from '../store/repository.ts';
import { TEST_PASSWORD } from './repository.ts';

const storage = new LocalStorage(process.argv[2] ?? '');
const repository = await Repository.open(storage, { password: TEST_PASSWORD });
const snapshots = await Array.fromAsync(repository.snapshots());
process.stdout.write('begins\n');
await applyForget(repository, planForget(snapshots, { keepLast: 1 }), { noLock: true });
await applyPrune(repository, await planPrune(repository, { maxUnused: 0, noLock: true }));
