import { CliError } from '../errors.ts';
import type { Cli } from '../verb.ts';

/** A password and its line end; more is something else than a password. */
const longestLine = 64 * 1024;
const patienceMs = 2000;

interface Reading {
  readonly chunks: AsyncIterator<Buffer>;
  /** What came with a line and stands behind it: the next line. */
  rest: Buffer;
}

/** One password may be asked for after the other. */
const begun = new WeakMap<Cli['input'], Reading>();

function readingOf(input: Cli['input']): Reading {
  let reading = begun.get(input);
  if (reading === undefined) {
    // Ended by whoever asked, the stream would be gone for the second line.
    const chunks = input.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
    reading = { chunks, rest: Buffer.alloc(0) };
    begun.set(input, reading);
  }
  return reading;
}

/** Blanks may belong to a password, as in restic. */
const withoutReturn = (line: Buffer): string => line.toString('utf8').replace(/\r$/, '');

/**
 * The next line of standard input where that is a pipe or a file, as restic takes passwords from there; undefined where it
 * has ended or is a terminal. Whoever waits for a while is told for what.
 */
export async function passwordFromInput(cli: Cli, whose: string): Promise<string | undefined> {
  if (cli.input.isTTY) return undefined;
  const reading = readingOf(cli.input);
  const waiting = setTimeout(() => cli.out.say(`reading ${whose} from standard input`), patienceMs);
  const aborted = new Promise<never>((_, reject) => {
    cli.signal.addEventListener('abort', () => reject(cli.signal.reason), { once: true });
  });
  aborted.catch(() => undefined);
  try {
    for (;;) {
      const end = reading.rest.indexOf('\n');
      if (end >= 0) {
        const line = reading.rest.subarray(0, end);
        reading.rest = reading.rest.subarray(end + 1);
        return withoutReturn(line);
      }
      if (reading.rest.length > longestLine) {
        throw new CliError('cli.password-missing', 'standard input holds no password: its line has no end', {
          advice: 'Give the password in the first line, or with --password-file.',
        });
      }
      const next = await Promise.race([reading.chunks.next(), aborted]);
      if (next.done === true) break;
      reading.rest = Buffer.concat([reading.rest, next.value]);
    }
    const last = withoutReturn(reading.rest);
    reading.rest = Buffer.alloc(0);
    return last === '' ? undefined : last;
  } finally {
    clearTimeout(waiting);
  }
}
