import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { SourceError } from '../errors.ts';
import { LineTail } from './line-tail.ts';
import { type ChildExit, ProcessError } from './process-error.ts';

export interface ChildCommand {
  readonly command: string;
  /** Visible to every user of the machine: never a secret. */
  readonly args: readonly string[];
  /** Added to the few variables a child inherits; the place for secrets. */
  readonly env?: Readonly<Record<string, string>>;
  /** The user to become; needs root. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  readonly cwd?: string;
  readonly signal?: AbortSignal | undefined;
  readonly onErrorLine?: (line: string) => void;
}

/** Long enough for a database client to cancel its query, short enough for an impatient shutdown. */
const graceMilliseconds = 5_000;

const inherited = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'USER', 'LOGNAME'] as const;

const environmentOf = (own: Readonly<Record<string, string>>): Record<string, string> => {
  const environment: Record<string, string> = {};
  for (const name of inherited) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  // English messages without touching how text is encoded.
  return { ...environment, LC_MESSAGES: 'C', ...own };
};

/**
 * A running program. It ends with its owner: the abort signal or `stop` terminates it, and kills it
 * when it does not go; `exited` resolves only when it was reaped and its output was closed.
 */
export class Child {
  readonly program: string;
  readonly exited: Promise<ChildExit>;
  readonly #process: ChildProcess;
  readonly #tail = new LineTail();
  readonly #signal: AbortSignal | undefined;
  #spawnError: Error | undefined;

