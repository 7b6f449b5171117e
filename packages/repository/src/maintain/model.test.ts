/**
 * Random sequences of what people do with a repository, beside a model that is a map of snapshots to the files they
 * hold. Whatever was done, and wherever the power went, every snapshot of the model is there and whole, no other is,
 * and what is damaged is found. `OCTOBOX_MODEL_SEED` repeats a run, `OCTOBOX_MODEL_SECONDS` makes it longer.
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { LocalStorage, type StoredFile } from '@octobox/storage';
import { generator } from '@octobox/storage/testing';
import { applyCopy } from '../copy/apply-copy.ts';
import { planCopy } from '../copy/copy-plan.ts';
import type { Node } from '../format/node.ts';
import { encodeSnapshot } from '../format/snapshot-file.ts';
import { encodeNode, TREE_HEAD, TREE_TAIL } from '../format/tree.ts';
import { applyRepairIndex, planRepairIndex } from '../repair/repair-index.ts';
import { applyRepairPacks, planRepairPacks } from '../repair/repair-packs.ts';
import { Repository } from '../store/repository.ts';
import { CrashingStorage, copyRepository, PowerLostError } from '../testing/crashing-storage.ts';
import { noise } from '../testing/fixture-tree.ts';
import { createTestRepository, TEST_PASSWORD } from '../testing/repository.ts';
import { restic } from '../testing/restic.ts';
import { Workshop } from '../testing/workshop.ts';
import { applyPrune } from './apply-prune.ts';
import { checkRepository } from './check.ts';
import { applyForget, planForget, planForgetSnapshots } from './forget.ts';
import { planPrune } from './plan-prune.ts';

/** Seeds of contents by file name. */
type Files = ReadonlyMap<string, string>;

const seed = Number(process.env.OCTOBOX_MODEL_SEED ?? Date.now() % 2 ** 31);
const seconds = Number(process.env.OCTOBOX_MODEL_SECONDS ?? 8);

const content = (name: string): Buffer =>
  noise(name, 200 + ((name.length * 7919 + name.charCodeAt(0) * 131) % 3000));

class Model {
  readonly random = generator(seed);
  readonly storage = new CrashingStorage('model');
  readonly snapshots = new Map<string, Files>();
  repository!: Repository;
  #keys: Repository['keys'] | undefined;
  #contents = 0;
  /** An index file was lost on purpose and is not made again yet. */
  #lacksIndex = false;
  /** Where snapshots are copied to; it has keys of its own. */
  readonly #elsewhere = new CrashingStorage('elsewhere');
  #elsewhereKeys: Repository['keys'] | undefined;
  #clock = Date.UTC(2026, 0, 1);
  readonly done: Record<string, number> = {};

  async start(): Promise<void> {
    this.repository = (await createTestRepository(this.storage)).repository;
    this.#keys = this.repository.keys;
    this.#elsewhereKeys = (await createTestRepository(this.#elsewhere)).repository.keys;
  }

