import { readdir, readFile, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAbandoned } from '../../process/ownership.ts';

export const clusterPrefix = 'octobox-pg-';

/**
 * Removes the clusters that processes left behind which were killed. Their servers are gone with them
 * where `setpriv` is; elsewhere they are ended here, and only when they really run in that folder.
 */
export async function removeAbandonedClusters(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const folder = join(parent, name);
    if (!name.startsWith(clusterPrefix) || !(await isAbandoned(folder))) continue;
    if (await endServer(join(folder, 'data')))
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** False when a server still runs there. */
async function endServer(data: string): Promise<boolean> {
  const content = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(content, 10);
  if (!(pid > 1)) return true;
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const runsIn = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
    if (runsIn !== data) return true;
    if (attempt === 0) process.kill(pid, 'SIGQUIT');
    await delay(100);
  }
  return false;
}
