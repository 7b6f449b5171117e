/** HTTP as a storage needs it: bodies as streams, a trusted authority of one's own, an end to silence. */
import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent, request as tlsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { connect } from 'node:tls';
import { StorageError } from '../errors.ts';
import { networkFailure, speaksTls, stuck } from './network-errors.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: { readonly length: number; readonly slices: AsyncIterable<Uint8Array> };
  readonly signal?: AbortSignal | undefined;
}

export interface HttpClientOptions {
  /** For messages. */
  readonly location: string;
  readonly ca: string | undefined;
  readonly connections: number;
  readonly stuckAfterMs: number;
}

export class HttpClient {
  readonly #options: HttpClientOptions;
  readonly #plain: PlainAgent;
  readonly #tls: Agent;
  #answered = false;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    const pool = { keepAlive: true, maxSockets: options.connections };
    this.#plain = new PlainAgent(pool);
    this.#tls = new Agent({ ...pool, ...(options.ca === undefined ? {} : { ca: options.ca }) });
  }

  /**
   * The answer's head; its body must be read or destroyed.
   * @throws {StorageError} when the connection fails or stands still; a body that breaks off throws while it is read
   */
  async send({ method, url, headers = {}, body, signal }: HttpRequest): Promise<IncomingMessage> {
    const { location, stuckAfterMs } = this.#options;
    const start = url.protocol === 'https:' ? tlsRequest : plainRequest;
    const request = start(url, {
      method,
      agent: url.protocol === 'https:' ? this.#tls : this.#plain,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-length': body.length }) },
      ...(signal === undefined ? {} : { signal }),
    });
    request.setTimeout(stuckAfterMs, () => request.destroy(stuck(location)));
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve);
      // Stays for errors after the answer's head, which the body's reader is told of.
      request.on('error', reject);
    });
    if (body === undefined) request.end();
    else {
      const source = Readable.from(body.slices, { objectMode: false });
      source.once('error', (error) => request.destroy(error));
      source.pipe(request);
    }
    try {
      const answer = await answered;
      this.#answered = true;
      return answer;
    } catch (error) {
      signal?.throwIfAborted();
      const failure = networkFailure(error, location) ?? error;
      // A server with TLS cuts off whoever comes without: asking again for a quarter of an hour would not help.
      const mayWantTls = url.protocol === 'http:' && !this.#answered && isCut(failure);
      if (mayWantTls && (await shakesHands(url))) throw speaksTls(location, error);
      throw failure;
    }
  }

  close(): void {
    this.#plain.destroy();
    this.#tls.destroy();
  }
}

const isCut = (error: unknown): boolean =>
  error instanceof StorageError && error.code === 'storage.interrupted';

/** Whether that port speaks TLS. Nothing but the handshake is sent, so nobody needs to be trusted. */
function shakesHands({ hostname, port }: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const host = hostname.replace(/^\[|\]$/g, '');
    const socket = connect({ host, port: Number(port || 80), rejectUnauthorized: false });
    const end = (found: boolean) => (): void => {
      resolve(found);
      socket.destroy();
    };
    socket.once('secureConnect', end(true));
    socket.once('error', end(false));
    socket.once('close', end(false));
    socket.setTimeout(HANDSHAKE_MS, end(false));
  });
}
const HANDSHAKE_MS = 5000;