  async reopen(): Promise<void> {
    this.storage.recover();
    const options = { password: TEST_PASSWORD, keys: this.#keys };
    this.repository = await Repository.open(this.storage, options);
    await this.repository.loadIndex();
  }

  pick<T>(list: readonly T[]): T {
    return list[this.random(list.length)] as T;
  }

  async step(): Promise<void> {
    const crashes = this.random(5) === 0;
    if (crashes) this.storage.crashAfter(this.random(8), this.random(2) === 0);
    const name = this.pick([
      'backup',
      'backup',
      'backup',
      'forget',
      'forgetOne',
      'prune',
      'tag',
      'damage',
      'copy',
      'repairIndex',
      'repairPacks',
    ] as const);
    const allowed = [new Map(this.snapshots)];
    try {
      if (name === 'damage') {
        this.storage.recover();
        await this.damage();
      } else await this[name](allowed);
      this.done[name] = (this.done[name] ?? 0) + 1;
    } catch (error) {
      if (!hasCause(error, PowerLostError)) throw error;
      this.done[`${name}, power lost`] = (this.done[`${name}, power lost`] ?? 0) + 1;
      await this.reopen();
      await this.#learn(allowed);
      if (this.#lacksIndex) await this.#makeIndex();
      return;
    }
    this.storage.recover();
  }

  /** After a crash: what is there must be one of the states that the step may have left, snapshot by snapshot. */
  async #learn(allowed: readonly ReadonlyMap<string, Files>[]): Promise<void> {
    const before = allowed[0] ?? new Map<string, Files>();
    const possible = new Map(allowed.flatMap((state) => [...state]));
    const present = [...(await this.repository.listFiles('snapshot')).keys()];
    for (const id of present) assert.ok(possible.has(id), `snapshot ${id} is of no step`);
    const mustStay = [...before.keys()].filter((id) => allowed.every((state) => state.has(id)));
    for (const id of mustStay) assert.ok(present.includes(id), `snapshot ${id} is gone`);
    this.snapshots.clear();
    for (const id of present) this.snapshots.set(id, possible.get(id) as Files);
  }

  async backup(allowed: Map<string, Files>[]): Promise<void> {
    const files = new Map(this.snapshots.size === 0 ? [] : this.pick([...this.snapshots.values()]));
    for (let changes = 1 + this.random(6); changes > 0; changes--) {
      const name = `file${this.random(20)}`;
      if (this.random(4) === 0) files.delete(name);
      else files.set(name, `content ${this.random(3) === 0 ? this.random(30) : 100 + this.#contents++}`);
    }
    await this.repository.loadIndex();
    const saver = this.repository.saver({ packSize: 4000 + this.random(8000) });
    let tree: Buffer;
    try {
      const nodes: string[] = [];
      for (const name of [...files.keys()].sort()) {
        const bytes = content(files.get(name) ?? '');
        const { id } = await saver.save('data', bytes);
        nodes.push(encodeNode(file(name, id, bytes.length)));
      }
      tree = (await saver.save('tree', Buffer.from(`${TREE_HEAD}${nodes.join(',')}${TREE_TAIL}`))).id;
      await saver.finish();
    } catch (error) {
      await saver.abort();
      throw error;
    }
    await this.#writeSnapshot(allowed, tree.toString('hex'), files, []);
  }

  async #writeSnapshot(
    allowed: Map<string, Files>[],
    tree: string,
    files: Files,
    tags: string[],
  ): Promise<string> {
    this.#clock += 600_000 + this.random(7_200_000);
    const time = new Date(this.#clock).toISOString();
    const json = encodeSnapshot({
      time,
      tree,
      paths: ['/model'],
      hostname: this.pick(['a', 'b']),
      username: '',
      uid: 0,
      gid: 0,
      tags,
      excludes: [],
    });
    // Its name is known only when it is stored, also when nobody hears of it.
    const { seen, restore } = spyNames(this.storage);
    try {
      const id = await this.repository.writeUnpacked('snapshot', json);
      this.snapshots.set(id, files);
      return id;
    } finally {
      restore();
      const [id] = seen;
      if (id !== undefined) allowed.push(new Map(allowed[0]).set(id, files));
    }
  }

  async forget(allowed: Map<string, Files>[]): Promise<void> {
    const all = await Array.fromAsync(this.repository.snapshots());
    if (all.length === 0) return;
    const plan = planForget(all, { keepLast: 1 + this.random(6), keepDaily: this.random(3) });
    await this.#remove(allowed, plan);
  }

  async forgetOne(allowed: Map<string, Files>[]): Promise<void> {
    const all = await Array.fromAsync(this.repository.snapshots());
    if (all.length > 0) await this.#remove(allowed, planForgetSnapshots([this.pick(all)]));
  }

  async #remove(allowed: Map<string, Files>[], plan: ReturnType<typeof planForget>): Promise<void> {
    const after = new Map(this.snapshots);
    for (const { id } of plan.remove) after.delete(id);
    allowed.push(after);
    const { failed } = await applyForget(this.repository, plan, { noLock: true });
    if (failed[0] !== undefined) throw failed[0].error;
    for (const { id } of plan.remove) this.snapshots.delete(id);
  }

