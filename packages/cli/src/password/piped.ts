import { CliError } from '../errors.ts';
import type { Cli } from '../verb.ts';

/** A password and its line end; more is something else than a password. */
const longestLine = 64 * 1024;
const patienceMs = 2000;

let chunks: AsyncIterator<Buffer> | undefined;
/** What came with a line and stands behind it: the next line. */
let rest: Buffer = Buffer.alloc(0);

/** Blanks may belong to a password, as in restic. */
const withoutReturn = (line: Buffer): string => line.toString('utf8').replace(/\r$/, '');

/**
 * The next line of standard input where that is a pipe or a file, as restic takes passwords from there; undefined where it
 * has ended or is a terminal. Whoever waits for a while is told for what.
 */
export async function passwordFromInput(cli: Cli, whose: string): Promise<string | undefined> {
  if (process.stdin.isTTY) return undefined;
  // Ended by whoever asked, the stream would be gone for the second line.
  chunks ??= process.stdin.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  const waiting = setTimeout(() => cli.out.say(`reading ${whose} from standard input`), patienceMs);
  const aborted = new Promise<never>((_, reject) => {
    cli.signal.addEventListener('abort', () => reject(cli.signal.reason), { once: true });
  });
  aborted.catch(() => undefined);
  try {
    for (;;) {
      const end = rest.indexOf('\n');
      if (end >= 0) {
        const line = rest.subarray(0, end);
        rest = rest.subarray(end + 1);
        return withoutReturn(line);
      }
      if (rest.length > longestLine) {
        throw new CliError('cli.password-missing', 'standard input holds no password: its line has no end', {
          advice: 'Give the password in the first line, or with --password-file.',
        });
      }
      const next = await Promise.race([chunks.next(), aborted]);
      if (next.done === true) break;
      rest = Buffer.concat([rest, next.value]);
    }
    const last = withoutReturn(rest);
    rest = Buffer.alloc(0);
    return last === '' ? undefined : last;
  } finally {
    clearTimeout(waiting);
  }
}
