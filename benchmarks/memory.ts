/**
 * How much memory the command needs: `node benchmarks/memory.ts [large|small|folder|million]…`
 *
 *   large    5 GiB in five files
 *   small    a million files of a few bytes in a thousand folders
 *   folder   300,000 such files in one folder
 *   million  a million such files in one folder
 *
 * Each case is backed up twice (from nothing, then unchanged), checked with all its data, and restored, each by a
 * process of its own into and out of a repository on disk below the system's temporary folder; 16 GiB must be free
 * there. What is measured is the peak of the process's resident memory as Linux counts it (VmHWM), which holds the
 * pages of Node's own binary too. The limit is 400 MB. RESULTS.md keeps what was measured.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const LIMIT_MB = 400;
/** What is used after the last look at a process is not seen: that is less than this. */
const LOOK_EVERY_MS = 20;
/** Linux reports processor time in hundredths of a second, whatever the kernel's own clock. */
const TICKS = 100;

const COMMAND = join(import.meta.dirname, '../packages/cli/src/main.ts');

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
  million(folder) {
    fill(join(folder, 'all'), 1_000_000, 0);
  },
};

function fill(folder: string, files: number, seed: number): void {
  mkdirSync(folder);
  for (let i = 0; i < files; i++) writeFileSync(join(folder, `entry ${i}`), `${seed}:${i}\n`);
}

interface Measurement {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly megabytes: number;
}

/** Runs the command. Throws when it fails. */
async function measure(args: readonly string[], repository: string): Promise<Measurement> {
  const begin = performance.now();
  const child = spawn(process.execPath, [COMMAND, ...args, '--quiet', '-r', repository], {
    env: { ...process.env, RESTIC_PASSWORD: 'benchmark' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = once(child, 'exit');
  const usage = await watch(child);
  const [code] = await exited;
  if (code !== 0) throw new Error(`octobox ${args.join(' ')} ended with ${code}`);
  return { seconds: (performance.now() - begin) / 1000, ...usage };
}

async function watch(child: ChildProcess): Promise<Omit<Measurement, 'seconds'>> {
  let usage = { megabytes: 0, cpuSeconds: 0 };
  while (child.exitCode === null && child.signalCode === null) {
    usage = look(child.pid ?? 0) ?? usage;
    await pause(LOOK_EVERY_MS);
  }
  return usage;
}

/** Undefined when the process has ended. */
function look(pid: number): Omit<Measurement, 'seconds'> | undefined {
  try {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    // The name in brackets may hold anything; behind it the 12th and 13th fields are user and system time.
    const times = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')
      .slice(11, 13);
    if (peak === undefined) return undefined;
    const ticks = times.reduce((sum, time) => sum + Number(time), 0);
    return { megabytes: Math.round((Number(peak) * 1024) / 1e6), cpuSeconds: ticks / TICKS };
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return undefined;
    throw error;
  }
}

async function main(names: readonly string[]): Promise<void> {
  let worst = 0;
  console.log('| case | run | peak memory | wall | processor |\n|---|---|---|---|---|');
  for (const name of names.length > 0 ? names : Object.keys(CASES)) {
    const make = CASES[name];
    if (make === undefined) throw new Error(`no case is called ${name}: ${Object.keys(CASES).join(', ')}`);
    const folder = mkdtempSync(join(tmpdir(), 'octobox-memory-'));
    try {
      const [source, repository] = [join(folder, 'source'), join(folder, 'repository')];
      mkdirSync(source);
      make(source);
      await measure(['init'], repository);
      for (const [run, args] of [
        ['backup, first', ['backup', source]],
        ['backup, unchanged', ['backup', source]],
        ['check --read-data', ['check', '--read-data']],
        ['restore', ['restore', 'latest', '--target', join(folder, 'restored')]],
      ] as const) {
        const { seconds, cpuSeconds, megabytes } = await measure(args, repository);
        worst = Math.max(worst, megabytes);
        console.log(
          `| ${name} | ${run} | ${megabytes} MB | ${seconds.toFixed(1)} s | ${cpuSeconds.toFixed(1)} s |`,
        );
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  console.log(`\nmost: ${worst} MB, limit ${LIMIT_MB} MB`);
  if (worst > LIMIT_MB) process.exitCode = 1;
}

await main(process.argv.slice(2));
