import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readlink } from 'node:fs/promises';
import { test } from 'node:test';
import { startPostgres } from '../../testing/postgres.ts';
import { TemporaryFolder } from '../../testing/temporary-folder.ts';

test('a process that is killed leaves no server running, and the next cluster removes its files', async () => {
  await using folder = await TemporaryFolder.create();
  const module = new URL('./cluster.ts', import.meta.url).href;
  const script = `const { Cluster } = await import(${JSON.stringify(module)});
    const cluster = await Cluster.create({ folder: ${JSON.stringify(folder.path)} });
    console.log(cluster.pid); setInterval(() => {}, 60_000);`;
  const other = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(other.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  other.kill('SIGKILL');
  await once(other, 'close');
  const [left] = await readdir(folder.path);
  {
    await using cluster = await startPostgres({ folder: folder.path });
    const names = await readdir(folder.path);
    assert.equal(names.length, 1);
    assert.ok(left !== undefined && !names.includes(left));
    assert.ok(cluster.pid !== undefined);
    // Who reaps an orphan may take its time; what has no folder any more does not run.
    await assert.rejects(readlink(`/proc/${pid}/cwd`), { code: 'ENOENT' });
    // One that is in use is nobody's to remove.
    await using second = await startPostgres({ folder: folder.path });
    assert.ok(second.pid !== undefined && cluster.pid !== undefined);
    assert.equal((await readdir(folder.path)).length, 2);
  }
  assert.deepEqual(await readdir(folder.path), []);
});
