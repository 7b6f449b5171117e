/** A real mail server on loopback for tests: Debian's python3-aiosmtpd. What it does is said in temporary-smtp-server.py. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface TakenMail {
  readonly to: readonly string[];
  readonly from: string;
  /** Headers and bodies, as they were sent. */
  readonly text: string;
  readonly tls: boolean;
}

export interface SmtpServerOptions {
  /** Default: a free one. */
  readonly port?: number;
  readonly tls?: 'implicit' | 'starttls' | 'none';
  readonly certificate?: string;
  readonly key?: string;
  readonly user?: string;
  readonly password?: string;
}

export async function startSmtpServer(options: SmtpServerOptions = {}) {
  const script = fileURLToPath(new URL('temporary-smtp-server.py', import.meta.url));
  // Debian's own Python, which has Debian's packages.
  const child = spawn('/usr/bin/python3', [script, JSON.stringify({ tls: 'none', ...options })], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let trouble = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    trouble = (trouble + text).slice(-4_000);
  });
  const mails: TakenMail[] = [];
  const waiting = new Set<() => void>();
  const lines = createInterface({ input: child.stdout });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`the mail server ended: ${trouble}`)));
    lines.once('line', (line) => resolve((JSON.parse(line) as { port: number }).port));
  });
  lines.on('line', (line) => {
    mails.push(JSON.parse(line) as TakenMail);
    for (const wake of waiting) wake();
  });
  return {
    port,
    mails,
    /** Resolves with the mails to an address when there are `count`. */
    async until(to: string, count = 1): Promise<TakenMail[]> {
      for (;;) {
        const found = mails.filter((mail) => mail.to.includes(to));
        if (found.length >= count) return found;
        await new Promise<void>((resolve) => {
          const wake = () => {
            waiting.delete(wake);
            resolve();
          };
          waiting.add(wake);
        });
      }
    },
    async [Symbol.asyncDispose]() {
      const ended = child.exitCode === null ? once(child, 'exit') : undefined;
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** The text of a mail with one part or more, decoded: as a person reads it. */
export function readableText({ text }: TakenMail): string {
  const part = /content-type: text\/plain.*?\r?\n\r?\n(.*?)\r?\n--/is.exec(text);
  const head = part?.[0] ?? text;
  const body = part?.[1] ?? text;
  if (/content-transfer-encoding: base64/i.test(head)) return Buffer.from(body, 'base64').toString();
  return body
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
