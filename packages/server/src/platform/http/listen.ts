import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type HttpBindings, type ServerType, serve } from '@hono/node-server';
import type { CertificateFiles } from '@octobox/rest-server/certificate';
import type { Context, Hono } from 'hono';
import { PortInUseError, ServerError } from '../errors.ts';
import type { Log } from '../log.ts';
import { warnOfOpenSecret } from '../secret-mode.ts';
import { AddressRanges } from './address-ranges.ts';
import { certificateConcerns } from './certificate-concerns.ts';
import { TrustedProxies } from './trusted-proxies.ts';

/** Nobody needs longer to ask for a page; slow clients must not hold connections. */
const headerTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;
const largestHeaderBytes = 16 * 1024;

export interface Listening {
  /** `http://127.0.0.1:8420`, `https://…` with a certificate */
  readonly url: string;
  /** Ends idle connections at once, lets answers under way finish, and cuts those after `drainMs`. */
  close(drainMs: number): Promise<void>;
}

/** The network address of whoever asks; undefined when the connection is gone already. */
export const clientAddressOf = (context: Context): string | undefined =>
  (context.env as { clientAddress?: string }).clientAddress;

/** What was sent so far is not all, and who reads it shall notice. */
export const cutConnection = (context: Context): void => {
  (context.env as HttpBindings).outgoing.destroy();
};

/**
 * Resolves when connections are accepted. Rejects with `PortInUseError` when the address is taken, with `ServerError`
 * when the certificate cannot be used.
 */
export async function listen(
  app: Hono,
  address: { host: string; port: number },
  options: {
    /** What to do when the address is taken, where the page's own advice does not fit. */
    readonly takenAdvice?: string;
    /** Addresses and ranges of web servers in front; default: none. */
    readonly trustedProxies?: readonly string[];
    /** Addresses and ranges that are answered; default: all. */
    readonly allowFrom?: readonly string[] | undefined;
    /** With it nothing is answered but by TLS 1.2 or newer. */
    readonly certificate?: CertificateFiles | undefined;
    /** Where people reach it, for which the certificate should be. */
    readonly url?: string | undefined;
    /** Told of renewed certificates, and of those that browsers refuse. */
    readonly log: Log;
  },
): Promise<Listening> {
  const proxies = new TrustedProxies(new AddressRanges(options.trustedProxies ?? []));
  const allowed = options.allowFrom === undefined ? undefined : new AddressRanges(options.allowFrom);
  const fetch = (request: Request, env: HttpBindings) => {
    const forwardedFor = request.headers.get('x-forwarded-for') ?? undefined;
    const clientAddress = proxies.clientOf(env.incoming.socket.remoteAddress, forwardedFor);
    if (allowed?.has(clientAddress) === false) return new Response('not from here\n', { status: 403 });
    return app.fetch(request, { ...env, clientAddress });
  };
  const { certificate } = options;
  const tls = certificate === undefined ? undefined : await tlsOf(certificate, options);
  const server: ServerType = await new Promise((resolve, reject) => {
    const starting = serve(
      {
        fetch: fetch as typeof app.fetch,
        hostname: address.host,
        port: address.port,
        ...(tls === undefined ? {} : { createServer: createSecureServer }),
        serverOptions: {
          ...tls?.options,
          maxHeaderSize: largestHeaderBytes,
          headersTimeout: headerTimeoutMs,
          requestTimeout: requestTimeoutMs,
          keepAliveTimeout: 5_000,
          // These limits are looked after so often; by default it is half a minute.
          connectionsCheckingInterval: 2_000,
        },
      },
      () => resolve(starting),
    );
    starting.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') {
        reject(
          new PortInUseError(address.host, address.port, {
            cause: error,
            ...(options.takenAdvice === undefined ? {} : { advice: options.takenAdvice }),
          }),
        );
        return;
      }
      reject(
        new ServerError(
          'server.config',
          `cannot listen on ${address.host}:${address.port}: ${error.message}`,
          {
            cause: error,
            advice:
              'Choose an address of this machine and a port that this user may use, e.g. 127.0.0.1:8420.',
          },
        ),
      );
    });
  });
  const renewal = tls?.renew(server as SecureServer);
  const { address: host, family, port } = server.address() as AddressInfo;
  const shown = family === 'IPv6' ? `[${host}]` : host;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${shown === '0.0.0.0' || shown === '[::]' ? '127.0.0.1' : shown}:${port}`,
    async close(drainMs) {
      clearInterval(renewal);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      if ('closeIdleConnections' in server) server.closeIdleConnections();
      const cut = setTimeout(() => {
        if ('closeAllConnections' in server) server.closeAllConnections();
      }, drainMs);
      await closed;
      clearTimeout(cut);
    },
  };
}

/** What serves by TLS is loaded only where it is used. */
async function tlsOf(files: CertificateFiles, { url, log }: { url?: string | undefined; log: Log }) {
  const { readCertificate, renewCertificate } = await import('@octobox/rest-server/certificate');
  const options = await readCertificate(files).catch((cause: Error & { advice?: string }) => {
    throw new ServerError('server.config', cause.message, {
      cause,
      ...(cause.advice && { advice: cause.advice }),
    });
  });
  const warn = ({ cert }: { cert: Buffer }): void => {
    for (const concern of certificateConcerns(cert, { url, now: new Date() }))
      log.warn({ certificate: files.certificate }, `${concern}: browsers refuse it`);
  };
  warn(options);
  await warnOfOpenSecret(files.key, log);
  return {
    options,
    renew: (server: SecureServer) => renewCertificate(server, files, { log, taken: warn }),
  };
}
