import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { startRestServer } from '@octobox/storage/testing';
import { openPlatform } from '../open-platform.ts';
import { configFrom, silentLog } from '../platform/index.ts';

it('runs keep what they asked of a remote place, whatever came of them, and nothing of a disk', async () => {
  await using there = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'octobox-run-storage-'));
  there.defer(() => rm(folder, { recursive: true, force: true }));
  const rest = await startRestServer();
  there.defer(() => rest.stop());
  await mkdir(join(folder, 'site'));
  await writeFile(join(folder, 'site', 'page'), 'x'.repeat(50_000));

  const open = async (name: string, location: string) => {
    const text = `listen: 127.0.0.1:0\nrepository: { location: "${location}", layers: none }\n`;
    const config = configFrom({
      env: {},
      dataFolder: join(folder, name),
      file: { path: join(folder, 'octobox.yaml'), text },
    });
    const platform = await openPlatform(config, { log: silentLog });
    there.defer(() => platform.stop());
    await platform.repository.init();
    await platform.catalog.addService({ name: 'Site', criticality: 'low' });
    const place = { location: join(folder, 'site'), schedule: 'every 1h' };
    await platform.catalog.addSource({ serviceId: 'site', kind: 'files', name: 'Pages', ...place });
    return platform;
  };

  const near = await open('near', join(folder, 'repository'));
  assert.equal((await near.runNow.backup('Pages')).storage, undefined);

  const far = await open('far', `rest:${rest.url}`);
  const { id } = await far.runNow.backup('Pages');
  const [run] = await far.runs.list({ limit: 1 });
  assert.equal(run?.id, id);
  assert.ok((run.storage?.requests.write ?? 0) >= 4, 'packs, index, snapshot, lock');
  assert.ok((run.storage?.bytesUp ?? 0) > 500 && (run.storage?.requestSeconds ?? 0) > 0);
  // What the second one asks is counted anew.
  const again = await far.runNow.backup('Pages');
  assert.ok((again.storage?.requests.write ?? 0) <= (run.storage?.requests.write ?? 0));

  await rm(join(rest.folder, 'config'));
  await far.runNow.backup('Pages').catch(() => undefined);
  const [last] = await far.runs.list({ limit: 1 });
  assert.equal(last?.state, 'failed');
  assert.ok((last.storage?.requests.stat ?? last.storage?.requests.read ?? 0) > 0);
});
