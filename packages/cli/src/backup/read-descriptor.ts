/**
 * The bytes of an open file, pipe or socket, read into one memory that is used again. A stream of Node's makes a new
 * memory for every 64 KiB, which costs more than reading does.
 */
import { fstatSync, read } from 'node:fs';
import { Socket } from 'node:net';
import { promisify } from 'node:util';
import { widenPipe } from '@octobox/repository/pipe';
import { CliError } from '../errors.ts';

const MEMORY = 256 * 1024;
const ADVICE = 'No snapshot was written. To back up a folder, name it: octobox backup <folder>';

/**
 * Each piece is there until the next one is asked for. Undefined for what can be read by Node's own stream only:
 * terminals and other devices. A folder is refused (`cli.source-missing`). Nothing is waited for outside of the event loop, so that a reader that gives up ends.
 */
export function readDescriptor(descriptor: number): AsyncGenerator<Uint8Array, void, undefined> | undefined {
  const kind = fstatSync(descriptor);
  if (kind.isDirectory())
    throw new CliError('cli.source-missing', 'standard input is a folder', { advice: ADVICE });
  if (kind.isFile()) return readFromFile(descriptor);
  if (kind.isFIFO()) widenPipe(descriptor);
  return kind.isFIFO() || kind.isSocket() ? readFromSocket(descriptor) : undefined;
}

async function* readFromFile(file: number): AsyncGenerator<Uint8Array, void, undefined> {
  const memory = Buffer.allocUnsafeSlow(MEMORY);
  for (;;) {
    // From where the file was left: whoever opened it may have read its beginning.
    const { bytesRead } = await promisify(read)(file, memory, 0, memory.length, null);
    if (bytesRead === 0) return;
    yield memory.subarray(0, bytesRead);
  }
}

async function* readFromSocket(descriptor: number): AsyncGenerator<Uint8Array, void, undefined> {
  const memory = Buffer.allocUnsafeSlow(MEMORY);
  let filled = 0;
  let end: { readonly error?: Error } | undefined;
  let wake = (): void => {};
  const socket = new Socket({
    fd: descriptor,
    readable: true,
    writable: false,
    onread: {
      buffer: memory,
      callback(bytes) {
        filled = bytes;
        wake();
        // No more until these are used.
        return false;
      },
    },
  });
  const ended = (error?: Error): void => {
    end ??= error === undefined ? {} : { error };
    wake();
  };
  socket.on('end', () => ended()).on('error', ended);
  try {
    for (;;) {
      while (filled === 0 && end === undefined) {
        socket.resume();
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (filled === 0) break;
      yield memory.subarray(0, filled);
      filled = 0;
    }
    if (end?.error !== undefined) throw end.error;
  } finally {
    socket.destroy();
  }
}
