/** The HTTP server below the protocol: limits, TLS, and an orderly end. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { type CertificateFiles, readCertificate, renewCertificate } from '../certificate/index.ts';
import { RestServerError } from '../errors.ts';
import type { Log } from '../log.ts';
import { Client } from './client.ts';

export interface WebServerOptions {
  readonly host: string;
  readonly port: number;
  readonly certificate: CertificateFiles | undefined;
  readonly maxConnections: number;
  /** A connection on which the client moves nothing for so long is cut. */
  readonly idleMs: number;
  readonly handle: (request: IncomingMessage, response: ServerResponse, client: Client) => void;
  readonly log: Log;
}

export interface WebServer {
  readonly url: string;
  /** Takes no more connections, lets answers under way finish, and cuts those after `drainMs`. */
  close(drainMs: number): Promise<void>;
}

const LIMITS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  // Uploads take as long as they take; who is silent or too slow is cut elsewhere.
  requestTimeout: 0,
  // restic pauses between packs; a new connection costs it a TLS handshake.
  keepAliveTimeout: 60_000,
  connectionsCheckingInterval: 2_000,
} as const;

export async function openWebServer(options: WebServerOptions): Promise<WebServer> {
  const { certificate, host, idleMs, port } = options;
  const serving = new WeakMap<Socket, { readonly client: Client; readonly response: ServerResponse }>();
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const { socket } = request;
    const client = new Client();
    serving.set(socket, { client, response });
    response.once('close', () => serving.delete(socket));
    options.handle(request, response, client);
  };
  const server =
    certificate === undefined
      ? createServer(LIMITS, handle)
      : createSecureServer({ ...LIMITS, ...(await readCertificate(certificate)) }, handle);
  server.maxConnections = options.maxConnections;
  server.setTimeout(idleMs, (socket) => {
    const now = serving.get(socket);
    const isAwaited = now === undefined || now.client.isAwaited || now.response.writableEnded;
    if (isAwaited) socket.destroy();
    else socket.setTimeout(idleMs);
  });
  const renewal =
    certificate === undefined
      ? undefined
      : renewCertificate(server as SecureServer, certificate, { log: options.log });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      clearInterval(renewal);
      reject(
        new RestServerError('rest-server.address', `cannot listen on ${host}:${port}: ${cause.message}`, {
          cause,
          advice: 'Choose an address of this machine and a free port with --listen.',
        }),
      );
    });
    server.listen(port, host, resolve);
  });
  const { address, family, port: taken } = server.address() as AddressInfo;
  const shown = family === 'IPv6' ? `[${address}]` : address;
  return {
    url: `${certificate === undefined ? 'http' : 'https'}://${shown}:${taken}/`,
    close: (drainMs) => {
      clearInterval(renewal);
      return close(server, drainMs);
    },
  };
}

async function close(server: Server | SecureServer, drainMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection that becomes idle while others finish must not wait for its next request.
  const idle = setInterval(() => server.closeIdleConnections(), 100);
  const cut = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}
