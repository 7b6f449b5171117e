import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import { describeFailure, type Log } from '../../platform/index.ts';
import { AtATime } from '../requests/at-a-time.ts';

const lookEveryMs = 1_000;
/** Something has to come now and then, or proxies take the connection for dead. */
const signOfLifeMs = 15_000;
/** Whoever still looks connects again. */
const longestMs = 15 * 60_000;
const mostOfOneUser = 10;

interface Sight {
  readonly event: string;
  readonly data: unknown;
  /** Nothing will change any more. */
  readonly last: boolean;
}

/** Server-sent events (https://html.spec.whatwg.org/#server-sent-events) of a thing that is looked at again and again. */
export class Live {
  readonly #log: Log;
  readonly #open = new AtATime(mostOfOneUser, {
    what: `${mostOfOneUser} streams of events are open already`,
    advice: 'Close one that nobody reads.',
    retryAfterSeconds: 30,
  });

  constructor(log: Log) {
    this.#log = log;
  }

  /** `look` gives undefined when the thing is no more. @throws ApiError `api.busy` */
  follow(context: Context, userId: string, look: () => Promise<Sight | undefined>): Response {
    const ended = this.#open.begin(userId);
    context.header('x-accel-buffering', 'no');
    return streamSSE(
      context,
      async (stream) => {
        const gone = new AbortController();
        stream.onAbort(() => gone.abort());
        const end = Date.now() + longestMs;
        let shown = '';
        let quietSince = Date.now();
        try {
          while (!gone.signal.aborted && Date.now() < end) {
            const sight = await look();
            if (sight === undefined) return;
            const data = JSON.stringify(sight.data);
            if (data !== shown) {
              await stream.writeSSE({ event: sight.event, data });
              shown = data;
              quietSince = Date.now();
            } else if (Date.now() - quietSince >= signOfLifeMs) {
              await stream.write(': still here\n\n');
              quietSince = Date.now();
            }
            if (sight.last) return;
            await sleep(lookEveryMs, undefined, { signal: gone.signal }).catch(() => {});
          }
        } finally {
          ended();
        }
      },
      async (error) => this.#log.error({ error: describeFailure(error) }, 'a stream of events broke off'),
    );
  }
}
