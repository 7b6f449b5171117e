/** What a backup leaves behind when its process is killed: nothing that is visible, and nothing in the way. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { LocalStorage } from '@octobox/storage';
import { removeLocks } from '../locks/unlock.ts';
import { createTestRepository, noise, restic, treeDifferences } from '../testing/index.ts';
import { type Killed, runAndKill } from '../testing/killed-process.ts';

const KILLS = 20;

it('leaves a valid repository when it is killed at twenty random moments', async (t) => {
  const base = mkdtempSync(join(tmpdir(), 'octobox-killed-'));
  t.after(() => rmSync(base, { recursive: true, force: true }));
  const [source, path] = [join(base, 'source'), join(base, 'repository')];
  mkdirSync(source);
  const { repository } = await createTestRepository(new LocalStorage(path));
  /** Runs a backup of something new and kills it after some milliseconds. */
  const run = (name: string, killAfter?: number): Promise<Killed> => {
    writeFileSync(join(source, `large ${name}`), noise(`large ${name}`, 6_000_000));
    for (let i = 0; i < 20; i++)
      writeFileSync(join(source, `small ${name} ${i}`), noise(`${name} ${i}`, 20_000));
    return runAndKill('backup', [path, source], killAfter);
  };
  const whole = await run('whole');
  assert.equal(whole.code, 0);
  let [finished, shortest] = [1, whole.took];
  for (let kill = 0; kill < KILLS; kill++) {
    // From the acquisition of the lock to about the end; the first run may have met a busier machine.
    const { code, took } = await run(`killed ${kill}`, Math.random() * shortest);
    if (code === 0) {
      finished++;
      shortest = Math.min(shortest, took);
    }
    const snapshots = await Array.fromAsync(repository.snapshots());
    assert.ok(snapshots.length >= finished, 'a finished backup is listed');
    for (const snapshot of snapshots) assert.ok(snapshot.summary, 'no partial snapshot is listed');
  }
  t.diagnostic(`${KILLS + 1 - finished} of ${KILLS} runs were killed before their end`);
  assert.ok(finished < KILLS, 'runs were killed');
  await removeLocks(repository, { all: true });
  await restic(['check', '--read-data'], { repository: path });
  assert.equal((await runAndKill('backup', [path, source])).code, 0);
  const out = join(base, 'out');
  await restic(['restore', 'latest', '--target', out], { repository: path });
  assert.deepEqual(treeDifferences(source, join(out, source)), []);
  await restic(['check', '--read-data'], { repository: path });
});
