import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { CliError } from '../errors.ts';
import { readDescriptor } from './read-descriptor.ts';

/**
 * The bytes of standard input, each chunk until the next one is asked for. An empty one is an error: it is what is left of a pipe whose first
 * program failed, and must not look like a backup.
 */
export async function* standardInput(): AsyncGenerator<Uint8Array> {
  yield* notEmpty(readDescriptor(0) ?? process.stdin, 'standard input');
}

/**
 * What a program prints, started without a shell. The stream throws, so that no snapshot is written,
 * when the program cannot be started, ends with another code than 0, or prints nothing at all.
 */
export async function* commandOutput(
  command: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const failed = (why: string, cause?: unknown): CliError =>
    new CliError('cli.command-failed', `the command ${program} ${why}`, {
      cause,
      advice: 'No snapshot was written.',
    });
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(failed(error.code === 'ENOENT' ? 'does not exist' : 'could not be started', error)),
    );
    child.on('close', (code, by) =>
      code === 0
        ? resolve()
        : reject(failed(code === null ? `was ended by ${by}` : `ended with exit code ${code}`)),
    );
  });
  ended.catch(() => undefined);
  const stop = (): void => void child.kill();
  signal.addEventListener('abort', stop, { once: true });
  try {
    let length = 0;
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      length += chunk.length;
      yield chunk;
      giveBack(chunk);
    }
    await ended;
    if (length === 0) throw failed('printed nothing');
  } finally {
    signal.removeEventListener('abort', stop);
    // Left half-way by whoever reads: the program must not go on writing into nowhere.
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      child.kill();
      await once(child, 'close');
    }
  }
}

async function* notEmpty(stream: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    yield chunk;
  }
  if (length === 0) {
    throw new CliError('cli.source-missing', `${name} is empty`, {
      advice: 'No snapshot was written. Did the program before the pipe fail?',
    });
  }
}

/** Frees the memory of a chunk that was worked on, so that gigabytes of them do not keep the collector busy. */
function giveBack({ buffer, byteLength }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
