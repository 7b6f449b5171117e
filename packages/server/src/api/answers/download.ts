import type { Context } from 'hono';
import type { SnapshotStream } from '../../backup/index.ts';
import { cutConnection, describeFailure, type Log } from '../../platform/index.ts';

/** Whoever takes nothing for so long is gone: a lock on the repository hangs on it. */
const patienceMs = 60_000;
/** However it trickles. */
const longestMs = 6 * 3_600_000;

interface DownloadOptions {
  readonly context: Context;
  readonly log: Log;
  /** Ends the wait for the first bytes. */
  readonly opening: AbortSignal;
  /** Ends the reading. */
  readonly stop: AbortController;
  /** Called in any case, when it has been closed. */
  readonly ended: () => void;
  /** As it was announced. */
  readonly size?: number;
}

/**
 * The bytes of a file or an archive at the pace of who takes them. What cannot be read from the beginning is an error, of
 * which the answer can tell; later the connection is cut, so that nobody takes what came for all of it.
 */
export async function downloadOf(
  file: SnapshotStream,
  { context, log, opening, stop, ended, size }: DownloadOptions,
): Promise<ReadableStream<Uint8Array>> {
  const pieces = file.read()[Symbol.asyncIterator]();
  let sent = 0;
  let isClosed = false;
  let patience: NodeJS.Timeout | undefined;
  let whole: NodeJS.Timeout | undefined;
  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    clearTimeout(patience);
    clearTimeout(whole);
    stop.abort();
    // It is over either way, and whoever took it knows how.
    await Promise.allSettled([pieces.return?.(), file[Symbol.asyncDispose]()]);
    ended();
  };
  const breakOff = async (error: unknown): Promise<void> => {
    if (isClosed) return;
    log.warn({ error: describeFailure(error), route: context.req.routePath }, 'a download broke off');
    cutConnection(context);
    await close();
  };
  const endAfter = (milliseconds: number, reason: string): NodeJS.Timeout =>
    setTimeout(() => void breakOff(new Error(reason)), milliseconds).unref();

  const giveUp = (): void => stop.abort(opening.reason);
  opening.addEventListener('abort', giveUp, { once: true });
  let next: IteratorResult<Uint8Array> | undefined;
  try {
    next = await pieces.next();
  } catch (error) {
    await close();
    throw error;
  } finally {
    opening.removeEventListener('abort', giveUp);
  }
  whole = endAfter(longestMs, `a download takes ${longestMs / 3_600_000} hours at most`);
  patience = endAfter(patienceMs, 'nobody took anything of it for a minute');
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        clearTimeout(patience);
        patience = endAfter(patienceMs, 'nobody took anything of it for a minute');
        try {
          if (isClosed) return;
          const { done, value } = next ?? (await pieces.next());
          next = undefined;
          sent += value?.length ?? 0;
          if (size !== undefined && (sent > size || (done === true && sent !== size)))
            throw new Error('the file is not as long as its folder says');
          if (done !== true) return controller.enqueue(new Uint8Array(value));
          await close();
          controller.close();
        } catch (error) {
          // The stream ends with its connection. An error of its own would be written to the log as it is.
          await breakOff(error);
        }
      },
      cancel: close,
    },
    { highWaterMark: 0 },
  );
}
