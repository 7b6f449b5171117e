/**
 * How much memory a backup needs: `node benchmarks/memory.ts [large|small|folder]…`
 *
 *   large   5 GiB in five files
 *   small   a million files of a few bytes in a thousand folders
 *   folder  300,000 files in one folder
 *
 * Each case is backed up twice (from nothing, then unchanged), in a process of its own, into a repository on disk below
 * the system's temporary folder; 12 GiB must be free there. The limit is 400 MB of resident memory.
 */
import { fork } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backupFiles, Repository } from '@octobox/repository';
import { LocalStorage } from '@octobox/storage';

const LIMIT_MB = 400;

const CASES: Record<string, (folder: string) => void> = {
  large(folder) {
    const block = Buffer.alloc(16 * 1024 * 1024);
    for (let file = 0; file < 5; file++) {
      const open = openSync(join(folder, `file ${file}`), 'w');
      for (let i = 0; i < 64; i++) writeSync(open, randomFillSync(block));
      closeSync(open);
    }
  },
  small(folder) {
    for (let i = 0; i < 1000; i++) fill(join(folder, `folder ${i}`), 1000, i);
  },
  folder(folder) {
    fill(join(folder, 'all'), 300_000, 0);
  },
};

function fill(folder: string, files: number, seed: number): void {
  mkdirSync(folder);
  for (let i = 0; i < files; i++) writeFileSync(join(folder, `entry ${i}`), `${seed}:${i}\n`);
}

interface Measurement {
  seconds: number;
  cpuSeconds: number;
  megabytes: number;
  files: number;
  bytesStored: number;
}

async function measure(source: string, target: string): Promise<Measurement> {
  const begin = performance.now();
  const storage = new LocalStorage(target);
  const repository = await Repository.open(storage, { password: 'benchmark' });
  const { summary } = await backupFiles(repository, { paths: [source], host: 'benchmark' });
  await repository.close();
  const usage = process.resourceUsage();
  return {
    seconds: (performance.now() - begin) / 1000,
    cpuSeconds: (usage.userCPUTime + usage.systemCPUTime) / 1e6,
    megabytes: Math.round((usage.maxRSS * 1024) / 1e6),
    files: summary.totalFilesProcessed,
    bytesStored: summary.dataAddedPacked,
  };
}

function inOwnProcess(source: string, target: string): Promise<Measurement> {
  return new Promise((resolve, reject) => {
    const child = fork(import.meta.filename, ['measure', source, target]);
    let result: Measurement | undefined;
    child.on('message', (message) => {
      result = message as Measurement;
    });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (result === undefined) reject(new Error(`the measured process ended with ${code}`));
      else resolve(result);
    });
  });
}

async function main(names: string[]): Promise<void> {
  let worst = 0;
  for (const name of names.length > 0 ? names : Object.keys(CASES)) {
    const make = CASES[name];
    if (make === undefined) throw new Error(`no case is called ${name}: ${Object.keys(CASES).join(', ')}`);
    const folder = mkdtempSync(join(tmpdir(), 'octobox-memory-'));
    try {
      const [source, target] = [join(folder, 'source'), join(folder, 'repository')];
      mkdirSync(source);
      make(source);
      await (await Repository.init(new LocalStorage(target), { password: 'benchmark' })).close();
      for (const run of ['first', 'unchanged']) {
        const { seconds, cpuSeconds, megabytes, files, bytesStored } = await inOwnProcess(source, target);
        worst = Math.max(worst, megabytes);
        console.log(
          `${name}, ${run}: ${megabytes} MB, ${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of CPU, ` +
            `${files} files, ${(bytesStored / 1e6).toFixed(1)} MB stored`,
        );
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  console.log(`most: ${worst} MB, limit ${LIMIT_MB} MB`);
  if (worst > LIMIT_MB) process.exitCode = 1;
}

const [first, ...rest] = process.argv.slice(2);
if (first === 'measure') {
  const measured = await measure(rest[0] ?? '', rest[1] ?? '');
  process.send?.(measured);
  process.disconnect?.();
} else {
  await main(process.argv.slice(2));
}
