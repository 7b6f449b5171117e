import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from 'pg';
import { startPostgres } from '../../testing/postgres.ts';

const answers = async (connection: ReturnType<Awaited<ReturnType<typeof startPostgres>>['connection']>) => {
  const client = new Client(connection);
  await client.connect();
  const { rows } = await client.query<{ one: number }>('select 1 as one');
  await client.end();
  return rows[0]?.one;
};

test('a private cluster starts, answers with its password only, survives a crash, and leaves nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'octobox-cluster-'));
  try {
    await chmod(folder, 0o755);
    let pid: number | undefined;
    {
      await using cluster = await startPostgres({ folder });
      pid = cluster.pid;
      assert.equal((await readdir(folder)).length, 1);
      assert.equal(await answers(cluster.connection('postgres')), 1);
      await assert.rejects(answers({ ...cluster.connection('postgres'), password: 'wrong' }), /password/);
      assert.ok(!cluster.location('postgres').includes(cluster.password));
      await cluster.stop('immediate');
      assert.equal(cluster.pid, undefined);
      await cluster.start();
      assert.equal(await answers(cluster.connection('postgres')), 1);
    }
    assert.ok(pid !== undefined);
    await assert.rejects(stat(`/proc/${pid}`), { code: 'ENOENT' });
    assert.deepEqual(await readdir(folder), []);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('a port that is taken is an error with the reason of the server, and leaves nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'octobox-cluster-'));
  try {
    await chmod(folder, 0o755);
    await using first = await startPostgres();
    await assert.rejects(startPostgres({ folder, port: first.port }), {
      code: 'source.process-failed',
      message: /could not bind/,
    });
    assert.deepEqual(await readdir(folder), []);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('an abort while the cluster is made stops it and leaves nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'octobox-cluster-'));
  try {
    await chmod(folder, 0o755);
    const abort = new AbortController();
    const made = startPostgres({ folder, signal: abort.signal });
    setTimeout(() => abort.abort(new Error('enough')), 300);
    await assert.rejects(made, /enough/);
    assert.deepEqual(await readdir(folder), []);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
