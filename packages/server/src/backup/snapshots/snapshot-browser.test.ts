import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Repository } from '@octobox/repository';
import { backupFiles } from '@octobox/repository/backup';
import { applyPrune, planPrune } from '@octobox/repository/prune';
import { createTestRepository, noise, TEST_PASSWORD } from '@octobox/repository/testing';
import {
  type FileKind,
  type ListedFile,
  MemoryStorage,
  type StorageOptions,
  type StoredFile,
} from '@octobox/storage';
import { nameMatcher } from './name-matcher.ts';
import { SnapshotBrowser } from './snapshot-browser.ts';

/** Takes its time, ends when it is told to, and writes down what is done with locks and when it is closed. */
class ObservedStorage extends MemoryStorage {
  readonly seen: string[] = [];

  override async *list(kind: FileKind, options: StorageOptions = {}): AsyncIterable<ListedFile> {
    await setImmediate();
    yield* super.list(kind, options);
  }

  override async remove(file: StoredFile, options: StorageOptions = {}): Promise<void> {
    await super.remove(file, options);
    if (file.kind === 'lock') this.seen.push('unlocked');
  }

  override async close(): Promise<void> {
    this.seen.push('closed');
  }
}

async function stage() {
  const folder = await mkdtemp(join(tmpdir(), 'octobox-browser-'));
  const storage = new ObservedStorage('test');
  const { repository } = await createTestRepository(storage);
  const browser = new SnapshotBrowser({ open: () => Repository.open(storage, { password: TEST_PASSWORD }) });
  return {
    ...{ browser, repository, storage },
    path: (name: string) => Buffer.from(join(folder, name)),
    write: async (name: string, size: number) => {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), noise(name, size));
    },
    remove: (name: string) => rm(join(folder, name)),
    backup: async (): Promise<string> => {
      const { snapshot } = await backupFiles(repository, { paths: [folder], host: 'here', workers: 0 });
      return snapshot?.id ?? assert.fail('nothing was backed up');
    },
    locks: async () => (await repository.listFiles('lock')).size,
    async [Symbol.asyncDispose]() {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const never = new AbortController().signal;
const patient = { opening: never, reading: never };

describe('what is read of a snapshot for long', () => {
  it('stays locked when the time is over in which it was to be opened, and is not when it has ended', async (t) => {
    await using s = await stage();
    await s.write('page', 1_000);
    const id = await s.backup();
    const opening = new AbortController();
    const lasting = { ...patient, opening: opening.signal };
    const file = await s.browser.file(id, s.path('page'), lasting);
    const archive = await s.browser.archive(id, s.path(''), lasting);
    assert.equal(await s.locks(), 2);
    t.mock.timers.enable({ apis: ['setTimeout'] });
    opening.abort();
    t.mock.timers.tick(60_000);
    t.mock.timers.reset();
    for (const stream of [file, archive]) {
      assert.ok(Buffer.concat(await Array.fromAsync(stream.read())).includes(noise('page', 1_000)));
      await stream[Symbol.asyncDispose]();
    }
    assert.equal(await s.locks(), 0);
  });

  it('gives its lock back before the repository is closed', async () => {
    await using s = await stage();
    await s.write('page', 1_000);
    const archive = await s.browser.archive(await s.backup(), s.path(''), patient);
    s.storage.seen.length = 0;
    await s.browser.close();
    await archive[Symbol.asyncDispose]();
    assert.deepEqual(s.storage.seen, ['unlocked', 'closed']);
  });

  it('is whole although the space of others was freed since somebody looked around', async () => {
    await using s = await stage();
    await s.write('page', 50_000);
    await s.write('other', 50_000);
    const old = await s.backup();
    await s.remove('other');
    const id = await s.backup();
    await s.browser.folder(id, { path: s.path(''), limit: 10, signal: never });
    await s.storage.remove({ kind: 'snapshot', name: old });
    await applyPrune(s.repository, await planPrune(s.repository, { maxUnused: 0 }));
    for (const open of ['file', 'archive'] as const) {
      await using stream = await s.browser[open](id, s.path(open === 'file' ? 'page' : ''), patient);
      assert.ok(Buffer.concat(await Array.fromAsync(stream.read())).includes(noise('page', 50_000)), open);
    }
    assert.equal(await s.locks(), 0);
  });

  it('hinders nobody who looks around, nor does who leaves in the middle', async () => {
    await using s = await stage();
    await s.write('page', 1_000);
    const id = await s.backup();
    const reading = new AbortController();
    const archive = await s.browser.archive(id, s.path(''), { ...patient, reading: reading.signal });
    const begun = archive.read()[Symbol.asyncIterator]().next();
    const look = () =>
      s.browser.search(id, { path: s.path(''), limit: 9, signal: never, matches: nameMatcher('*') });
    assert.equal((await look()).entries.length, 1);
    reading.abort();
    await begun.catch(() => {});
    await archive[Symbol.asyncDispose]();
    assert.equal((await look()).entries.length, 1);
  });
});

describe('a search', () => {
  it('finds the same, whatever was looked for before and in which snapshot', async () => {
    await using s = await stage();
    for (let n = 0; n < 20; n++) await s.write(`folder-${n}/page`, 10);
    const first = await s.backup();
    await s.write('folder-7/new', 10);
    const second = await s.backup();
    const search = async (id: string, name: string, limit: number) => {
      const found: string[] = [];
      for (let after: Buffer | undefined; ; ) {
        const page = await s.browser.search(id, {
          ...{ path: s.path(''), limit, after, signal: never },
          matches: nameMatcher(name),
        });
        found.push(...page.entries.map(({ path }) => path.toString()));
        after = page.next;
        if (after === undefined) return found.sort();
      }
    };
    const pages = Array.from({ length: 20 }, (_, n) => s.path(`folder-${n}/page`).toString()).sort();
    for (const limit of [100, 1, 100]) {
      assert.deepEqual(await search(first, 'new', limit), []);
      assert.deepEqual(await search(second, 'new', limit), [s.path('folder-7/new').toString()]);
      for (const id of [first, second]) assert.deepEqual(await search(id, 'page', limit), pages);
    }
  });
});
