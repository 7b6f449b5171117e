/** What people do with a repository, on the model: each step says what it may change, does it, and notes what it did. */
import assert from 'node:assert/strict';
import type { StoredFile } from '@octobox/storage';
import { PatternList } from '../filesystem/patterns.ts';
import { applyForget, planForget, planForgetSnapshots } from '../forget/forget.ts';
import { encodeSnapshot } from '../format/snapshot-file.ts';
import type { Node } from '../format/trees/node.ts';
import { encodeNode, TREE_HEAD, TREE_TAIL } from '../format/trees/tree.ts';
import { applyPrune } from '../prune/apply-prune.ts';
import { planPrune } from '../prune/plan-prune.ts';
import { applyRepairIndex, planRepairIndex } from '../repair/repair-index.ts';
import { applyRepairPacks, planRepairPacks } from '../repair/repair-packs.ts';
import { excludeRule } from '../rewrite/exclude-rule.ts';
import { applyRewrite, planRewrite } from '../rewrite/rewrite-plan.ts';
import { contentOf, type Files, type Model, textOf } from './model.ts';

export type Step = (model: Model) => Promise<void>;

export async function backup(model: Model): Promise<void> {
  const files = model.changedFiles();
  await model.repository.loadIndex();
  const saver = model.repository.saver({ packSize: 1500 + model.random(4000) });
  let tree: Buffer;
  try {
    const nodes: string[] = [];
    for (const name of [...files.keys()].sort()) {
      const bytes = contentOf(files.get(name) ?? '');
      // Nothing is stored of a file without content.
      const content = bytes.length === 0 ? [] : [(await saver.save('data', bytes)).id];
      nodes.push(encodeNode(file(name, content, bytes.length)));
    }
    tree = (await saver.save('tree', Buffer.from(`${TREE_HEAD}${nodes.join(',')}${TREE_TAIL}`))).id;
    await saver.finish();
  } catch (error) {
    await saver.abort();
    throw error;
  }
  await writeSnapshot(model, tree.toString('hex'), files);
}

let clock = Date.UTC(2026, 0, 1);

async function writeSnapshot(model: Model, tree: string, files: Files, tags: string[] = []): Promise<void> {
  clock += 600_000 + model.random(7_200_000);
  const json = encodeSnapshot({
    time: new Date(clock).toISOString(),
    tree,
    paths: ['/model'],
    hostname: model.pick(['a', 'b']),
    username: '',
    uid: 0,
    gid: 0,
    tags,
    excludes: [],
  });
  model.change = { ...model.change, come: [files] };
  model.snapshots.set(await model.repository.writeUnpacked('snapshot', json), files);
}

export async function forget(model: Model): Promise<void> {
  const all = await Array.fromAsync(model.repository.snapshots());
  if (all.length === 0) return;
  await remove(model, planForget(all, { keepLast: 1 + model.random(5), keepDaily: model.random(3) }));
}

export async function forgetOne(model: Model): Promise<void> {
  const all = await Array.fromAsync(model.repository.snapshots());
  if (all.length > 0) await remove(model, planForgetSnapshots([model.pick(all)]));
}

async function remove(model: Model, plan: ReturnType<typeof planForget>): Promise<void> {
  model.change = { come: [], go: new Set(plan.remove.map(({ id }) => id)) };
  const { failed } = await applyForget(model.repository, plan, { noLock: true });
  if (failed[0] !== undefined) throw failed[0].error;
  for (const { id } of plan.remove) model.snapshots.delete(id);
}

export async function prune(model: Model): Promise<void> {
  const options = { maxUnused: model.pick([0, 2500, 'unlimited' as const]), noLock: true };
  await applyPrune(model.repository, await planPrune(model.repository, options), { noLock: true });
}

/** As restic tags: a new snapshot file, then the old one goes. */
export async function tag(model: Model): Promise<void> {
  const all = await Array.fromAsync(model.repository.snapshots());
  if (all.length === 0) return;
  const { id, tree } = model.pick(all);
  model.change = { come: [], go: new Set() };
  await writeSnapshot(model, tree, model.snapshots.get(id) as Files, [`tag${model.random(5)}`]);
  model.change = { ...model.change, go: new Set([id]) };
  await model.storage.remove({ kind: 'snapshot', name: id });
  model.snapshots.delete(id);
}

