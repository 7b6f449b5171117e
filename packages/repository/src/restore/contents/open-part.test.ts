import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { blobId, sealBlob } from '../../format/blob.ts';
import { generateMasterKey } from '../../format/sealing/crypto.ts';
import { type BlobsOfPart, openPart } from './open-part.ts';

const keys = generateMasterKey();

function partOf(plains: readonly Buffer[]): { bytes: Buffer; ids: Buffer; blobs: Uint32Array } {
  const sealed = plains.map((plain) => sealBlob(keys, 'data', plain));
  let start = 0;
  const fields = sealed.flatMap(({ sealed: { length }, uncompressedLength }) => {
    start += length;
    return [start - length, length, uncompressedLength, 1];
  });
  return {
    bytes: Buffer.concat(sealed.map((blob) => blob.sealed)),
    ids: Buffer.concat(plains.map(blobId)),
    blobs: Uint32Array.from(fields),
  };
}

function opened(part: BlobsOfPart & { readonly bytes: Buffer }): (Buffer | string | undefined)[] {
  const all: (Buffer | string | undefined)[] = [];
  openPart(keys, part, part.bytes, (number, plain, problem) => {
    assert.equal(number, all.length);
    all.push(plain === undefined ? problem : Buffer.from(plain));
  });
  return all;
}

const lengths = [1, 15, 16, 17, 500, 4064, 4095, 4096, 4097, 70_000, 300_000, 3_500_000, 3];

test('opens blobs of all lengths in their order, and more than wait for each other', () => {
  const plains = Array.from({ length: 600 }, (_, number) => {
    const length = lengths[number % lengths.length] ?? 0;
    return number % 5 === 0 ? Buffer.alloc(length, `${number} `) : randomBytes(Math.min(length, 5000));
  });
  const part = partOf(plains);
  const all = opened(part);
  for (const [number, plain] of plains.entries()) assert.deepEqual(all[number], plain);
  assert.equal(all.length, plains.length);
});

test('a damaged blob, one of another name and one that is cut off leave the others alone', () => {
  const plains = Array.from({ length: 8 }, (_, number) => Buffer.alloc(3000, `${number} `));
  const part = partOf(plains);
  const [damaged, renamed, short, behind] = [1, 3, 5, 7];
  const start = (number: number): number => part.blobs[number * 4] as number;
  part.bytes[start(damaged) + 20] = 255 - (part.bytes[start(damaged) + 20] as number);
  part.ids[renamed * 32] = 255 - (part.ids[renamed * 32] as number);
  part.blobs[short * 4 + 1] = 7;
  part.blobs[behind * 4] = part.bytes.length + 10;
  const all = opened(part);
  for (const [number, plain] of plains.entries()) {
    if ([damaged, renamed, short, behind].includes(number)) assert.equal(typeof all[number], 'string');
    else assert.deepEqual(all[number], plain);
  }
});
