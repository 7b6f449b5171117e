/** A process that is killed while it stores blobs leaves a valid repository, whatever it was doing. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { LocalStorage } from '@octobox/storage';
import { LockedError } from '../errors.ts';
import { acquireLock } from '../locks/lock.ts';
import { removeLocks } from '../locks/unlock.ts';
import { createTestRepository, TEST_PASSWORD } from '../testing/repository.ts';
import { restic } from '../testing/restic.ts';
import { readBlobs, readPackHeader } from './packs/pack-reader.ts';
import { Repository } from './repository.ts';

const module = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);

/** Stores blobs for ever, with small packs so that every stage is met often; tells when it has begun. */
const WRITER = `
  import { randomBytes } from 'node:crypto';
  import { LocalStorage } from '@octobox/storage';
  import { acquireLock } from ${module('../locks/lock.ts')};
  import { Repository } from ${module('./repository.ts')};
  const repository = await Repository.open(new LocalStorage(process.argv[1]), { password: ${JSON.stringify(TEST_PASSWORD)} });
  await using lock = await acquireLock(repository, { kind: 'shared', timing: { settle: 1 } });
  console.log('begun');
  for (;;) {
    await repository.loadIndex();
    const saver = repository.saver({ packSize: 50_000 });
    for (let n = 0; n < 40; n++) await saver.save(n % 5 === 0 ? 'tree' : 'data', randomBytes(3000));
    await saver.finish();
  }`;

describe('a killed writer', { timeout: 120_000 }, () => {
  let location: string;
  before(async () => {
    location = await mkdtemp(join(tmpdir(), 'octobox-killed-'));
    await createTestRepository(new LocalStorage(location));
  });
  after(() => rm(location, { recursive: true, force: true }));

  async function killAfter(milliseconds: number): Promise<void> {
    const child = spawn(process.execPath, ['--input-type=module', '-e', WRITER, location], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  it('leaves whole packs, whole indexes and its lock; the next writer goes on', async () => {
    // Different moments on purpose; each is a new random point of the writer's round.
    for (const milliseconds of [0, 20, 60, 110, 170]) {
      await killAfter(milliseconds);
      const repository = await Repository.open(new LocalStorage(location), { password: TEST_PASSWORD });
      await assert.rejects(
        acquireLock(repository, { kind: 'exclusive', timing: { settle: 1 } }),
        LockedError,
      );
      assert.deepEqual(await removeLocks(repository, { all: false }), { removed: 1 });
      await using _lock = await acquireLock(repository, { kind: 'exclusive', timing: { settle: 1 } });
      const index = await repository.loadIndex();
      const packs = await repository.listFiles('data');
      for (let entry = 0; entry < index.entryCount; entry++) {
        assert.ok(packs.has(index.locationAt(entry).pack), 'an index names only packs that are there');
      }
      for (const [pack, size] of packs) {
        const blobs = await readPackHeader(repository, pack, size);
        for await (const { error } of readBlobs(repository, pack, blobs)) assert.equal(error, undefined);
      }
      const saver = repository.saver();
      await saver.save('data', Buffer.from(`after ${milliseconds}`));
      await saver.finish();
      assert.deepEqual(await readdir(join(location, 'tmp')), [], 'what it had not finished is gone');
    }
    const { stdout } = await restic(['check', '--read-data'], { repository: location });
    assert.match(stdout, /no errors were found/);
  });
});
