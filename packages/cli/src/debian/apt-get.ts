import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { CliError } from '../errors.ts';

export interface AptGetOptions {
  readonly signal: AbortSignal;
  /** What the user can do when it fails. */
  readonly advice: string;
  /** The folder that it runs in: where a source package arrives. */
  readonly folder?: string;
  readonly onPercent?: (percent: number) => void;
}

/**
 * Runs apt-get to its end. Its progress comes as lines on a descriptor of its own:
 * `dlstatus:…:percent:text` while it loads and `pmstatus:package:percent:text` while it unpacks.
 * @throws {CliError} `cli.command-failed` with its last lines.
 */
export async function aptGet(
  args: readonly string[],
  { signal, advice, folder, onPercent }: AptGetOptions,
): Promise<void> {
  signal.throwIfAborted();
  const child = spawn('apt-get', ['-q', '-o', 'APT::Status-Fd=3', ...args], {
    // Its own group: Ctrl-C reaches it through the signal below and once, so that dpkg can end a step.
    detached: true,
    ...(folder !== undefined && { cwd: folder }),
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
      const verb = args.find((arg) => /^[a-z]+$/.test(arg));
      throw new CliError('cli.command-failed', `apt-get ${verb} failed: ${said}`, { advice });
    }
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
}
