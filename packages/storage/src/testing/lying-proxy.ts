/**
 * An HTTP proxy in front of a real S3 server that lies on demand. It forwards requests byte for byte, so their
 * signatures stay good, and spoils what comes back, or what the client learns of it.
 */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

export type Lie =
  /** Half of the body, then the connection is cut. */
  | 'truncated'
  /** Half of the body, announced as the whole. */
  | 'shortened'
  /** Another range than the one asked for, told as it is. */
  | 'wrong-range'
  /** The right length and the right headers, other bytes. */
  | 'wrong-bytes'
  /** Done, and answered with 500. */
  | 'failed-after'
  /** Not done, and answered with 503. */
  | 'busy'
  /** Never answered. */
  | 'silent'
  /** Cut before anything was done. */
  | 'cut-before'
  /** Done, and cut before the answer. */
  | 'cut-after'
  /** Listings without what was written last, and looks that find nothing of it. */
  | 'stale'
  /** Asked twice; the second answer is given. */
  | 'repeated'
  /** The answer comes twice on the same connection. */
  | 'answered-twice';

export interface ProxiedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** From 0. */
  readonly count: number;
}

export interface LyingProxy {
  readonly url: string;
  readonly lies: ReadonlyMap<Lie, number>;
  /** Requests that came through. */
  readonly requests: readonly ProxiedRequest[];
  /** Decides about each request; undefined tells the truth. */
  plan: (request: ProxiedRequest) => Lie | undefined;
  /** How far this service's clock is ahead of ours; like Amazon it refuses what is a quarter of an hour off. */
  clockAheadMs: number;
  stop(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export async function startLyingProxy(target: string): Promise<LyingProxy> {
  const { hostname, port } = new URL(target);
  const lies = new Map<Lie, number>();
  const requests: ProxiedRequest[] = [];
  const newest: string[] = [];

  const forward = (asked: IncomingMessage, body: Buffer, headers: IncomingHttpHeaders): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const out = request(
        { hostname, port, method: asked.method, path: asked.url, headers, agent: false },
        (answer) => {
          Array.fromAsync(answer as AsyncIterable<Buffer>).then(
            (parts) =>
              resolve({
                status: answer.statusCode ?? 0,
                headers: answer.headers,
                body: Buffer.concat(parts),
              }),
            reject,
          );
        },
      );
      out.on('error', reject);
      out.end(body);
    });

