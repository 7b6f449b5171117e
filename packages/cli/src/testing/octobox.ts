/** Runs the real command as a process of its own, beside the real restic. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Repository } from '@octobox/repository';
import { TEST_PASSWORD, WEAK_KDF } from '@octobox/repository/testing';
import { LocalStorage } from '@octobox/storage';
import { readEnvironment } from '../environment.ts';
import { exitCodeOf } from '../exit-code.ts';
import { errorLines } from '../output/error-report.ts';
import { Output, type Writable } from '../output/output.ts';
import { run as runProgram } from '../program.ts';

const entry = fileURLToPath(new URL('../main.ts', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Outcome>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
  readonly cwd?: string;
}

/** A folder with a repository that costs little to open; removed at the end. */
export class Workshop implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(): Promise<Workshop> {
    return new Workshop(await mkdtemp(join(tmpdir(), 'octobox-cli-')));
  }

  static async withRepository(): Promise<Workshop> {
    const workshop = await Workshop.open();
    await workshop.makeRepository();
    return workshop;
  }

  get repository(): string {
    return this.at('repository');
  }

  at(...names: string[]): string {
    return join(this.folder, ...names);
  }

  async makeRepository(): Promise<void> {
    const repository = await Repository.init(new LocalStorage(this.repository), {
      password: TEST_PASSWORD,
      kdf: WEAK_KDF,
    });
    await repository.close();
  }

  /** Starts the command; its environment has nothing but what is given here. */
  start(args: readonly string[], options: RunOptions = {}): Running {
    const child = spawn(process.execPath, [entry, ...args], {
      cwd: options.cwd ?? this.folder,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, HOME: this.at('home'), OCTOBOX_DATA: this.at('data'), ...options.env },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdin.on('error', () => undefined);
    const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
    return { child, ended };
  }

  async run(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    const { child, ended } = this.start(args, options);
    child.stdin?.end(options.input ?? '');
    return await ended;
  }

  /** On the repository of this workshop, with its password. */
  onRepository(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    return this.run(args, { ...options, env: { ...this.access, ...options.env } });
  }

  /**
   * As `onRepository`, but within this process, which costs a tenth: for what a verb does to a repository. Paths must
   * be whole, since the current folder is the test's.
   */
  async call(args: readonly string[], options: Pick<RunOptions, 'env'> = {}): Promise<Outcome> {
    let [stdout, stderr] = ['', ''];
    const out = new Output({
      stdout: writableTo((text) => {
        stdout += text;
      }),
      stderr: writableTo((text) => {
        stderr += text;
      }),
      onClosed: () => undefined,
    });
    const env = readEnvironment({
      PATH: process.env.PATH,
      HOME: this.at('home'),
      OCTOBOX_DATA: this.at('data'),
      ...this.access,
      ...options.env,
    });
    let code = 0;
    try {
      const { signal } = new AbortController();
      await runProgram(args, { env, out, signal, interactive: false, input: Readable.from([]) });
    } catch (error) {
      code = exitCodeOf(error);
      await out.flush();
      for (const line of errorLines(error, { debug: false })) out.say(line);
    }
    await out.flush();
    return { code, stdout, stderr };
  }

  get access(): Record<string, string> {
    return { RESTIC_REPOSITORY: this.repository, RESTIC_PASSWORD: TEST_PASSWORD };
  }

  async folderFor(name: string): Promise<string> {
    await mkdir(this.at(name), { recursive: true });
    return this.at(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

const writableTo = (take: (text: string) => void): Writable => ({
  write: (chunk, callback) => {
    take(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
    callback();
    return true;
  },
  on: () => undefined,
});

/** Every line of standard output as the JSON that it is. */
export const jsonLines = (stdout: string): Record<string, unknown>[] =>
  stdout
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
