/**
 * A model of a repository: a map of snapshots to the files that they hold. A step says what it may change before it
 * begins; wherever the power went, each snapshot must be one that was there or one that may have come, and whole.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { LocalStorage, type StoredFile } from '@octobox/storage';
import { generator } from '@octobox/storage/testing';
import { checkRepository } from '../check/check.ts';
import type { CheckReport } from '../check/check-report.ts';
import { Repository } from '../store/repository.ts';
import { CrashingStorage, copyRepository } from '../testing/crashing-storage.ts';
import { noise } from '../testing/fixture-tree.ts';
import { createTestRepository, TEST_PASSWORD } from '../testing/repository.ts';
import { Elsewhere } from './elsewhere.ts';
import { assertSound, isPowerLoss } from './soundness.ts';

/** Seeds of contents by file name; nothing is left of the content of `LOST`. */
export type Files = ReadonlyMap<string, string>;
export const LOST = '';

export interface Change {
  /** The files of snapshots that may appear. */
  readonly come: readonly Files[];
  /** Snapshots that may be gone. */
  readonly go: ReadonlySet<string>;
  /** What is there, by its files, when a snapshot is gone. */
  readonly instead?: ReadonlyMap<string, Files>;
}
const NOTHING: Change = { come: [], go: new Set() };

export function contentOf(seed: string): Buffer {
  if (seed === LOST) return Buffer.alloc(0);
  return noise(seed, 100 + ((seed.length * 7919 + seed.charCodeAt(seed.length - 1) * 131) % 1500));
}

export class Model {
  readonly random: (bound: number) => number;
  storage = new CrashingStorage('model');
  repository!: Repository;
  snapshots = new Map<string, Files>();
  /** What the step under way may change. */
  change: Change = NOTHING;
  /** What must be done after the power went, before the repository can be looked at. */
  afterCrash: (() => Promise<void>) | undefined;
  readonly elsewhere = new Elsewhere();
  readonly #blobs = new Map<string, string>();
  #keys: Repository['keys'] | undefined;
  #seeds = 0;

  constructor(seed: number) {
    this.random = generator(seed);
  }

  async start(): Promise<void> {
    this.repository = (await createTestRepository(this.storage)).repository;
    this.#keys = this.repository.keys;
    await this.elsewhere.start();
  }

  pick<T>(list: readonly T[]): T {
    return list[this.random(list.length)] as T;
  }

  oneIn(count: number): boolean {
    return this.random(count) === 0;
  }

  /** Files as some snapshot has them, and a few changes. */
  changedFiles(): Files {
    const files = new Map(this.snapshots.size === 0 ? [] : this.pick([...this.snapshots.values()]));
    for (let changes = 1 + this.random(4); changes > 0; changes--) {
      const name = `file${this.random(12)}`;
      if (this.oneIn(4)) files.delete(name);
      else files.set(name, `content ${this.oneIn(3) ? this.random(30) : 100 + this.#seeds++}`);
    }
    return files;
  }

  /** Carries out a step; gives whether the power went meanwhile. */
  async run(step: (model: Model) => Promise<void>): Promise<'done' | 'power lost'> {
    if (this.oneIn(5)) this.losePowerSoon();
    this.change = NOTHING;
    this.afterCrash = undefined;
    try {
      await step(this);
      return 'done';
    } catch (error) {
      if (!isPowerLoss(error)) throw error;
      await this.reopen();
      await (this.afterCrash as (() => Promise<void>) | undefined)?.();
      await this.learn();
      return 'power lost';
    } finally {
      this.storage.recover();
    }
  }

  losePowerSoon(): void {
    this.storage.crashAfter(this.random(8), this.oneIn(2));
  }

  async reopen(): Promise<void> {
    this.storage.recover();
    this.repository = await this.#opened();
    await this.repository.loadIndex();
  }

  /** A step that went on in another process, on a copy in a folder. */
  async takeOver(folder: string): Promise<void> {
    this.storage = new CrashingStorage('model');
    await copyRepository(new LocalStorage(folder), this.storage);
    await this.reopen();
  }

