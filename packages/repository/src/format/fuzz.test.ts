/** Every parser of repository bytes gives a value or its own error for any bytes: no crash, no hang, no heap of memory. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { corpus, fuzzSeconds, fuzzSeed, generator, mutate } from '@octobox/storage/testing';
import { FormatError, UnauthenticatedError, UnsupportedVersionError } from '../errors.ts';
import { openBlob } from './blob.ts';
import { decodeConfig } from './config-file.ts';
import { decodeIndex } from './index-file.ts';
import { decodeKeyFile } from './key-file.ts';
import { decodeLock } from './lock-file.ts';
import { decodePackHeader, sealedHeaderLength } from './pack-header.ts';
import { type MasterKey, open } from './sealing/crypto.ts';
import { decodeSnapshot } from './snapshot-file.ts';
import { decodeTree, decodeTreeParts } from './trees/tree.ts';
import { unwrapUnpacked } from './unpacked.ts';
import { decompress } from './zstd/compression.ts';

/** The sealed seeds are sealed with these. */
const keys: MasterKey = {
  encrypt: Buffer.alloc(32, 1),
  macK: Buffer.alloc(16, 2),
  macR: Buffer.alloc(16, 3),
};

async function* inPieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
}

const parsers: Record<string, (bytes: Buffer) => unknown> = {
  config: decodeConfig,
  key: decodeKeyFile,
  index: (bytes) => decodeIndex(bytes, { pack: () => {}, blob: () => {} }),
  snapshot: decodeSnapshot,
  tree: (bytes) => [...decodeTree(bytes)],
  'tree-in-pieces': async (bytes) => {
    let count = 0;
    for await (const nodes of decodeTreeParts(inPieces(bytes))) count += [...nodes].length;
    return count;
  },
  'pack-header': (bytes) => {
    if (bytes.length >= 4) {
      try {
        sealedHeaderLength(bytes, bytes.length);
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
      }
    }
    const blobs = decodePackHeader(bytes);
    assert.ok(blobs.length <= bytes.length / 37);
  },
  lock: decodeLock,
  unpacked: unwrapUnpacked,
  compressed: (bytes) => {
    const plain = decompress(bytes, 100_000);
    assert.ok(plain.length <= 100_000, 'not above the limit');
  },
  sealed: (bytes) => open(keys, bytes),
  blob: (bytes) => openBlob(keys, Buffer.alloc(32), bytes, 1000),
};

const isExpected = (error: unknown): boolean =>
  error instanceof FormatError ||
  error instanceof UnauthenticatedError ||
  error instanceof UnsupportedVersionError;

describe('parsers of repository bytes', { timeout: 3_600_000 }, () => {
  const seed = fuzzSeed();
  for (const [name, parse] of Object.entries(parsers)) {
    it(`${name} bears any bytes (OCTOBOX_FUZZ_SEED=${seed})`, async () => {
      const folder = name === 'tree-in-pieces' ? 'tree' : name;
      const seeds = corpus(new URL(`../../testdata/fuzz/${folder}`, import.meta.url).pathname);
      assert.ok(seeds.length > 0);
      const random = generator(seed);
      const attempt = async (bytes: Buffer): Promise<void> => {
        const begun = process.cpuUsage();
        try {
          await parse(Buffer.from(bytes));
        } catch (error) {
          if (isExpected(error)) return;
          const shown = bytes.length > 400 ? `${bytes.length} bytes` : bytes.toString('base64');
          throw new Error(`${name} threw ${error} for ${shown}`, { cause: error });
        } finally {
          const took = process.cpuUsage(begun).user / 1000;
          assert.ok(took < 5_000, `${name} took ${took} ms for ${bytes.length} bytes`);
        }
      };
      for (const bytes of seeds) await attempt(bytes);
      const end = performance.now() + fuzzSeconds() * 1000;
      for (let count = 1; performance.now() < end; count++) {
        await attempt(mutate(seeds, random));
        // Buffers outside the heap are given back between turns, and every real reader takes turns.
        if (count % 50 === 0) await setImmediate();
      }
      assert.ok(process.memoryUsage().rss < 1_500_000_000, 'memory stays bounded');
    });
  }
});
