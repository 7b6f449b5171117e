import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const here = resolve(import.meta.dirname, '../..');
const patienceMs = 60_000;
/** So many ask at a time. */
const connections = 8;
/** Of `/proc/<pid>/stat`; Linux has had no other for decades. */
const tickMs = 10;

export interface Read {
  /** For the table. */
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a server is started with, and where it answers then. */
export interface Serving {
  readonly environment: Readonly<Record<string, string>>;
  readonly pageUrl: string;
}

/** A real `./octobox serve`, and what the kernel says of it. */
export class Server implements AsyncDisposable {
  /** From before the process was there until its public page was answered. */
  readonly firstAnswer: { readonly wallMs: number; readonly cpuMs: number };
  readonly #child: ChildProcess;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: connections });

  private constructor(child: ChildProcess, firstAnswer: Server['firstAnswer']) {
    this.#child = child;
    this.firstAnswer = firstAnswer;
  }

  /** @param checkout which version of it; default: this one */
  static async start({ environment, pageUrl }: Serving, checkout = here): Promise<Server> {
    const begin = performance.now();
    const child = spawn(join(checkout, 'octobox'), ['serve'], {
      env: environment,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    // Whoever stops the benchmark stops what it started.
    const end = (): boolean => child.kill('SIGKILL');
    process.once('exit', end);
    child.once('exit', () => process.off('exit', end));
    let said = '';
    child.stderr.on('data', (bytes: Buffer) => {
      said = (said + bytes.toString()).slice(-4_000);
    });
    while ((await statusOf(pageUrl)) !== 200) {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${said}`);
      if (performance.now() - begin > patienceMs) throw new Error(`the server does not answer:\n${said}`);
      await sleep(5);
    }
    const wallMs = performance.now() - begin;
    return new Server(child, { wallMs, cpuMs: cpuMsOf(child.pid) });
  }

  /** User and system time until now. */
  cpuMs(): number {
    return cpuMsOf(this.#child.pid);
  }

  residentBytes(): number {
    const [, kilobytes] =
      /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.#child.pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) * 1_024;
  }

  /** So many times, some at a time; gives the length of the answer. @throws when one is not 200 */
  async ask(read: Read, times: number): Promise<number> {
    let left = times;
    let bytes = 0;
    const asking = async (): Promise<void> => {
      while (left-- > 0) bytes = await this.#once(read);
    };
    await Promise.all(Array.from({ length: connections }, asking));
    return bytes;
  }

  async #once({ url, headers }: Read): Promise<number> {
    return await new Promise((answered, failed) => {
      get(url, { agent: this.#agent, headers }, (response) => {
        let bytes = 0;
        response.on('data', (piece: Buffer) => {
          bytes += piece.length;
        });
        response.on('error', failed).on('end', () => {
          if (response.statusCode === 200) answered(bytes);
          else failed(new Error(`${url} was answered with ${response.statusCode}`));
        });
      }).on('error', failed);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent.destroy();
    if (this.#child.exitCode !== null) return;
    this.#child.kill('SIGTERM');
    await once(this.#child, 'exit');
  }
}

const statusOf = (url: string): Promise<number | undefined> =>
  new Promise((done) => {
    get(url, { agent: false }, (response) => {
      response.resume().on('end', () => done(response.statusCode));
    }).on('error', () => done(undefined));
  });

/** After the name in parentheses, which may hold anything: utime and stime are the fields 14 and 15. */
function cpuMsOf(pid: number | undefined): number {
  const [, fields = ''] = /\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
  const [user, system] = fields.split(' ').slice(11, 13).map(Number);
  return ((user ?? Number.NaN) + (system ?? Number.NaN)) * tickMs;
}

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
