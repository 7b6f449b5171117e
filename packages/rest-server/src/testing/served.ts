/** A server on a free port of this machine over a temporary folder, and a client that speaks to it byte by byte. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingHttpHeaders, request as plainRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../log.ts';
import { type RestServer, type RestServerOptions, startRestServer } from '../start-rest-server.ts';

export interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface SendOptions {
  readonly as?: readonly [name: string, password: string];
  readonly body?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Bytes and the name that they have in a repository. */
export function content(size: number): { bytes: Buffer; name: string } {
  const bytes = randomBytes(size);
  return { bytes, name: sha256(bytes) };
}

export class Served implements AsyncDisposable {
  readonly root: string;
  readonly log: LogLine[] = [];
  #server: RestServer | undefined;

  private constructor(root: string) {
    this.root = root;
  }

  static async open(options: Partial<RestServerOptions> = {}, root?: string): Promise<Served> {
    const served = new Served(root ?? (await Served.folder()));
    try {
      await served.start(options);
    } catch (error) {
      if (root === undefined) await rm(served.root, { recursive: true });
      throw error;
    }
    return served;
  }

  static async folder(): Promise<string> {
    return mkdtemp(join(tmpdir(), 'octobox-served-'));
  }

  get url(): string {
    return this.#server?.url ?? '';
  }

  async start(options: Partial<RestServerOptions> = {}): Promise<void> {
    const write =
      (level: string) =>
      (fields: object, message: string): void => {
        this.log.push({ level, message, fields: { ...fields } });
      };
    const log: Log = {
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
    };
    this.#server = await startRestServer({
      root: this.root,
      host: '127.0.0.1',
      port: 0,
      users: undefined,
      keepFree: 0,
      log,
      ...options,
    });
  }

  async stop(drainMs = 0): Promise<void> {
    await this.#server?.close(drainMs);
    this.#server = undefined;
  }

  /** The path goes over the wire exactly as it is given. */
  send(method: string, path: string, options: SendOptions = {}): Promise<Answer> {
    const { hostname, port } = new URL(this.url);
    const { as, body } = options;
    return new Promise((resolve, reject) => {
      const sending = plainRequest(
        {
          ...{ method, path, hostname, port, agent: false },
          headers: {
            ...(as === undefined ? {} : { authorization: basic(...as) }),
            ...(body === undefined || options.headers?.['transfer-encoding'] !== undefined
              ? {}
              : { 'content-length': String(body.length) }),
            ...options.headers,
          },
        },
        (answer) => {
          const pieces: Buffer[] = [];
          answer.on('data', (piece: Buffer) => pieces.push(piece));
          answer.on('error', reject);
          answer.on('end', () =>
            resolve({
              status: answer.statusCode ?? 0,
              reason: answer.statusMessage ?? '',
              headers: answer.headers,
              body: Buffer.concat(pieces),
            }),
          );
        },
      );
      sending.on('error', reject);
      sending.end(body);
    });
  }

  async status(method: string, path: string, options: SendOptions = {}): Promise<number> {
    return (await this.send(method, path, options)).status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.root, { recursive: true, force: true });
  }
}

export const basic = (name: string, password: string): string =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
