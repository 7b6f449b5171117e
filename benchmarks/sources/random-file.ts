import { createCipheriv } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';

/** A file of bytes that nobody can compress, the same for the same seed. */
export function writeRandomFile(path: string, bytes: number, seed: number): void {
  const key = Buffer.alloc(16);
  key.writeUInt32LE(seed);
  const stream = createCipheriv('aes-128-ctr', key, Buffer.alloc(16));
  const zeros = Buffer.alloc(4 * 1024 * 1024);
  const file = openSync(path, 'w');
  for (let left = bytes; left > 0; left -= zeros.length)
    writeSync(file, stream.update(left < zeros.length ? zeros.subarray(0, left) : zeros));
  closeSync(file);
}