  constructor(command: ChildCommand, stdio: { input: 'pipe' | 'ignore'; output: 'pipe' | 'ignore' }) {
    command.signal?.throwIfAborted();
    this.program = basename(command.command);
    this.#signal = command.signal;
    this.#process = spawn(command.command, [...command.args], {
      env: environmentOf(command.env ?? {}),
      stdio: [stdio.input, stdio.output, 'pipe'],
      // A session of its own: a Ctrl-C of the terminal reaches this process, which then decides how its programs end.
      // Reaching them as well, it made an interrupted drill look like one that had failed.
      detached: true,
      ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
      ...(command.user === undefined ? {} : { uid: command.user.uid, gid: command.user.gid }),
    });
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      for (const line of this.#tail.push(text)) command.onErrorLine?.(line);
    });
    const abort = () => void this.stop();
    command.signal?.addEventListener('abort', abort, { once: true });
    this.exited = new Promise((resolve) => {
      // A program that cannot be started emits `error` and, on some paths, no `close`.
      this.#process.once('error', (error) => {
        if (this.#process.pid !== undefined) return;
        this.#spawnError = error;
        resolve({ exitCode: undefined, signal: undefined });
      });
      this.#process.once('close', (code, signal) => {
        resolve({ exitCode: code ?? undefined, signal: signal ?? undefined });
      });
    });
    void this.exited.then(() => command.signal?.removeEventListener('abort', abort));
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get running(): boolean {
    return this.pid !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  get stdout(): Readable {
    if (this.#process.stdout === null) throw new TypeError(`${this.program} was started without output`);
    return this.#process.stdout;
  }

  get stdin(): Writable {
    if (this.#process.stdin === null) throw new TypeError(`${this.program} was started without input`);
    return this.#process.stdin;
  }

  get stderr(): string {
    return this.#tail.text();
  }

  kill(signal: NodeJS.Signals): void {
    if (this.running) this.#process.kill(signal);
  }

  /** Terminates the program, kills it after the grace period, and waits until it is gone. */
  async stop(signal: NodeJS.Signals = 'SIGTERM', grace: number = graceMilliseconds): Promise<void> {
    if (this.running) {
      this.kill(signal);
      const timer = setTimeout(() => this.kill('SIGKILL'), grace);
      // Nobody reads the output of a program that was told to stop; unread it would keep `close` away.
      this.#process.stdout?.resume();
      await this.exited;
      clearTimeout(timer);
    }
    await this.exited;
  }

  /** Waits for the end; anything but exit code 0 is an error, the abort's reason above all. */
  async succeed(): Promise<void> {
    const exit = await this.exited;
    this.#signal?.throwIfAborted();
    if (this.#spawnError !== undefined) {
      throw new SourceError('source.process-failed', `${this.program} could not be started`, {
        cause: this.#spawnError,
        advice: `Check that ${this.program} is installed and may be executed.`,
      });
    }
    if (exit.exitCode !== 0) throw new ProcessError(this.program, exit, this.stderr);
  }
}

/**
 * Standard output of a program as it comes. Ends only when the program ended with exit code 0; anything
 * else throws, so a broken program never looks like the end of its output.
 */
export async function* readChild(command: ChildCommand): AsyncGenerator<Uint8Array, void, undefined> {
  const child = new Child(command, { input: 'ignore', output: 'pipe' });
  try {
    for await (const chunk of child.stdout) yield chunk as Uint8Array;
    await child.succeed();
  } catch (error) {
    // A broken pipe is a consequence; how the program ended is the reason.
    if (error instanceof SourceError) throw error;
    await child.stop();
    await child.succeed();
    throw error;
  } finally {
    await child.stop();
  }
}

/** False when the program went before it was offered all of the input. Throws only what the input throws. */
async function feed(
  child: Child,
  input: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  child.stdin.on('error', () => {
    // A broken pipe is a consequence: how the program ended is asked later, and `errored` then, too.
  });
  for await (const chunk of input) {
    signal?.throwIfAborted();
    if (child.stdin.errored !== null || !child.running) return false;
    if (child.stdin.write(chunk)) continue;
    await Promise.race([once(child.stdin, 'drain').catch(() => {}), child.exited]);
  }
  child.stdin.end();
  return true;
}

/**
 * Waits for exit code 0 of a program that was fed. It may have ended before its input did, when it knew
 * that nothing more would come (pg_restore does), but not before it had read all there was.
 */
async function succeedFed(child: Child, offered: boolean): Promise<void> {
  await child.succeed();
  if (offered && child.stdin.errored === null) return;
  throw new SourceError('source.process-failed', `${child.program} ended before it had read its input`, {
    cause: child.stdin.errored ?? undefined,
  });
}

/** Feeds a program's standard input to the end and waits for exit code 0; its output is not kept. */
export async function feedChild(command: ChildCommand, input: AsyncIterable<Uint8Array>): Promise<void> {
  const child = new Child(command, { input: 'pipe', output: 'ignore' });
  try {
    await succeedFed(child, await feed(child, input, command.signal));
  } finally {
    // When the input threw, its end must not be taken for the end of the data: kill before closing.
    if (child.running) await child.stop('SIGKILL');
    await child.exited;
  }
}

/**
 * What a program makes of its input. Ends only when it had read all of it and ended with exit code 0;
 * anything else throws, what the input threw above all.
 */
export async function* transformChild(
  command: ChildCommand,
  input: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const child = new Child(command, { input: 'pipe', output: 'pipe' });
  const feeding = feed(child, input, command.signal).catch((error: unknown) => {
    // Its end must not be taken for the end of the data, and ends the output that is read below.
    child.kill('SIGKILL');
    throw error;
  });
  // Awaited below in any case; until then nobody listens.
  feeding.catch(() => {});
  try {
    for await (const chunk of child.stdout) yield chunk as Uint8Array;
    await succeedFed(child, await feeding);
  } finally {
    if (child.running) await child.stop('SIGKILL');
    await child.exited;
    await feeding.catch(() => {});
  }
}

/** Runs a program whose output is small; more than `maxBytes` of it is an error. */
export async function runChild(command: ChildCommand, maxBytes: number = 1 << 20): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of readChild(command)) {
    size += chunk.length;
    if (size > maxBytes) {
      throw new SourceError('source.process-failed', `${basename(command.command)} wrote more than expected`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
