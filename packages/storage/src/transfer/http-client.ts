/** HTTP as a storage needs it: bodies as streams, a trusted authority of one's own, an end to silence. */
import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent, request as tlsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { networkFailure, stuck } from './network-errors.ts';

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
      return await answered;
    } catch (error) {
      signal?.throwIfAborted();
      throw networkFailure(error, location) ?? error;
    }
  }

  close(): void {
    this.#plain.destroy();
    this.#tls.destroy();
  }
}
