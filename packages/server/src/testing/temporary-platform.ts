/** A platform on SQLite that protects one folder; nothing of it is started. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPlatform } from '../open-platform.ts';
import { configFrom, silentLog } from '../platform/index.ts';

/** @param settings lines of octobox.yaml */
export async function temporaryPlatform(settings = '') {
  const folder = await mkdtemp(join(tmpdir(), 'octobox-platform-'));
  const site = join(folder, 'secret-site');
  await mkdir(site);
  const config = configFrom({
    env: {},
    dataFolder: join(folder, 'data'),
    file: { path: join(folder, 'octobox.yaml'), text: `listen: 127.0.0.1:0\n${settings}` },
  });
  const platform = await openPlatform(config, { log: silentLog });
  await platform.repository.init();
  await platform.catalog.addService({ name: 'Web shop', criticality: 'critical' });
  const source = await platform.catalog.addSource({
    serviceId: 'web-shop',
    kind: 'files',
    name: 'Shop files',
    location: site,
    schedule: 'every 1h',
  });
  return {
    ...{ platform, config, source },
    /** What is protected; empty. */
    site,
    async [Symbol.asyncDispose]() {
      await platform.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
