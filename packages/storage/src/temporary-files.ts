/**
 * Names of unfinished files, and the removal of those whose writer was killed.
 *
 * A name is `<owner>-<pid>-<random>`: the owner stands for this boot of this machine and this process
 * namespace, so that within it a process id says exactly whether the writer still lives. Files of other
 * owners (another host on the same share, an earlier boot) are removed when untouched for a day.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { lstat, opendir, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

const NAME = /^([0-9a-f]{16})-([0-9]+)-[0-9a-f]{16}$/;
/** A day on purpose: a slow writer on another host must never lose its file. */
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;

let owner: string | undefined;

function thisOwner(): string {
  owner ??= createHash('sha256').update(bootAndNamespace()).digest('hex').slice(0, 16);
  return owner;
}

function bootAndNamespace(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1')} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

export const temporaryName = (): string => `${thisOwner()}-${process.pid}-${randomBytes(8).toString('hex')}`;

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/**
 * Removes what killed writers left in `folder`. Never rejects: leftovers only cost space, they are in no
 * listing, and the next writer tries again.
 */
export async function sweepAbandoned(folder: string): Promise<void> {
  try {
    for await (const entry of await opendir(folder)) {
      const path = join(folder, entry.name);
      if (await isAbandoned(path, entry.name)) await unlink(path).catch(() => {});
    }
  } catch {
    // No such folder yet, or one that cannot be read: the write that follows reports what matters.
  }
}

async function isAbandoned(path: string, name: string): Promise<boolean> {
  return isLeftover(name, async () => (await lstat(path)).mtimeMs);
}

/** Whether the writer of an unfinished file of this name is gone; `changedAt` is asked for foreign ones only. */
export async function isLeftover(name: string, changedAt: () => Promise<number>): Promise<boolean> {
  const parts = NAME.exec(name);
  if (parts === null) return false;
  if (parts[1] === thisOwner()) return !lives(Number(parts[2]));
  return Date.now() - (await changedAt()) > ABANDONED_AFTER_MS;
}
