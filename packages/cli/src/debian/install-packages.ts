import { spawn } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CliError } from '../errors.ts';
import { isOnPath } from './programs.ts';

/**
 * Debian makes a cluster of the system's own, and starts it, when PostgreSQL's server package arrives. Nobody asked
 * for that one, so it is switched off while packages are installed, in the folder that postgresql-common reads.
 */
const settingsFolder = '/etc/postgresql-common/createcluster.d';
const settingsFile = join(settingsFolder, 'octobox.conf');

export interface InstallOptions {
  readonly signal: AbortSignal;
  /** What the user can do when it fails. */
  readonly advice: string;
  readonly onPercent?: (step: string, percent: number) => void;
}

/** Whether this user on this system may install Debian's packages. */
export const canInstallPackages = async (): Promise<boolean> =>
  process.getuid?.() === 0 && (await isOnPath('apt-get')) && (await isOnPath('dpkg'));

/** Installs Debian packages without what they merely recommend; needs root. No server starts. */
export async function installPackages(names: readonly string[], options: InstallOptions): Promise<void> {
  const { onPercent } = options;
  // A list that is there may be old enough to name packages that are gone, so it is always renewed.
  onPercent?.('reading package lists', 0);
  await aptGet(['update'], options);
  await mkdir(settingsFolder, { recursive: true });
  await writeFile(settingsFile, 'create_main_cluster = false\n');
  try {
    await aptGet(['install', '-y', '--no-install-recommends', ...names], options, (percent) =>
      onPercent?.(`installing ${names.join(', ')}`, percent),
    );
  } finally {
    await rm(settingsFile, { force: true });
  }
}

/**
 * Runs apt-get to its end. Its progress comes as lines on a descriptor of its own:
 * `dlstatus:…:percent:text` while it loads and `pmstatus:package:percent:text` while it unpacks.
 */
async function aptGet(
  args: readonly string[],
  { signal, advice }: InstallOptions,
  onPercent?: (percent: number) => void,
): Promise<void> {
  signal.throwIfAborted();
  const child = spawn('apt-get', ['-q', '-o', 'APT::Status-Fd=3', ...args], {
    // Its own group: Ctrl-C reaches it through the signal below and once, so that dpkg can end a step.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' },
  });
  let tail = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      tail = (tail + text).slice(-2_000);
    });
  }
  const status = child.stdio[3];
  if (status !== null && status !== undefined && 'setEncoding' in status) {
    createInterface({ input: status }).on('line', (line) => {
      const percent = Number(line.split(':')[2]);
      if (Number.isFinite(percent)) onPercent?.(percent);
    });
  }
  const interrupt = () => child.kill('SIGINT');
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    signal.throwIfAborted();
    if (code !== 0) {
      const said = tail.trim().split('\n').slice(-3).join(' ');
      throw new CliError('cli.command-failed', `apt-get ${args[0]} failed: ${said}`, { advice });
    }
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
}
