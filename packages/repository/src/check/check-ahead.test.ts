import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openStorage, type StoredFile } from '@octobox/storage';
import type { Repository } from '../store/repository.ts';
import { createTestRepository } from '../testing/repository.ts';
import { checkRepository } from './check.ts';
import { CheckAhead } from './check-ahead.ts';
import type { CheckReport } from './check-report.ts';

describe('a check that was begun ahead', () => {
  let folder: string;
  let repository: Repository;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'octobox-ahead-'));
    repository = (await createTestRepository(await openStorage(folder))).repository;
    const saver = repository.saver();
    // Enough for threads.
    for (let blob = 0; blob < 18; blob++) await saver.save('data', randomBytes(1024 * 1024));
    await saver.finish();
  });
  after(() => rm(folder, { recursive: true }));

  const check = async (): Promise<CheckReport> => {
    await using ahead = new CheckAhead();
    await ahead.startThreads(repository.storage);
    await ahead.readIndex(repository, undefined);
    return await checkRepository(repository, { noLock: true, readData: true, ahead });
  };

  /** Changes a byte of the first file of a kind for as long as the work takes. */
  const damaged = async (kind: StoredFile['kind'], work: () => Promise<void>): Promise<void> => {
    const [name = ''] = (await repository.listFiles(kind)).keys();
    const path = (await repository.storage.inlet?.({ kind, name }))?.path ?? '';
    const sound = await readFile(path);
    const changed = Buffer.from(sound);
    changed[100] = (changed[100] ?? 0) ^ 1;
    await chmod(path, 0o600);
    await writeFile(path, changed);
    await work().finally(() => writeFile(path, sound));
  };

  it('says the same as one that was not', async () => {
    assert.deepEqual(await check(), await checkRepository(repository, { noLock: true, readData: true }));
  });

  for (const kind of ['data', 'index'] as const)
    it(`finds what is wrong with a file of ${kind}`, async () => {
      await damaged(kind, async () => {
        const report = await check();
        assert.ok(report.errorCount > 0);
        assert.deepEqual(report, await checkRepository(repository, { noLock: true, readData: true }));
      });
    });

  it('ends its threads when nobody takes them', async () => {
    await using ahead = new CheckAhead();
    await ahead.startThreads(repository.storage);
  });
});