  /** What is there must be what the step may have left. */
  async learn(): Promise<void> {
    const { come, go, instead } = this.change;
    const present = await this.present();
    for (const id of this.snapshots.keys())
      assert.ok(present.includes(id) || go.has(id), `snapshot ${id} is gone`);
    const learned = new Map<string, Files>();
    for (const id of present) {
      const files = this.snapshots.get(id) ?? (await this.#oneOf(come, id));
      assert.ok(files !== undefined, `snapshot ${id} is of no step`);
      learned.set(id, files);
    }
    const there = new Set([...learned.values()].map(textOf));
    for (const [id, files] of instead ?? [])
      assert.ok(learned.has(id) || there.has(textOf(files)), `nothing took the place of ${id}`);
    this.snapshots = learned;
  }

  async #oneOf(candidates: readonly Files[], id: string): Promise<Files | undefined> {
    const found = await this.#stored(id);
    return candidates.find((files) => isSame(found, this.#named(files)));
  }

  async present(): Promise<string[]> {
    return [...(await this.repository.listFiles('snapshot')).keys()];
  }

  async put({ kind, name }: StoredFile, bytes: Uint8Array): Promise<void> {
    const writer = await this.storage.writer(kind);
    await writer.append(bytes);
    await writer.commit(name);
  }

  async check(): Promise<CheckReport> {
    return await checkRepository(await this.#opened(), { noLock: true, readData: true, workers: 0 });
  }

  async #opened(): Promise<Repository> {
    return await Repository.open(this.storage, { password: TEST_PASSWORD, keys: this.#keys });
  }

  /** Every snapshot of the model is there and holds its files, no other is, and no error is found. */
  async verify(): Promise<void> {
    await this.repository.loadIndex();
    assert.deepEqual((await this.present()).sort(), [...this.snapshots.keys()].sort());
    for (const [id, files] of this.snapshots) {
      assert.deepEqual(await this.#stored(id), this.#named(files), `the files of ${id}`);
    }
    if (this.snapshots.size > 0) await this.#read(...this.pick([...this.snapshots]));
    assertSound(await this.check());
  }

  /** What check proves of all, once more by the way that a restore takes. */
  async #read(id: string, files: Files): Promise<void> {
    const stored = await this.#stored(id);
    for (const [name, blob] of stored) {
      if (blob === '') continue;
      const bytes = await this.repository.loadBlob('data', Buffer.from(blob, 'hex'));
      assert.ok(bytes.equals(contentOf(files.get(name) ?? LOST)), `${id} ${name}`);
    }
  }

  async #stored(id: string): Promise<Map<string, string>> {
    const { tree } = await this.repository.readSnapshot(id);
    return await this.#blobsBelow(Buffer.from(tree, 'hex'));
  }

  async #blobsBelow(tree: Buffer): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (const node of await this.repository.loadTree(tree)) {
      if (node.subtree !== undefined)
        for (const [name, blob] of await this.#blobsBelow(node.subtree)) found.set(name, blob);
      else found.set(node.name.toString(), Buffer.concat(node.content ?? []).toString('hex'));
    }
    return sorted(found);
  }

  #named(files: Files): Map<string, string> {
    return sorted(new Map([...files].map(([name, seed]) => [name, this.#blobOf(seed)])));
  }

  #blobOf(seed: string): string {
    if (seed === LOST) return '';
    let id = this.#blobs.get(seed);
    if (id === undefined) {
      id = createHash('sha256').update(contentOf(seed)).digest('hex');
      this.#blobs.set(seed, id);
    }
    return id;
  }
}

export const textOf = (files: Files): string => JSON.stringify([...files].sort());

const sorted = (files: Map<string, string>): Map<string, string> =>
  new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));

const isSame = (a: Map<string, string>, b: Map<string, string>): boolean =>
  a.size === b.size && [...a].every(([name, blob]) => b.get(name) === blob);
