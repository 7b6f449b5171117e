import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { checkRepository } from '@octobox/repository';
import type { MirrorRun } from './offsite/index.ts';
import { openPlatform, type Platform } from './open-platform.ts';
import { configFrom, type DatabaseSettings, silentLog } from './platform/index.ts';
import { onEachDatabase } from './testing/temporary-database.ts';

onEachDatabase((databases) => {
  describe('off-site repositories of the platform', { timeout: 240_000 }, () => {
    let folder: string;
    let database: DatabaseSettings;
    let platform: Platform;

    beforeEach(async () => {
      database = await databases.upToDate();
      folder = await mkdtemp(join(tmpdir(), 'octobox-offsite-'));
      await mkdir(join(folder, 'site'));
      for (let i = 0; i < 5; i++) await writeFile(join(folder, 'site', `${i}`), randomBytes(4_000));
      platform = await open();
      await platform.repository.init();
      await platform.catalog.addService({ name: 'Web shop', criticality: 'critical' });
      await platform.catalog.addSource({
        serviceId: 'web-shop',
        kind: 'files',
        name: 'Shop files',
        location: join(folder, 'site'),
        schedule: 'every 1h',
      });
    });
    afterEach(async () => {
      await platform.stop();
      await rm(folder, { recursive: true });
    });

    const open = (): Promise<Platform> => {
      const text = `listen: 127.0.0.1:0
jobs: { lease: 2s }
repository: { place: "Montréal, Canada" }
offsite:
  paris:
    location: ${join(folder, 'paris')}
    place: Paris, France
    keepDeleted: 30d
`;
      const file = { path: join(folder, 'octobox.yaml'), text };
      const config = configFrom({ env: {}, dataFolder: join(folder, 'data'), file });
      return openPlatform({ ...config, database }, { log: silentLog });
    };

    const promise = async () =>
      (await platform.promises.current()).find(({ kind }) => kind === 'off-site-copy');
    const offSite = async () =>
      (await platform.board.report()).repositories.find(({ role }) => role === 'off-site');

    const mirrored = (): Promise<MirrorRun> =>
      new Promise((resolve) => {
        const stop = platform.events.on('mirror.finished', ({ mirror }) => {
          stop();
          resolve(mirror);
        });
      });

    it('get every backup after it was taken, in layers with keys of their own, and the promise says so', async () => {
      await platform.start({ http: false });
      assert.equal((await promise())?.state, 'unknown');
      assert.equal((await offSite())?.state, 'unknown');
      const ended = mirrored();
      await platform.runNow.backup('Shop files');
      const mirror = await ended;
      assert.equal(mirror.state, 'succeeded', JSON.stringify(mirror.failure));
      assert.equal((await promise())?.state, 'kept');
      const report = await offSite();
      assert.equal(report?.state, 'up-to-date');
      assert.equal(report?.place, 'Paris, France');
      assert.deepEqual(report?.behind, { runs: 0, bytes: 0 });
      const names = await readdir(join(folder, 'paris', 'snapshots'));
      assert.ok(names.length === 1 && names[0]?.endsWith('.bin.age'), names.join());

      const copy = await platform.offSite.open('paris');
      const check = await checkRepository(copy, { readData: true, workers: 0 });
      assert.equal(check.errorCount, 0);
      await copy.close();

      await rename(join(folder, 'data', 'repository'), join(folder, 'lost'));
      const drill = await platform.runNow.drill('Shop files', { from: 'paris' });
      assert.equal(drill.state, 'passed', JSON.stringify(drill.failure));
    });

    it('that cannot be reached are behind, told as failing, and caught up with by hand', async () => {
      await platform.runNow.backup('Shop files');
      assert.equal((await platform.runNow.mirror('paris')).state, 'succeeded');
      await platform.runNow.backup('Shop files');
      assert.deepEqual((await offSite())?.behind?.runs, 1);
      assert.equal((await offSite())?.state, 'behind');
      await rename(join(folder, 'paris'), join(folder, 'unmounted'));
      const failed = await platform.runNow.mirror('paris');
      assert.equal(failed.state, 'failed');
      assert.equal(failed.failure?.code, 'repository.mirror-gone');
      assert.equal((await offSite())?.state, 'failing');
      assert.equal((await promise())?.state, 'at-risk');
      await assert.rejects(readdir(join(folder, 'paris')), 'nothing was begun anew in an empty mount point');
      await rename(join(folder, 'unmounted'), join(folder, 'paris'));
      assert.equal((await platform.runNow.mirror('paris')).state, 'succeeded');
      assert.equal((await promise())?.state, 'kept');
      await assert.rejects(platform.runNow.mirror('rome'), { code: 'server.not-found' });
    });
  });
});
