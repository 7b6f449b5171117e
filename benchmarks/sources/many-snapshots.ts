/** Makes a repository of many snapshots quickly: in this process, with one opening for all. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { backupFiles, Repository } from '@octobox/repository';
import type { Storage } from '@octobox/storage';

export interface History {
  readonly snapshots: number;
  /** files of the source, and KB of each */
  readonly files: number;
  readonly kilobytes: number;
  /** files that get a new content before each snapshot */
  readonly changes: number;
}

/** When the first snapshot was taken: all of them are older than those that are measured. */
const BEGIN = Date.now() - 2_000 * 3_600_000;

/**
 * Backs up a source that changes a little each time. The storage holds a repository of this password, with the first
 * `from` snapshots of the history; the source is then as it was after them.
 */
export async function writeHistory(
  storage: Storage,
  password: string,
  source: string,
  history: History,
  from = 0,
): Promise<void> {
  const repository = await Repository.open(storage, { password });
  const write = (file: number, version: number): void => {
    const folder = join(source, `folder ${file % 50}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `file ${file}`), content(file, version, history.kilobytes));
  };
  if (from === 0) for (let file = 0; file < history.files; file++) write(file, 0);
  for (let at = from; at < history.snapshots; at++) {
    for (let change = 0; change < history.changes; change++)
      write((at * history.changes + change * 7) % history.files, at + 1);
    await backupFiles(repository, {
      paths: [source],
      host: 'benchmark',
      time: new Date(BEGIN + at * 3_600_000),
      workers: 2,
    });
  }
  await repository.close();
}

/** Half of it compresses away. */
function content(file: number, version: number, kilobytes: number): Buffer {
  const bytes = Buffer.alloc(kilobytes * 1024);
  let state = (file * 65_537 + version * 257 + 1) >>> 0;
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes.writeUInt32LE(state, at);
  }
  return bytes;
}
