import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { listLocks, removeNamedLocks } from '@octobox/repository/locks';
import { openPlatform } from './open-platform.ts';
import { configFrom, silentLog } from './platform/index.ts';
import { onEachDatabase } from './testing/temporary-database.ts';

onEachDatabase((databases) => {
  describe('locks that killed processes left in the repository of the platform', { timeout: 120_000 }, () => {
    it('are removed by the next backup, and those of processes that may live are not', async () => {
      const database = await databases.upToDate();
      const folder = await mkdtemp(join(tmpdir(), 'octobox-abandoned-'));
      await mkdir(join(folder, 'site'));
      await writeFile(join(folder, 'site', 'index.html'), 'shop');
      const config = configFrom({ env: {}, dataFolder: join(folder, 'data'), file: undefined });
      const platform = await openPlatform({ ...config, database }, { log: silentLog });
      try {
        await platform.repository.init();
        const { id: serviceId } = await platform.catalog.addService({ name: 'Shop', criticality: 'high' });
        const source = { serviceId, kind: 'files', name: 'files', location: join(folder, 'site') } as const;
        await platform.catalog.addSource(source);
        const killed = spawn('sleep', ['60']);
        killed.kill('SIGKILL');
        await once(killed, 'exit');
        const repository = await platform.repository.open();
        const left = async (kind: 'shared' | 'exclusive', minutes: number) =>
          await repository.writeUnpacked(
            'lock',
            Buffer.from(
              JSON.stringify({
                time: new Date(Date.now() - minutes * 60_000).toISOString(),
                exclusive: kind === 'exclusive',
                hostname: hostname(),
                username: 'octobox',
                pid: killed.pid,
              }),
            ),
          );
        await left('exclusive', 12);
        await left('shared', 12);
        const recent = await left('shared', 1);
        const run = await platform.runNow.backup('files');
        assert.equal(run.state, 'succeeded', JSON.stringify(run.failure));
        assert.deepEqual(
          (await listLocks(repository)).map(({ id }) => id),
          [recent],
        );
        // One that is too young to be taken away keeps a backup waiting, which says for whom.
        const young = await left('exclusive', 1);
        const waiting = platform.runNow.backup('files');
        const step = async () => (await platform.jobs.list({ kind: 'backup', limit: 1 }))[0]?.progress?.step;
        const told = 'waiting for others to leave the repository';
        for (let tries = 0; tries < 1_000 && (await step()) !== told; tries++) await setTimeout(20);
        await removeNamedLocks(repository, [young]);
        const { state, jobId } = await waiting;
        assert.equal(state, 'succeeded');
        const lines = (await platform.jobs.log(jobId)).map(({ line }) => line);
        const whom = `process ${killed.pid} of octobox on ${hostname()}`;
        const waits = `the repository is locked by ${whom}: waiting.`;
        assert.ok(
          lines.some((line) => line.startsWith(waits)),
          lines.join('\n'),
        );
        await repository.close();
      } finally {
        await platform.stop();
        await rm(folder, { recursive: true, force: true });
      }
    });
  });
});
