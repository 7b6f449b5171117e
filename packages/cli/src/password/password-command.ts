import { spawn } from 'node:child_process';
import { CliError } from '../errors.ts';
import { splitArguments } from '../options/argument-list.ts';

/** A password and some line ends; more is a program that prints something else. */
const longestOutput = 64 * 1024;

/**
 * Runs the program that prints the password. Its standard input is empty and its messages go to our
 * standard error, so that an agent may ask for a PIN by its own means.
 * @throws {CliError} `cli.password-command-failed`; never with what the program printed.
 */
export async function passwordFromCommand(command: string, signal: AbortSignal): Promise<string> {
  const [program = '', ...args] = splitArguments(command);
  const failed = (why: string, cause?: unknown): CliError =>
    new CliError('cli.password-command-failed', `the password command ${program} ${why}`, {
      cause,
      advice: 'Run it by hand to see what it prints; it is started without a shell.',
    });
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], signal });
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(
        signal.aborted
          ? signal.reason
          : failed(error.code === 'ENOENT' ? 'does not exist' : 'did not start', error),
      ),
    );
    child.on('close', (code, by) => {
      if (code === 0) resolve();
      else reject(failed(code === null ? `was ended by ${by}` : `ended with exit code ${code}`));
    });
  });
  // Rejections are looked at below; until then they must not count as forgotten.
  ended.catch(() => undefined);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestOutput) {
      child.kill();
      throw failed('prints more than a password');
    }
    chunks.push(chunk);
  }
  await ended;
  return Buffer.concat(chunks).toString('utf8').trim();
}
