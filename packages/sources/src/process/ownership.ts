import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Names the process that a folder belongs to, so that a later one can tell what nobody needs any more. */
const ownerFile = 'owner.json';

/** When a process started, in the kernel's clock ticks: together with its id it is never given out twice. */
async function startOf(pid: number): Promise<string | undefined> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // proc(5): the name in parentheses may hold anything; the start time is the 20th field after it.
  return line?.slice(line.lastIndexOf(')') + 2).split(' ')[19];
}

export async function claimFolder(folder: string): Promise<void> {
  const owner = { pid: process.pid, started: await startOf(process.pid) };
  await writeFile(join(folder, ownerFile), JSON.stringify(owner), { mode: 0o600 });
}

/** True only when the folder was claimed and its owner is known to be gone. */
export async function isAbandoned(folder: string): Promise<boolean> {
  const text = await readFile(join(folder, ownerFile), 'utf8').catch(() => undefined);
  // Without a start time (no /proc) nothing is known.
  const [, pid, started] = /^\{"pid":(\d+),"started":"(\d+)"\}$/.exec(text ?? '') ?? [];
  if (pid === undefined || started === undefined) return false;
  return (await startOf(Number(pid))) !== started;
}
