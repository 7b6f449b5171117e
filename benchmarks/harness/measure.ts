/** Runs a command and measures it with the kernel's own accounting, through Debian's `time` package. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Measurement {
  /** seconds */
  readonly wall: number;
  /** user and system seconds of the process and of every process that it waited for */
  readonly cpu: number;
  /** MB (10^6 bytes), of the largest process */
  readonly memory: number;
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** A shell command whose output becomes the standard input; its own time is in `wall` only. */
  readonly input?: string | undefined;
  readonly folder?: string | undefined;
}

const TIME = '/usr/bin/time';

/** Throws with the end of its output when the command fails. */
export async function measure(command: Command): Promise<Measurement> {
  if (!existsSync(TIME))
    throw new Error(`${TIME} is missing: on Debian, apt-get install time, then run this again`);
  const folder = mkdtempSync(join(tmpdir(), 'octobox-measure-'));
  const report = join(folder, 'time');
  const timed = [TIME, '-q', '-f', '%U %S %M', '-o', report, command.program, ...command.args];
  // The command to measure must be known by its exit code, so that the one before the pipe tells by a file.
  const failed = join(folder, 'input-failed');
  const line = command.input === undefined ? '"$@"' : `{ ${command.input} || : >'${failed}'; } | "$@"`;
  try {
    // Nobody pays for what the one before left to be written.
    spawnSync('sync');
    const begin = performance.now();
    const child = spawn('/bin/sh', ['-c', line, 'sh', ...timed], {
      env: { PATH: process.env.PATH ?? '', HOME: folder, LC_ALL: 'C', ...command.environment },
      cwd: command.folder ?? folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (bytes: Buffer) => {
        output = (output + bytes.toString()).slice(-4000);
      });
    const [code] = await once(child, 'close');
    const wall = (performance.now() - begin) / 1000;
    if (code !== 0 || existsSync(failed))
      throw new Error(
        `${command.program} ${command.args.join(' ')} ended with ${code}${existsSync(failed) ? ', its input failed' : ''}:\n${output}`,
      );
    const [user, system, kilobytes] = readFileSync(report, 'latin1').trim().split(' ').map(Number);
    return {
      wall,
      cpu: (user ?? Number.NaN) + (system ?? Number.NaN),
      memory: ((kilobytes ?? Number.NaN) * 1024) / 1e6,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
