import type { SnapshotStream } from '../../backup/index.ts';

/** Whoever takes nothing for so long is gone: a lock on the repository hangs on it. */
const patienceMs = 60_000;
/** However it trickles. */
const longestMs = 6 * 3_600_000;

/**
 * The bytes of a file or an archive at the pace of who takes them. What is not as announced ends with an error, and so
 * breaks the connection. @param ended called in any case, when it has been closed
 */
export function downloadOf(
  file: SnapshotStream,
  { stop, ended, size }: { stop: AbortController; ended: () => void; size?: number },
): ReadableStream<Uint8Array> {
  const pieces = file.read()[Symbol.asyncIterator]();
  let sent = 0;
  let isClosed = false;
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
  const stalled = (): void => void close();
  let patience = setTimeout(stalled, patienceMs).unref();
  const whole = setTimeout(stalled, longestMs).unref();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        clearTimeout(patience);
        patience = setTimeout(stalled, patienceMs).unref();
        try {
          if (isClosed) throw new Error('nobody took anything of the download for a minute');
          const { done, value } = await pieces.next();
          sent += value?.length ?? 0;
          if (size !== undefined && (sent > size || (done === true && sent !== size)))
            throw new Error('the file is not as long as its folder says');
          if (done !== true) return controller.enqueue(new Uint8Array(value));
          await close();
          controller.close();
        } catch (error) {
          await close();
          controller.error(error);
        }
      },
      cancel: close,
    },
    { highWaterMark: 0 },
  );
}
