/** Real processes on a copy of the model in a folder, killed with -9 at any moment of their work. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LocalStorage } from '@octobox/storage';
import { planForget } from '../forget/forget.ts';
import { copyRepository } from '../testing/crashing-storage.ts';
import { type KilledProgram, runAndKill } from '../testing/killed-process.ts';
import { Workshop } from '../testing/workshop.ts';
import { contentOf, type Model } from './model.ts';

/** Milliseconds that each takes when nobody kills it, as far as was seen. */
const usual: Record<'backup' | 'prune', number> = { backup: 150, prune: 100 };

export async function killedBackup(model: Model): Promise<void> {
  const files = model.changedFiles();
  await inFolder(model, 'backup', (source) => {
    mkdirSync(source);
    for (const [name, seed] of files) writeFileSync(join(source, name), contentOf(seed));
    model.change = { come: [files], go: new Set() };
  });
}

export async function killedPrune(model: Model): Promise<void> {
  const all = await Array.fromAsync(model.repository.snapshots());
  // As the program forgets before it prunes.
  const go = new Set(planForget(all, { keepLast: 1 }).remove.map(({ id }) => id));
  await inFolder(model, 'prune', () => {
    model.change = { come: [], go };
  });
}

async function inFolder(
  model: Model,
  program: KilledProgram & keyof typeof usual,
  prepare: (source: string) => void,
): Promise<void> {
  model.storage.recover();
  await using workshop = Workshop.empty();
  await copyRepository(model.storage, new LocalStorage(workshop.repositoryFolder));
  const source = workshop.path('files');
  prepare(source);
  const moment = (1.2 * usual[program] * model.random(1000)) / 1000;
  const { code, took } = await runAndKill(program, [workshop.repositoryFolder, source], moment);
  if (code === 0) usual[program] = took;
  else usual[program] *= 1.1;
  await model.takeOver(workshop.repositoryFolder);
  await model.learn();
}
