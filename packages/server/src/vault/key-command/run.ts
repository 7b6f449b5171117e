import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { withoutSecrets } from '../../platform/index.ts';
import type { PublicKey } from '../public-key.ts';
import type { KeyCommandSettings } from './settings.ts';

export type Answer =
  | { readonly kind: 'key'; readonly key: Buffer }
  /** The program ended, and not well: it, or who is behind it, did not want to, or could not with these bytes. */
  | { readonly kind: 'refused'; readonly why: string }
  /** Nobody was asked, or nobody answered in time. */
  | { readonly kind: 'unreachable'; readonly why: string };

/** `EX_TEMPFAIL` of sysexits.h: by it a program says that whoever has the key could not be asked just now. */
const tryLater = 75;
const keyLength = 32;
/** The key in base64 with a line end, and some patience; more is no key. */
const longestAnswer = 1_024;
const longestWords = 2_048;

/**
 * Asks once: the wrapped key on standard input, the data key on standard output, as its 32 bytes or as one line of
 * base64. The child is gone when this returns, and what it printed is kept nowhere.
 */
export async function askForKey(
  settings: KeyCommandSettings,
  { fingerprint }: Pick<PublicKey, 'fingerprint'>,
  wrapped: Buffer,
): Promise<Answer> {
  const [program, ...args] = settings.command;
  const child = spawn(program, args, {
    env: {
      ...settings.environment,
      OCTOBOX_KEY_FINGERPRINT: fingerprint,
      OCTOBOX_KEY_ALGORITHM: 'RSA-OAEP-SHA-256',
    },
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own: what the program started ends with it.
    detached: true,
  });
  let ended: 'too late' | 'too much' | undefined;
  const end = (why: typeof ended): void => {
    ended ??= why;
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        child.kill('SIGKILL');
      }
    }
    // Somebody who left the group may hold the pipes open; nobody waits for them.
    child.stdout.destroy();
    child.stderr.destroy();
  };
  const timer = setTimeout(() => end('too late'), settings.timeoutSeconds * 1_000);
  const answer = new Bounded(longestAnswer, () => end('too much'));
  const words = new Bounded(longestWords, () => {});
  child.stdout.on('data', (chunk: Buffer) => answer.take(chunk));
  child.stderr.on('data', (chunk: Buffer) => words.take(chunk));
  // A program that reads nothing closes its side; what it says at its end counts.
  child.stdin.on('error', () => {});
  child.stdin.end(wrapped);
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    if (ended === 'too late') {
      return { kind: 'unreachable', why: `did not answer within ${settings.timeoutSeconds} seconds` };
    }
    if (ended === 'too much') return { kind: 'refused', why: 'printed far more than a key' };
    const said = (): string => saying(words.bytes(), answer.bytes());
    if (code === tryLater) return { kind: 'unreachable', why: `says that it is to be asked later${said()}` };
    if (code !== 0) {
      return {
        kind: 'refused',
        why: `${code === null ? `was ended by ${signal}` : `ended with ${code}`}${said()}`,
      };
    }
    const key = keyFrom(answer.bytes());
    return key === undefined
      ? {
          kind: 'refused',
          why: `printed ${answer.length} bytes, which are no key of ${keyLength} bytes${said()}`,
        }
      : { kind: 'key', key };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { kind: 'unreachable', why: `could not be started (${code ?? 'no reason is known'})` };
  } finally {
    clearTimeout(timer);
    answer.wipe();
  }
}

/** The first bytes of a stream, so many at most. */
class Bounded {
  readonly #chunks: Buffer[] = [];
  readonly #most: number;
  readonly #onMore: () => void;
  length = 0;

  constructor(most: number, onMore: () => void) {
    this.#most = most;
    this.#onMore = onMore;
  }

  take(chunk: Buffer): void {
    if (this.length + chunk.length > this.#most) {
      const room = this.#most - this.length;
      this.#chunks.push(chunk.subarray(0, room));
      this.length += room;
      this.#onMore();
      return;
    }
    this.#chunks.push(chunk);
    this.length += chunk.length;
  }

  bytes(): Buffer {
    // One that is whole already is not copied, so that `wipe` reaches all there is.
    const [first, ...others] = this.#chunks;
    if (first === undefined) return Buffer.alloc(0);
    if (others.length === 0) return first;
    const joined = Buffer.concat(this.#chunks);
    this.wipe();
    this.#chunks.splice(0, this.#chunks.length, joined);
    return joined;
  }

  wipe(): void {
    for (const chunk of this.#chunks) chunk.fill(0);
  }
}

/** A copy: 32 bytes as they are, or 44 characters of base64 and white space after them. No text has both lengths. */
function keyFrom(printed: Buffer): Buffer | undefined {
  if (printed.length === keyLength) return Buffer.from(printed);
  const text = printed.toString('latin1').trimEnd();
  if (!/^[A-Za-z0-9+/]{43}=$/.test(text)) return undefined;
  return Buffer.from(text, 'base64');
}

/** What it said on standard error, on one line, without what may be a key: long words of base64 or hex. */
function saying(words: Buffer, printed: Buffer): string {
  const text = words
    .toString('utf8')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  const secret = printed.toString('latin1').trim();
  const bare = (secret.length < 8 ? text : text.replaceAll(secret, '***')).replace(
    /(?<![A-Za-z0-9+/_-])(?!\/)[A-Za-z0-9+/_-]{43,}={0,2}/g,
    '***',
  );
  return bare === '' ? '' : `: ${withoutSecrets(bare).slice(0, 400)}`;
}
