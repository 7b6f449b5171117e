import { spawn } from 'node:child_process';
import { access, constants, mkdir, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { CliError } from '../../errors.ts';

/**
 * Debian makes a cluster of the system's own, and starts it, when the server package arrives. Nobody
 * asked for that one, so it is switched off while the package is installed, in the folder that
 * postgresql-common reads for such settings.
 */
const settingsFolder = '/etc/postgresql-common/createcluster.d';
const settingsFile = join(settingsFolder, 'octobox-demo.conf');

export const installCommand = 'apt-get install postgresql';

async function onPath(program: string): Promise<boolean> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const found = await access(join(folder, program), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found && folder !== '') return true;
  }
  return false;
}

/** Whether this user on this system may install Debian's packages. */
export const canInstall = async (): Promise<boolean> =>
  process.getuid?.() === 0 && (await onPath('apt-get')) && (await onPath('dpkg'));

/**
 * Runs apt-get to its end. Its progress comes as lines on a descriptor of its own:
 * `dlstatus:…:percent:text` while it loads and `pmstatus:package:percent:text` while it unpacks.
 */
async function aptGet(
  args: readonly string[],
  options: { signal: AbortSignal; onPercent?: (percent: number) => void },
): Promise<void> {
  options.signal.throwIfAborted();
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
      if (Number.isFinite(percent)) options.onPercent?.(percent);
    });
  }
  const interrupt = () => child.kill('SIGINT');
  options.signal.addEventListener('abort', interrupt, { once: true });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    options.signal.throwIfAborted();
    if (code !== 0) {
      throw new CliError(
        'cli.command-failed',
        `apt-get ${args[0]} failed: ${tail.trim().split('\n').at(-1)}`,
        {
          advice: `Install PostgreSQL by hand (${installCommand}), or run the demo with --shop sqlite.`,
        },
      );
    }
  } finally {
    options.signal.removeEventListener('abort', interrupt);
  }
}

/** Installs Debian's PostgreSQL server; needs root. No cluster of the system's own comes to be. */
export async function installPostgresql(options: {
  signal: AbortSignal;
  onPercent?: (step: string, percent: number) => void;
}): Promise<void> {
  const { signal, onPercent } = options;
  // A list that is there may be old enough to name packages that are gone, so it is always renewed.
  onPercent?.('reading package lists', 0);
  await aptGet(['update'], { signal });
  await mkdir(settingsFolder, { recursive: true });
  await writeFile(settingsFile, 'create_main_cluster = false\n');
  try {
    await aptGet(['install', '-y', '--no-install-recommends', 'postgresql'], {
      signal,
      onPercent: (percent) => onPercent?.('installing PostgreSQL', percent),
    });
  } finally {
    await rm(settingsFile, { force: true });
  }
}
