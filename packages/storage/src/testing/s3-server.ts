/** A real S3 server on a loopback port: checks signatures, keeps objects as files, until it is stopped. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const require = createRequire(import.meta.url);

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
  readonly store: {
    listObjects(bucket: string, options: { readonly maxKeys: number }): Promise<unknown>;
  };
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

export interface S3ServerOptions {
  readonly tls?: { readonly key: Buffer; readonly cert: Buffer };
  /** Objects on one page of a listing, at most; 1000 as at Amazon when absent. */
  readonly pageSize?: number;
}

export async function startS3Server({ tls, pageSize }: S3ServerOptions = {}): Promise<S3Server> {
  const directory = await mkdtemp(join(tmpdir(), 'octobox-s3-'));
  withoutDes();
  const Server = require('@20minutes/s3rver') as new (options: S3rverOptions) => S3rver;
  const server = new Server({ address: '127.0.0.1', port: 0, silent: true, directory, ...tls });
  server.middleware.unshift(signedSlash);
  if (pageSize !== undefined) {
    const list = server.store.listObjects.bind(server.store);
    server.store.listObjects = (bucket, options) =>
      list(bucket, { ...options, maxKeys: Math.min(options.maxKeys, pageSize) });
  }
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

let hasNoDes = false;

/**
 * The server seals the tokens with which a listing goes on by DES, which OpenSSL has no more: it would answer the first
 * listing of more than a page with 500. Its module of Node sees AES in the place of that.
 */
function withoutDes(): void {
  if (hasNoDes) return;
  hasNoDes = true;
  const crypto = require('node:crypto') as {
    -readonly [Name in 'createCipheriv' | 'createDecipheriv']: (
      name: string,
      key: Buffer,
      iv: Buffer,
    ) => unknown;
  };
  for (const name of ['createCipheriv', 'createDecipheriv'] as const) {
    const make = crypto[name];
    const twice = (bytes: Buffer): Buffer => Buffer.concat([bytes, bytes]);
    crypto[name] = (cipher, key, iv) =>
      cipher === 'des' ? make('aes-128-cbc', twice(key), twice(iv)) : make(cipher, key, iv);
  }
}
