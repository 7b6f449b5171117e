import assert from 'node:assert/strict';
import { it } from 'node:test';
import { FormatError } from '../errors.ts';
import { blobId, sealBlob } from './blob.ts';
import { generateMasterKey } from './sealing/crypto.ts';
import { isSmallBlob, SmallBlobChecks } from './small-blob-checks.ts';

const keys = generateMasterKey();
const memory = Buffer.alloc(2 * 1024 * 1024);

/** Puts so many blobs into the memory, and has them checked before the last one is there. */
function fill(checks: SmallBlobChecks, count: number, spoil: (at: number, number: number) => void): void {
  let at = 0;
  for (let number = 0; number < count; number++) {
    const plain = Buffer.from(`blob ${number} `.repeat(number % 400));
    const blob = sealBlob(keys, 'data', plain, { mode: number % 2 === 0 ? 'auto' : 'off' });
    if (!isSmallBlob(blob)) continue;
    memory.set(blob.sealed, at);
    spoil(at, number);
    checks.add(blobId(plain), at, blob);
    at += blob.sealed.length;
  }
  checks.run();
}

it('finds every small blob sound that is', () => {
  const checks = new SmallBlobChecks(keys, memory);
  fill(checks, 1500, () => {});
  checks.run();
});

it('finds the one that is not, whatever changed of it', () => {
  for (const byte of [0, 15, 16, 40]) {
    const checks = new SmallBlobChecks(keys, memory);
    const spoil = (at: number, number: number): void => {
      if (number === 333) memory[at + byte] = (memory[at + byte] ?? 0) ^ 1;
    };
    assert.throws(() => fill(checks, 400, spoil), isUnlike);
  }
});

it('finds the one whose content is another', () => {
  const checks = new SmallBlobChecks(keys, memory);
  const blob = sealBlob(keys, 'data', Buffer.from('some content'));
  memory.set(blob.sealed);
  checks.add(blobId(Buffer.from('same content')), 0, blob);
  assert.throws(() => checks.run(), isUnlike);
});

const isUnlike = (error: unknown): boolean =>
  error instanceof FormatError && /not the same after it was compressed/.test(error.message);
