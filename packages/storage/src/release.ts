/**
 * Gives the memory of large temporary buffers back at once. The collector sees only their small heads and would let
 * hundreds of megabytes pile up behind them.
 */

/** Smaller buffers may share their memory with others (Node's pool), and are not worth the call. */
const SMALLEST = 128 * 1024;

/** Afterwards `bytes` is empty. Only for buffers that nobody else holds; views of larger memory are left alone. */
export function release(bytes: Uint8Array): void {
  if (bytes.byteLength === bytes.buffer.byteLength) releaseMemory(bytes);
}

/** The same with all memory in which they lie: for what a storage has read, whose memory is that of its reader. */
export function releaseMemory({ buffer }: Uint8Array): void {
  if (buffer.byteLength < SMALLEST || !(buffer instanceof ArrayBuffer)) return;
  if (!buffer.detached) buffer.transfer(0);
}
