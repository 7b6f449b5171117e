/** A pack is lost, or a bit of it flips, for good: `repair` in its three forms leaves just what can still be had. */
import assert from 'node:assert/strict';
import { applyRepairPacks, planRepairPacks, UnknownPackError } from '../repair/repair-packs.ts';
import { applyRepairSnapshots, planRepairSnapshots } from '../repair/repair-snapshots.ts';
import { EntriesByPack } from '../store/index/entries-by-pack.ts';
import { type Files, LOST, type Model, textOf } from './model.ts';
import { isPowerLoss } from './soundness.ts';
import { flipBit, makeIndex } from './steps.ts';

type IsLost = (type: 'data' | 'tree', id: Buffer) => boolean;

export async function lastingDamage(model: Model): Promise<void> {
  model.storage.recover();
  const { repository } = model;
  // Packs of steps that were cut off, which no index names, may hold what is lost elsewhere.
  await makeIndex(model);
  const packs = [...(await repository.listFiles('data')).keys()];
  if (packs.length === 0) return;
  const pack = model.pick(packs);
  const stored = { kind: 'data', name: pack } as const;
  const table = repository.index;
  const blobs = new EntriesByPack(table).blobsOf(table.packNumber(Buffer.from(pack, 'hex')));
  const isWhole: IsLost = (type, id) => table.lookup(type, id).some((place) => place.pack !== pack);
  const goes = model.oneIn(2);
  // What is left is looked up before the damage is done, in the trees as they were.
  const at = goes ? undefined : model.random((await model.storage.stat(stored)).size);
  const lost = blobs
    .filter(({ offset, length }) => at === undefined || (at >= offset && at < offset + length))
    .filter(({ type, id }) => !isWhole(type, id))
    .map(({ type, id }) => type + id.toString('hex'));
  const isLost: IsLost = (type, id) => lost.includes(type + id.toString('hex'));
  const left = new Map<string, Files | undefined>();
  for (const { id, tree } of await Array.fromAsync(repository.snapshots()))
    left.set(id, await whatIsLeft(model, Buffer.from(tree, 'hex'), model.snapshots.get(id) as Files, isLost));

  if (at === undefined) await model.storage.remove(stored);
  else await flipBit(model, stored, at);
  const changed = [...left].filter(
    ([id, files]) => files === undefined || textOf(files) !== textOf(model.snapshots.get(id) as Files),
  );
  const come = changed.flatMap(([, files]) => (files === undefined ? [] : [files]));
  model.change = { come, go: new Set(changed.map(([id]) => id)) };
  if (lost.length > 0) assert.ok((await model.check()).errorCount > 0, 'the loss was not found');
  await mend(model, pack, goes);

  const before = new Set(model.snapshots.keys());
  await model.learn();
  const isNew = ([id]: [string, Files]): boolean => !before.has(id);
  const made = [...model.snapshots].filter(isNew).map(([, files]) => textOf(files));
  assert.deepEqual(made.sort(), come.map(textOf).sort(), 'each damaged snapshot became one');
  for (const [id] of changed) assert.ok(!model.snapshots.has(id), `${id} is still damaged`);
}

/** Undefined when the root cannot be read. */
async function whatIsLeft(
  model: Model,
  tree: Buffer,
  files: Files,
  isLost: IsLost,
): Promise<Files | undefined> {
  if (isLost('tree', tree)) return undefined;
  const left = new Map<string, string>();
  for (const { name, subtree, content = [] } of await model.repository.loadTree(tree)) {
    const key = name.toString();
    if (subtree !== undefined) {
      for (const one of (await whatIsLeft(model, subtree, files, isLost)) ?? []) left.set(...one);
    } else left.set(key, content.some((id) => isLost('data', id)) ? LOST : (files.get(key) ?? LOST));
  }
  return left;
}

/** The power may go at any moment; then it is done once more. */
async function mend(model: Model, pack: string, isGone: boolean): Promise<void> {
  if (model.oneIn(3)) model.losePowerSoon();
  try {
    await repair(model, pack, isGone);
  } catch (error) {
    if (!isPowerLoss(error)) throw error;
    await model.reopen();
    await repair(model, pack, isGone);
  }
  model.storage.recover();
}

async function repair(model: Model, pack: string, isGone: boolean): Promise<void> {
  const { repository } = model;
  repository.forgetIndex();
  await repository.loadIndex();
  if (isGone) await makeIndex(model);
  else {
    try {
      await applyRepairPacks(repository, await planRepairPacks(repository, [pack]));
    } catch (error) {
      // Before the power went it had come so far.
      if (!(error instanceof UnknownPackError)) throw error;
    }
  }
  await repository.loadIndex();
  const all = await Array.fromAsync(repository.snapshots());
  await applyRepairSnapshots(repository, await planRepairSnapshots(repository, all, { forget: true }, all));
}
