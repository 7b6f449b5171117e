/**
 * A process for others to kill: takes files out of all snapshots, makes the index anew from the packs, and takes every
 * pack that was there at the beginning for damaged. Writes a line when it begins. Arguments: the folder of the repository.
 */
import { LocalStorage } from '@octobox/storage';
import { PatternList } from '../filesystem/patterns.ts';
import { applyRepairIndex, planRepairIndex } from '../repair/repair-index.ts';
import { applyRepairPacks, planRepairPacks } from '../repair/repair-packs.ts';
import { excludeRule } from '../rewrite/exclude-rule.ts';
import { applyRewrite, planRewrite } from '../rewrite/rewrite-plan.ts';
import { Repository } from '../store/repository.ts';
import { TEST_PASSWORD } from './repository.ts';

const storage = new LocalStorage(process.argv[2] ?? '');
const repository = await Repository.open(storage, { password: TEST_PASSWORD });
const packs = [...(await repository.listFiles('data')).keys()];
process.stdout.write('begins\n');
await repository.loadIndex();
const snapshots = await Array.fromAsync(repository.snapshots());
const rule = excludeRule([new PatternList(['*7'])]);
const options = { rule, mark: 'rewrite', forget: true };
await applyRewrite(repository, await planRewrite(repository, snapshots, options, snapshots));
await applyRepairIndex(repository, await planRepairIndex(repository, { readAllPacks: true }));
await repository.loadIndex();
await applyRepairPacks(repository, await planRepairPacks(repository, packs));
