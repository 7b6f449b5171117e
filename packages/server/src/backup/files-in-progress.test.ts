import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { openPlatform } from '../open-platform.ts';
import { configFrom, type JobProgress, silentLog } from '../platform/index.ts';

it('a backup and a drill of empty files show how far they are', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'octobox-platform-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const site = join(folder, 'site');
  await mkdir(site);
  for (const name of ['one', 'two', 'three']) await writeFile(join(site, name), '');
  const config = configFrom({
    env: {},
    dataFolder: join(folder, 'data'),
    file: { path: join(folder, 'octobox.yaml'), text: 'listen: 127.0.0.1:0\n' },
  });
  await using platform = await openPlatform(config, { log: silentLog });
  await platform.repository.init();
  await platform.catalog.addService({ name: 'Web shop', criticality: 'critical' });
  const { id } = await platform.catalog.addSource({
    serviceId: 'web-shop',
    kind: 'files',
    name: 'Shop files',
    location: site,
    schedule: 'every 1h',
  });
  const told: JobProgress[] = [];
  const lastOf = (wanted: string): JobProgress | undefined => told.findLast(({ step }) => step === wanted);
  platform.events.on('run.progress', ({ progress }) => told.push(progress));
  platform.events.on('drill.progress', ({ progress }) => told.push(progress));

  assert.equal((await platform.runNow.backup(id)).state, 'succeeded');
  assert.deepEqual(lastOf('storing'), { step: 'storing', done: 0, unit: 'bytes', files: 3 });

  assert.equal((await platform.runNow.drill(id)).state, 'passed');
  assert.deepEqual(lastOf('restoring files'), {
    step: 'restoring files',
    done: 0,
    total: 0,
    unit: 'bytes',
    files: 3,
    filesTotal: 3,
  });
});