  const server = createServer((asked, answer) => {
    void serve(asked, answer).catch(() => answer.destroy());
  });
  const serve = async (asked: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const body = Buffer.concat(await Array.fromAsync(asked as AsyncIterable<Buffer>));
    const seen = {
      method: asked.method ?? '',
      path: asked.url ?? '',
      headers: asked.headers,
      count: requests.length,
    };
    requests.push(seen);
    const refused = skewed(asked.headers, proxy.clockAheadMs);
    if (refused !== undefined) return give(answer, refused, seen);
    const lie = proxy.plan(seen);
    if (lie !== undefined) lies.set(lie, (lies.get(lie) ?? 0) + 1);
    const key = new URL(seen.path, target).pathname;
    if (seen.method === 'PUT') newest.push(key);
    switch (lie) {
      case 'silent':
        return;
      case 'cut-before':
        asked.socket.destroy();
        return;
      case 'busy':
        return give(
          answer,
          { status: 503, headers: {}, body: Buffer.from('<Error><Code>SlowDown</Code></Error>') },
          seen,
        );
      case 'repeated':
        await forward(asked, body, asked.headers);
        break;
      default:
    }
    const truth = await forward(asked, body, asked.headers);
    truth.headers.date = new Date(Date.now() + proxy.clockAheadMs).toUTCString();
    switch (lie) {
      case 'failed-after':
        return give(
          answer,
          { status: 500, headers: {}, body: Buffer.from('<Error><Code>InternalError</Code></Error>') },
          seen,
        );
      case 'cut-after':
        asked.socket.destroy();
        return;
      case 'truncated':
        answer.writeHead(truth.status, headersOf(truth));
        answer.write(truth.body.subarray(0, truth.body.length / 2), () => asked.socket.destroy());
        return;
      case 'shortened':
        return give(answer, { ...truth, body: truth.body.subarray(0, truth.body.length / 2) }, seen, true);
      case 'wrong-bytes':
        return give(answer, { ...truth, body: truth.body.map((byte) => byte ^ 0x55) as Buffer }, seen);
      case 'wrong-range':
        return give(answer, moved(truth), seen);
      case 'stale':
        return give(answer, stale(seen, truth, newest.slice(-3)), seen, seen.method === 'GET');
      case 'answered-twice': {
        const head = Object.entries(headersOf(truth)).map(([name, value]) => `${name}: ${value}\r\n`);
        const whole = Buffer.concat([
          Buffer.from(`HTTP/1.1 ${truth.status} Told\r\n${head.join('')}\r\n`),
          seen.method === 'HEAD' ? Buffer.alloc(0) : truth.body,
        ]);
        asked.socket.write(Buffer.concat([whole, whole]));
        return;
      }
      default:
        return give(answer, truth, seen);
    }
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: LyingProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lies,
    requests,
    plan: () => undefined,
    clockAheadMs: 0,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

/** Lies as a seeded coin falls, each of the given kinds as often as the others. */
export function randomLies(seed: number, share: number, kinds: readonly Lie[]): LyingProxy['plan'] {
  let state = seed >>> 0 || 1;
  const next = (): number => {
    // xorshift32
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  return () => (next() < share ? kinds[Math.floor(next() * kinds.length)] : undefined);
}

const TRANSFER = ['connection', 'transfer-encoding', 'keep-alive'];

function headersOf({ headers, body }: Answer): Record<string, string> {
  const kept = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' && !TRANSFER.includes(name) ? [[name, value] as const] : [],
  );
  return { 'content-length': String(body.length), ...Object.fromEntries(kept) };
}

function give(answer: ServerResponse, truth: Answer, { method }: ProxiedRequest, resized = false): void {
  const headers = headersOf(truth);
  if (resized) headers['content-length'] = String(truth.body.length);
  answer.writeHead(truth.status, headers);
  answer.end(method === 'HEAD' ? undefined : truth.body);
}

/** What a server would say that took a range for the one that begins a byte later. */
function moved(truth: Answer): Answer {
  const [, from, to, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(truth.headers['content-range'] ?? '') ?? [];
  if (from === undefined) return truth;
  return {
    ...truth,
    headers: {
      ...truth.headers,
      'content-range': `bytes ${Number(from) + 1}-${Number(to) + 1}/${Number(total) + 1}`,
    },
    body: Buffer.concat([truth.body.subarray(1), Buffer.alloc(1)]),
  };
}

function skewed(headers: IncomingHttpHeaders, aheadMs: number): Answer | undefined {
  const sent = String(headers['x-amz-date']).replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z');
  const now = new Date(Date.now() + aheadMs);
  if (Math.abs(now.getTime() - Date.parse(sent)) < 15 * 60_000) return undefined;
  return {
    status: 403,
    headers: { date: now.toUTCString(), 'content-type': 'application/xml' },
    body: Buffer.from(
      `<Error><Code>RequestTimeTooSkewed</Code><Message>The difference is too large.</Message><ServerTime>${now.toISOString()}</ServerTime></Error>`,
    ),
  };
}

function stale({ method, path }: ProxiedRequest, truth: Answer, newest: readonly string[]): Answer {
  if (method === 'HEAD' && newest.some((key) => path.startsWith(key))) {
    return { status: 404, headers: {}, body: Buffer.alloc(0) };
  }
  if (method !== 'GET' || !path.includes('list-type=2')) return truth;
  const text = truth.body.toString('utf8').replace(/<Contents>.*?<\/Contents>/gs, (entry) => {
    const key = /<Key>(.*?)<\/Key>/.exec(entry)?.[1] ?? '';
    return newest.some((written) => written.endsWith(key)) ? '' : entry;
  });
  return { ...truth, body: Buffer.from(text) };
}
