/** Writes so many bytes to standard output, always the same: of each 64 KiB one half is random, the other repeats. */
import { createCipheriv } from 'node:crypto';
import { writeSync } from 'node:fs';

const BLOCK = 64 * 1024;
const BLOCKS = 16;

const stream = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16));
const zeros = Buffer.alloc((BLOCK / 2) * BLOCKS);
for (let left = Number(process.argv[2]), round = 0; left > 0; round++) {
  const random = stream.update(zeros);
  const bytes = Buffer.alloc(BLOCK * BLOCKS, `line ${round} of a log that says the same again and again\n`);
  for (let block = 0; block < BLOCKS; block++)
    random.copy(bytes, block * BLOCK, (block * BLOCK) / 2, ((block + 1) * BLOCK) / 2);
  const size = Math.min(left, bytes.length);
  for (let done = 0; done < size; ) done += writeSync(1, bytes, done, size - done);
  left -= size;
}
