/**
 * The nonce of a block (rclone `backend/crypt/cipher.go`, `nonce.add`): that of the file's header plus the
 * number of the block, as one little-endian number of 24 bytes that wraps around.
 */
export const NONCE = 24;

/** Writes the nonce of a block into `into`. */
export function blockNonce(into: Buffer, start: Buffer, number: number): void {
  let rest = number;
  for (let at = 0; at < NONCE; at++) {
    const sum = (start[at] ?? 0) + (rest % 256);
    into[at] = sum;
    rest = Math.floor(rest / 256) + (sum > 255 ? 1 : 0);
  }
}
