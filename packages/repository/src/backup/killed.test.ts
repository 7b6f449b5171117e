/** What a backup leaves behind when its process is killed: nothing that is visible, and nothing in the way. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { LocalStorage } from '@octobox/storage';
import { removeLocks } from '../locks/unlock.ts';
import { Repository } from '../store/repository.ts';
import { createTestRepository, noise, restic, TEST_PASSWORD, treeDifferences } from '../testing/index.ts';
import { backupFiles } from './files.ts';

const KILLS = 20;

async function backUp(source: string, path: string): Promise<void> {
  const repository = await Repository.open(new LocalStorage(path), { password: TEST_PASSWORD });
  process.send?.('open');
  await backupFiles(repository, { paths: [source], host: 'test' });
  await repository.close();
}

const [role, sourceArgument, pathArgument] = process.argv.slice(2);
if (role === 'back-up') {
  await backUp(sourceArgument ?? '', pathArgument ?? '');
  process.disconnect?.();
} else {
  it('leaves a valid repository when it is killed at twenty random moments', async (t) => {
    const base = mkdtempSync(join(tmpdir(), 'octobox-killed-'));
    t.after(() => rmSync(base, { recursive: true, force: true }));
    const [source, path] = [join(base, 'source'), join(base, 'repository')];
    mkdirSync(source);
    const { repository } = await createTestRepository(new LocalStorage(path));
    /** Runs a backup of something new and kills it after some milliseconds; gives how long it ran, and its end. */
    const run = async (
      name: string,
      killAfter?: number,
    ): Promise<{ lasted: number; code: number | null }> => {
      writeFileSync(join(source, `large ${name}`), noise(`large ${name}`, 6_000_000));
      for (let i = 0; i < 20; i++)
        writeFileSync(join(source, `small ${name} ${i}`), noise(`${name} ${i}`, 20_000));
      const child = fork(import.meta.filename, ['back-up', source, path], { execArgv: [] });
      await once(child, 'message');
      const begin = performance.now();
      const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
      const [code] = await once(child, 'exit');
      clearTimeout(timer);
      return { lasted: performance.now() - begin, code };
    };
    const whole = await run('whole');
    assert.equal(whole.code, 0);
    let [finished, shortest] = [1, whole.lasted];
    for (let kill = 0; kill < KILLS; kill++) {
      // From the acquisition of the lock to about the end; the first run may have met a busier machine.
      const { code, lasted } = await run(`killed ${kill}`, Math.random() * shortest);
      if (code === 0) {
        finished++;
        shortest = Math.min(shortest, lasted);
      }
      const snapshots = await Array.fromAsync(repository.snapshots());
      assert.ok(snapshots.length >= finished, 'a finished backup is listed');
      for (const snapshot of snapshots) assert.ok(snapshot.summary, 'no partial snapshot is listed');
    }
    t.diagnostic(`${KILLS + 1 - finished} of ${KILLS} runs were killed before their end`);
    assert.ok(finished < KILLS, 'runs were killed');
    await removeLocks(repository, { all: true });
    await restic(['check', '--read-data'], { repository: path });
    await backUp(source, path);
    const out = join(base, 'out');
    await restic(['restore', 'latest', '--target', out], { repository: path });
    assert.deepEqual(treeDifferences(source, join(out, source)), []);
    await restic(['check', '--read-data'], { repository: path });
  });
}
