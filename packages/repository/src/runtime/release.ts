/**
 * Gives the memory of large temporary buffers back at once. The collector sees only their small heads and would let
 * hundreds of megabytes pile up behind them.
 */

/** Smaller buffers may share their memory with others (Node's pool), and are not worth the call. */
const SMALLEST = 128 * 1024;

/** Afterwards `bytes` is empty. Only for buffers that nobody else holds; views of larger memory are left alone. */
export function release(bytes: Uint8Array): void {
  const { buffer, byteLength } = bytes;
  if (byteLength < SMALLEST || byteLength !== buffer.byteLength || !(buffer instanceof ArrayBuffer)) return;
  if (!buffer.detached) buffer.transfer(0);
}
