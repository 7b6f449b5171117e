/** A file key under a key that is used for it alone: ChaCha20-Poly1305 with the nonce 0 (C2SP `age.md`). */
import { TAG } from '../block-layout.ts';
import { chacha20Poly1305 } from './chacha20-poly1305.ts';
import { FILE_KEY } from './header.ts';

const NONCE_ZERO = Buffer.alloc(12);
export const WRAPPED_FILE_KEY = FILE_KEY + TAG;

export function sealFileKey(fileKey: Buffer, key: Buffer): Buffer {
  const body = Buffer.alloc(WRAPPED_FILE_KEY);
  chacha20Poly1305().seal(body, fileKey, NONCE_ZERO, key);
  return body;
}

/** The file key; undefined when it was wrapped with another key. `body` has `WRAPPED_FILE_KEY` bytes. */
export function openFileKey(body: Buffer, key: Buffer): Buffer | undefined {
  const fileKey = Buffer.alloc(FILE_KEY);
  return chacha20Poly1305().open(fileKey, body, NONCE_ZERO, key) ? fileKey : undefined;
}
