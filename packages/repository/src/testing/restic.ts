/** Runs a real restic binary: the judge of what is written here and the author of what is read. */
import { execFile } from 'node:child_process';
import { TEST_PASSWORD } from './repository.ts';

export interface ResticResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ResticOptions {
  readonly repository: string;
  readonly password?: string;
  readonly cwd?: string;
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  /** Exit codes that are fine; only 0 when absent. */
  readonly accept?: readonly number[];
}

/** The binary that tests use; `OCTOBOX_TEST_RESTIC` names another one. */
export const resticBinary = (): string => process.env.OCTOBOX_TEST_RESTIC ?? 'restic';

/** Runs restic without its cache. Rejects with its output when the exit code is not accepted. */
export function restic(args: readonly string[], options: ResticOptions): Promise<ResticResult> {
  const { repository, password = TEST_PASSWORD, cwd, input, accept = [0] } = options;
  const env = {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: process.env.HOME ?? '/',
    RESTIC_REPOSITORY: repository,
    RESTIC_PASSWORD: password,
    ...options.env,
  };
  return new Promise((resolve, reject) => {
    const settings = { env, maxBuffer: 256 * 1024 * 1024, ...(cwd === undefined ? {} : { cwd }) };
    const child = execFile(resticBinary(), ['--no-cache', ...args], settings, (error, stdout, stderr) => {
      const code = child.exitCode;
      if (code === null || !accept.includes(code)) {
        reject(
          new Error(`restic ${args.join(' ')} ended with ${code}:\n${stderr}\n${stdout}`, { cause: error }),
        );
      } else {
        resolve({ code, stdout, stderr });
      }
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(input ?? '');
  });
}
