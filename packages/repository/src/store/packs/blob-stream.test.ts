import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { BlobMissingError, DamagedFileError } from '../../errors.ts';
import { blobId } from '../../format/blob.ts';
import { seal } from '../../format/sealing/crypto.ts';
import { compress } from '../../format/zstd/compression.ts';
import { createTestRepository } from '../../testing/repository.ts';
import type { Repository } from '../repository.ts';
import { streamBlob } from './blob-stream.ts';

const parts = Array.from({ length: 3 }, (_, i) =>
  Buffer.concat([randomBytes(200_000), Buffer.alloc(900_000, i)]),
);
const plain = Buffer.concat(parts);

async function collect(repository: Repository, id: Buffer): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of await streamBlob(repository, 'tree', id)) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

async function store(stored: Buffer, plainLength: number): Promise<{ repository: Repository }> {
  const { repository } = await createTestRepository();
  const saver = repository.saver();
  await saver.saveSealed('tree', blobId(plain), seal(repository.keys, stored), plainLength);
  await saver.finish();
  return { repository };
}

describe('a blob read as a stream', () => {
  it('is what was stored: one frame, several frames, or no compression', async () => {
    for (const [stored, plainLength] of [
      [compress(plain), plain.length],
      [Buffer.concat(parts.map((part) => compress(part))), plain.length],
      [plain, 0],
    ] as const) {
      const { repository } = await store(stored, plainLength);
      assert.ok((await collect(repository, blobId(plain))).equals(plain));
    }
  });

  it('gives nothing out when anything in it is wrong', async () => {
    const other = Buffer.from(plain);
    other[other.length - 1] = 99;
    for (const [stored, plainLength] of [
      [compress(other), plain.length],
      [compress(plain).subarray(0, -1), plain.length],
      [randomBytes(5000), plain.length],
      [other, 0],
    ] as const) {
      const { repository } = await store(stored, plainLength);
      await assert.rejects(streamBlob(repository, 'tree', blobId(plain)), DamagedFileError);
    }
    const { repository } = await createTestRepository();
    await assert.rejects(streamBlob(repository, 'tree', blobId(plain)), BlobMissingError);
  });
});
