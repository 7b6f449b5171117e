/** Brings the machine to the same state before each command that could pay for what others did before it. */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const longestWait = 300_000;
/** MB that a machine always has to write back. */
const alwaysDirty = 16;

/** Everything written so far lies on the disk, and nothing is on its way there. */
export async function waitForDisk(): Promise<void> {
  spawnSync('sync');
  const end = performance.now() + longestWait;
  for (let calm = 0; calm < 3 && performance.now() < end; ) {
    await setTimeout(1000);
    calm = megabytesToWrite(readFileSync('/proc/meminfo', 'latin1')) <= alwaysDirty ? calm + 1 : 0;
  }
}

/** Of what Linux says in /proc/meminfo. */
export function megabytesToWrite(meminfo: string): number {
  const kilobytes = [...meminfo.matchAll(/^(?:Dirty|Writeback):\s*(\d+) kB$/gm)].map(([, count]) =>
    Number(count),
  );
  return kilobytes.reduce((sum, count) => sum + count, 0) / 1024;
}

/** Gives back the memory that files of others take as a cache; only root may. Call it when all is written. */
export function dropCaches(): void {
  try {
    writeFileSync('/proc/sys/vm/drop_caches', '3');
  } catch (error) {
    console.log(`caches are left as they are: ${error instanceof Error ? error.message : error}`);
  }
}

/** Every file below the folder is in the page cache, and what its folders hold too. */
export function warmUp(folder: string): void {
  const buffer = Buffer.allocUnsafe(1024 * 1024);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = openSync(join(entry.parentPath, entry.name), 'r');
    while (readSync(file, buffer, 0, buffer.length, null) > 0);
    closeSync(file);
  }
}
