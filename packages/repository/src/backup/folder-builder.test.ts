import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { generateMasterKey, open } from '../format/sealing/crypto.ts';
import { decompress } from '../format/zstd/compression.ts';
import { FolderBuilder } from './folder-builder.ts';
import { noBlobs } from './threads/new-blobs.ts';
import { type PlainTree, type SealedTree, TreeWriter } from './tree-writer.ts';

const format = { keys: generateMasterKey(), version: 2 } as const;
const newTree = (): TreeWriter => new TreeWriter(format);

function builder(): { folder: FolderBuilder; held: { count: number }; saved: string[] } {
  const saved: string[] = [];
  const held = { count: 0 };
  const folder = new FolderBuilder(held, {
    newTree,
    async saveTree(tree: PlainTree | SealedTree) {
      assert.equal(tree.kind, 'plain');
      saved.push(tree.kind === 'plain' ? tree.bytes.toString() : '');
      return { id: Buffer.alloc(32, 7), fresh: noBlobs() };
    },
  });
  return { folder, held, saved };
}

describe('a folder in the making', () => {
  it('keeps its entries in order although they are finished in any', async () => {
    const { folder, held, saved } = builder();
    folder.add('1');
    const second = folder.reserve();
    folder.add('3');
    const fourth = folder.reserve();
    const fifth = folder.reserve();
    assert.equal(held.count, 4);
    const closed = folder.close();
    fifth('5');
    second('2');
    assert.equal(held.count, 2);
    assert.deepEqual(saved, []);
    fourth();
    assert.deepEqual((await closed).id, Buffer.alloc(32, 7));
    assert.deepEqual(saved, ['{"nodes":[1,2,3,5]}\n']);
    assert.equal(folder.count, 4);
    assert.equal(held.count, 0);
  });

  it('takes the nodes of neighbours at once, and holds each of them until then', async () => {
    const { folder, held, saved } = builder();
    const run = folder.reserveRun();
    assert.ok(run.extend());
    assert.ok(run.extend());
    const second = folder.reserve();
    assert.equal(run.extend(), false, 'an entry stands behind it');
    const failed = folder.reserveRun();
    const last = folder.reserveRun();
    assert.equal(held.count, 6);
    const closed = folder.close();
    second('4');
    last.place(Buffer.from('5,6'), 2);
    failed.place(Buffer.alloc(0), 0);
    assert.equal(held.count, 6);
    run.place(Buffer.from('1,2,3'), 3);
    await closed;
    assert.deepEqual([saved, held.count, folder.count], [['{"nodes":[1,2,3,4,5,6]}\n'], 0, 6]);
  });

  it('may be empty, and fails when its tree cannot be saved', async () => {
    const { folder, saved } = builder();
    await folder.close();
    assert.deepEqual(saved, ['{"nodes":[]}\n']);
    const failing = new FolderBuilder(
      { count: 0 },
      { newTree, saveTree: () => Promise.reject(new Error('full')) },
    );
    await assert.rejects(failing.close(), /full/);
  });
});

describe('a tree of a large folder', () => {
  for (const version of [1, 2] as const) {
    it(`is sealed piece by piece into what one piece would be (format version ${version})`, () => {
      const writer = new TreeWriter({ ...format, version });
      const nodes = Array.from({ length: 30_000 }, (_, i) => `{"name":"${i}","x":"${'é'.repeat(200)}"}`);
      for (const node of nodes) writer.add(node);
      const tree = writer.finish();
      assert.equal(tree.kind, 'sealed');
      if (tree.kind !== 'sealed') return;
      assert.ok(tree.parts.length > 1);
      const plain = Buffer.from(`{"nodes":[${nodes.join(',')}]}\n`);
      assert.equal(tree.length, plain.length);
      const opened = open(format.keys, tree.sealed);
      assert.equal(
        tree.parts.reduce((sum, part) => sum + part, 0),
        opened.length,
      );
      assert.ok((version === 1 ? opened : decompress(opened, plain.length)).equals(plain));
      assert.deepEqual(tree.id, createHash('sha256').update(plain).digest());
      tree.discard();
      assert.equal(tree.sealed.length, 0);
    });
  }
});