  async prune(): Promise<void> {
    const options = { maxUnused: this.pick([0, 5000, 'unlimited' as const]), noLock: true };
    await applyPrune(this.repository, await planPrune(this.repository, options), { noLock: true });
  }

  /** As restic tags: a new snapshot file, then the old one goes. */
  async tag(allowed: Map<string, Files>[]): Promise<void> {
    const all = await Array.fromAsync(this.repository.snapshots());
    if (all.length === 0) return;
    const old = this.pick(all);
    const files = this.snapshots.get(old.id) as Files;
    await this.#writeSnapshot(allowed, old.tree, files, [`tag${this.random(5)}`]);
    const after = new Map(this.snapshots);
    after.delete(old.id);
    allowed.push(after);
    await this.storage.remove({ kind: 'snapshot', name: old.id });
    this.snapshots.delete(old.id);
  }

  /** An index file is lost, and made again from the packs. */
  async repairIndex(): Promise<void> {
    const names = [...(await this.repository.listFiles('index')).keys()];
    if (names.length === 0) return;
    this.#lacksIndex = true;
    await this.storage.remove({ kind: 'index', name: this.pick(names) });
    await this.#makeIndex();
  }

  async #makeIndex(): Promise<void> {
    const readAllPacks = this.random(2) === 0;
    await applyRepairIndex(this.repository, await planRepairIndex(this.repository, { readAllPacks }));
    this.#lacksIndex = false;
    this.repository.forgetIndex();
    await this.repository.loadIndex();
  }

  /** Packs that are sound after all: nothing of them may be lost. */
  async repairPacks(): Promise<void> {
    await this.repository.loadIndex();
    const names = [...(await this.repository.listFiles('data')).keys()];
    if (names.length === 0) return;
    const chosen = [this.pick(names), this.pick(names)];
    const { lost } = await applyRepairPacks(this.repository, await planRepairPacks(this.repository, chosen));
    assert.equal(lost, 0);
    this.repository.forgetIndex();
  }

  /** Copies all snapshots to another repository, where the power may go too. */
  async copy(): Promise<void> {
    const open = async (): Promise<Repository> => {
      const options = { password: TEST_PASSWORD, keys: this.#elsewhereKeys };
      const repository = await Repository.open(this.#elsewhere, options);
      await repository.loadIndex();
      return repository;
    };
    await this.repository.loadIndex();
    const all = await Array.fromAsync(this.repository.snapshots());
    const copyTo = async (target: Repository): Promise<void> => {
      const present = await Array.fromAsync(target.snapshots());
      await applyCopy(this.repository, target, await planCopy(this.repository, target, all, present));
    };
    if (this.random(3) === 0) {
      this.#elsewhere.crashAfter(this.random(6), this.random(2) === 0);
      await copyTo(await open()).catch((error: unknown) => {
        if (!hasCause(error, PowerLostError)) throw error;
      });
      this.#elsewhere.recover();
    }
    const target = await open();
    await copyTo(target);
    const trees = new Set((await Array.fromAsync(target.snapshots())).map(({ tree }) => tree));
    for (const { id, tree } of all) assert.ok(trees.has(tree), `${id} was not copied`);
    const report = await checkRepository(await open(), { noLock: true, readData: true, workers: 0 });
    assert.deepEqual(
      report.findings.filter(({ severity }) => severity === 'error'),
      [],
    );
  }

  /** Flips a bit of a file, or loses it; check must say so. Then it is as before. */
  async damage(): Promise<void> {
    const kind = this.pick(['data', 'index', 'snapshot'] as const);
    const names = [...(await this.repository.listFiles(kind)).keys()];
    if (names.length === 0) return;
    const stored: StoredFile = { kind, name: this.pick(names) };
    const whole = Buffer.from(await this.storage.read(stored));
    await this.storage.remove(stored);
    const bad = Buffer.from(whole);
    const at = this.random(bad.length);
    bad[at] = (bad[at] ?? 0) ^ (1 << this.random(8));
    await this.#put(stored, bad);
    const report = await this.#check();
    const found = report.findings.map(({ severity, code }) => `${severity} ${code}`);
    // A pack that no index names is not opened by anybody.
    const indexed = kind !== 'data' || !found.every((one) => one.includes('unreferenced'));
    if (indexed) assert.ok(report.errorCount > 0 || found.length > 0, `damage of ${kind} was not found`);
    await this.storage.remove(stored);
    await this.#put(stored, whole);
    this.repository.forgetIndex();
    await this.repository.loadIndex();
  }

  async #put({ kind, name }: StoredFile, bytes: Buffer): Promise<void> {
    const writer = await this.storage.writer(kind);
    await writer.append(bytes);
    await writer.commit(name);
  }

  async #check() {
    const options = { password: TEST_PASSWORD, keys: this.#keys };
    const fresh = await Repository.open(this.storage, options);
    return await checkRepository(fresh, { noLock: true, readData: true, workers: 0 });
  }

  /** Every snapshot of the model is there and holds its files, and no error is found. */
  async verify(): Promise<void> {
    await this.repository.loadIndex();
    const present = [...(await this.repository.listFiles('snapshot')).keys()].sort();
    assert.deepEqual(present, [...this.snapshots.keys()].sort());
    for (const [id, files] of this.snapshots) {
      const { tree } = await this.repository.readSnapshot(id);
      const nodes = await this.repository.loadTree(Buffer.from(tree, 'hex'));
      assert.deepEqual(
        nodes.map(({ name }) => name.toString()),
        [...files.keys()].sort(),
      );
      for (const { name, content: blobs } of nodes) {
        const [blob] = blobs ?? [];
        const bytes = await this.repository.loadBlob('data', blob as Buffer);
        assert.ok(
          bytes.equals(content(files.get(name.toString()) ?? '')),
          `${id} ${name} is not what was stored`,
        );
      }
    }
    const report = await this.#check();
    assert.deepEqual(
      report.findings.filter(({ severity }) => severity === 'error'),
      [],
    );
  }
}

