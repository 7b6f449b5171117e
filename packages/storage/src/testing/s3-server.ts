/** A real S3 server on a loopback port: checks signatures, keeps objects as files, until it is stopped. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface S3Server {
  readonly port: number;
  readonly url: string;
  /** What a client must be given. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

interface Context {
  readonly path: string;
  readonly state: object;
  mountPath?: string;
}

interface S3rver {
  readonly middleware: ((context: Context, next: () => Promise<void>) => Promise<void>)[];
  run(): Promise<{ port: number }>;
  close(): Promise<void>;
}

interface S3rverOptions {
  readonly address: string;
  readonly port: number;
  readonly silent: boolean;
  readonly directory: string;
  readonly key?: Buffer;
  readonly cert?: Buffer;
}

export async function startS3Server(tls?: { key: Buffer; cert: Buffer }): Promise<S3Server> {
  const directory = await mkdtemp(join(tmpdir(), 'octobox-s3-'));
  const Server = createRequire(import.meta.url)('@20minutes/s3rver') as new (
    options: S3rverOptions,
  ) => S3rver;
  const server = new Server({ address: '127.0.0.1', port: 0, silent: true, directory, ...tls });
  server.middleware.unshift(signedSlash);
  const { port } = await server.run();
  return {
    port,
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    // The one account that this server knows.
    environment: { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' },
    async stop() {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/**
 * Clients of today sign `/bucket/` for what concerns the bucket itself; this server would compare with
 * `/bucket`. It keeps the slash when it takes the request for one to a host named after the bucket.
 */
function signedSlash(context: Context, next: () => Promise<void>): Promise<void> {
  if (/^\/[^/]+\/$/.test(context.path)) {
    context.mountPath = '/';
    Object.defineProperty(context.state, 'vhost', { get: () => true, set: () => undefined });
  }
  return next();
}