/** `rewrite --exclude`, with and without `--forget`. */
export async function rewrite(model: Model): Promise<void> {
  const [pattern, matches] = model.pick([
    ['file3', /^file3$/],
    ['file1*', /^file1/],
    ['*7', /7$/],
  ] as const);
  const forgets = model.oneIn(2);
  await model.repository.loadIndex();
  const all = await Array.fromAsync(model.repository.snapshots());
  const without = (files: Files): Files => new Map([...files].filter(([name]) => !matches.test(name)));
  const affected = [...model.snapshots].filter(([, files]) => without(files).size < files.size);
  const instead = new Map(affected.map(([id, files]) => [id, without(files)]));
  const come = [...instead.values()];
  model.change = { come, go: new Set(forgets ? instead.keys() : []), instead };
  const options = {
    rule: excludeRule([new PatternList([pattern])]),
    mark: 'rewrite',
    forget: forgets,
  };
  await applyRewrite(model.repository, await planRewrite(model.repository, all, options, all));
  await model.learn();
  const left = [...model.snapshots.values()].map(textOf);
  for (const files of come) assert.ok(left.includes(textOf(files)), 'a rewritten snapshot is not there');
  if (forgets) for (const files of model.snapshots.values()) assert.equal(without(files).size, files.size);
}

/** An index file is lost, and made again from the packs. */
export async function repairIndex(model: Model): Promise<void> {
  const names = [...(await model.repository.listFiles('index')).keys()];
  if (names.length === 0) return;
  model.afterCrash = () => makeIndex(model);
  await model.storage.remove({ kind: 'index', name: model.pick(names) });
  await makeIndex(model);
}

export async function makeIndex(model: Model): Promise<void> {
  const { repository } = model;
  const readAllPacks = model.oneIn(2);
  await applyRepairIndex(repository, await planRepairIndex(repository, { readAllPacks }));
  repository.forgetIndex();
  await repository.loadIndex();
}

/** Packs that are sound after all: nothing of them may be lost. */
export async function repairPacks(model: Model): Promise<void> {
  const { repository } = model;
  await repository.loadIndex();
  const names = [...(await repository.listFiles('data')).keys()];
  if (names.length === 0) return;
  const chosen = [model.pick(names), model.pick(names)];
  const { lost } = await applyRepairPacks(repository, await planRepairPacks(repository, chosen));
  assert.equal(lost, 0);
  repository.forgetIndex();
}

export const copy: Step = (model) => model.elsewhere.receive(model);

/** Flips a bit of a file; check must say so. Then it is as before. */
export async function damage(model: Model): Promise<void> {
  model.storage.recover();
  const kind = model.pick(['data', 'index', 'snapshot'] as const);
  const names = [...(await model.repository.listFiles(kind)).keys()];
  if (names.length === 0) return;
  const stored: StoredFile = { kind, name: model.pick(names) };
  const whole = await flipBit(model, stored);
  const { findings, errorCount } = await model.check();
  // A pack that no index names is not opened by anybody.
  const isOpened = kind !== 'data' || !findings.every(({ code }) => code.includes('unreferenced'));
  if (isOpened) assert.ok(errorCount > 0 || findings.length > 0, `damage of ${kind} was not found`);
  await model.storage.remove(stored);
  await model.put(stored, whole);
  model.repository.forgetIndex();
  await model.repository.loadIndex();
}

/** Gives the bytes as they were. */
export async function flipBit(model: Model, stored: StoredFile, at?: number): Promise<Buffer> {
  const whole = Buffer.from(await model.storage.read(stored));
  await model.storage.remove(stored);
  const place = at ?? model.random(whole.length);
  const bad = Buffer.from(whole);
  bad[place] = (bad[place] ?? 0) ^ (1 << model.random(8));
  await model.put(stored, bad);
  return whole;
}

const file = (name: string, content: Buffer[], size: number): Node => ({
  name: Buffer.from(name),
  type: 'file',
  mode: 0o644,
  mtime: 0n,
  atime: 0n,
  ctime: 0n,
  uid: 0,
  gid: 0,
  inode: 0n,
  deviceId: 0n,
  size: BigInt(size),
  links: 1n,
  device: 0n,
  content,
});
