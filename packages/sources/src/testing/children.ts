import { readdir, readFile } from 'node:fs/promises';

/** The running children of this process whose program has this name (Linux). */
export async function childrenNamed(program: string): Promise<{ pid: number; arguments: string }[]> {
  const found: { pid: number; arguments: string }[] = [];
  for (const thread of await readdir('/proc/self/task')) {
    const pids = (await readFile(`/proc/self/task/${thread}/children`, 'utf8').catch(() => '')).split(' ');
    for (const pid of pids.filter((text) => text !== '')) {
      const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
      if (name.trim() !== program) continue;
      const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      found.push({ pid: Number(pid), arguments: line.replaceAll('\0', ' ') });
    }
  }
  return found;
}