/** The names under which files are about to be stored. */
function spyNames(storage: CrashingStorage): { seen: string[]; restore: () => void } {
  const seen: string[] = [];
  const original = storage.writer;
  storage.writer = async (...args) => {
    const writer = await original.apply(storage, args);
    return {
      append: (bytes) => writer.append(bytes),
      commit: (name) => {
        seen.push(name);
        return writer.commit(name);
      },
      abort: () => writer.abort(),
    };
  };
  return {
    seen,
    restore: () => {
      storage.writer = original;
    },
  };
}

function hasCause(error: unknown, type: typeof PowerLostError): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof type) return true;
  return false;
}

const file = (name: string, id: Buffer, size: number): Node => ({
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
  content: [id],
});

it(`a repository is what a simple model of it is (OCTOBOX_MODEL_SEED=${seed})`, {
  timeout: 3_600_000,
}, async (t) => {
  const model = new Model();
  await model.start();
  const end = performance.now() + seconds * 1000;
  let steps = 0;
  while (performance.now() < end) {
    await model.step();
    if (++steps % 40 === 0) await model.verify();
    if (steps % 1000 === 0) await resticAgrees(model);
  }
  await model.verify();
  t.diagnostic(`${steps} steps: ${JSON.stringify(model.done)}`);
  await resticAgrees(model);
});

async function resticAgrees({ storage }: Model): Promise<void> {
  await using workshop = Workshop.empty();
  await copyRepository(storage, new LocalStorage(workshop.repositoryFolder));
  await restic(['check', '--read-data'], { repository: workshop.repositoryFolder });
}
