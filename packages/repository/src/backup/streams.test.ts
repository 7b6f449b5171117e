import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeTree } from '../format/trees/tree.ts';
import type { Repository } from '../store/repository.ts';
import { createTestRepository, noise } from '../testing/index.ts';
import type { StreamFile } from './backup-types.ts';
import { backupStreams } from './streams.ts';

async function* once(...pieces: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

const store = (repository: Repository, files: StreamFile[], signal?: AbortSignal) =>
  backupStreams(repository, { folder: '/db', host: 'test', files, signal, noLock: true });

const snapshotCount = async (repository: Repository): Promise<number> =>
  (await Array.fromAsync(repository.snapshots())).length;

describe('a backup of streams', () => {
  it('keeps every byte, however the pieces come, and even when the source uses one buffer for all', async () => {
    const { repository } = await createTestRepository();
    const bytes = noise('stream', 9_000_000);
    async function* reusing(): AsyncGenerator<Uint8Array> {
      const buffer = Buffer.alloc(100_003);
      for (let at = 0; at < bytes.length; at += buffer.length) {
        const length = bytes.copy(buffer, 0, at, at + buffer.length);
        yield buffer.subarray(0, length);
      }
    }
    const { snapshot, summary } = await store(repository, [
      { path: 'whole', content: once(bytes) },
      { path: 'pieces', content: reusing() },
      { path: 'empty', content: once() },
      { path: 'a/b/c', content: once(Buffer.from('c')) },
    ]);
    assert.equal(summary.filesNew, 4);
    assert.equal(summary.totalBytesProcessed, 18_000_001);
    assert.ok(summary.dataAdded < 10_000_000, 'the second stream is the same as the first');
    const [db] = [...decodeTree(await repository.loadBlob('tree', Buffer.from(snapshot?.tree ?? '', 'hex')))];
    assert.ok(db?.subtree);
    const nodes = [...decodeTree(await repository.loadBlob('tree', db.subtree))];
    assert.deepEqual(
      nodes.map((node) => `${node.name} ${node.type} ${node.size}`),
      ['a dir 0', 'empty file 0', 'pieces file 9000000', 'whole file 9000000'],
    );
    assert.deepEqual(nodes[2]?.content, nodes[3]?.content);
    const content = await Promise.all((nodes[2]?.content ?? []).map((id) => repository.loadBlob('data', id)));
    assert.ok(Buffer.concat(content).equals(bytes));
  });

  it('is no backup when a stream fails', async () => {
    const { repository } = await createTestRepository();
    const broken = new Error('pg_dump ended with 1');
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield noise('failing', 3_000_000);
      throw broken;
    }
    await assert.rejects(store(repository, [{ path: 'dump', content: failing() }]), broken);
    assert.equal(await snapshotCount(repository), 0);
  });

  it('ends at once when it is aborted while a stream is stuck', async () => {
    const { repository } = await createTestRepository();
    const controller = new AbortController();
    async function* stuck(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('begin');
      setImmediate(() => controller.abort(new Error('stop')));
      await new Promise(() => {});
    }
    await assert.rejects(store(repository, [{ path: 'dump', content: stuck() }], controller.signal), /stop/);
    assert.equal(await snapshotCount(repository), 0);
  });

  it('refuses paths that are none or that come twice', async () => {
    const { repository } = await createTestRepository();
    for (const path of ['', '..', 'a/../b', '/'])
      await assert.rejects(store(repository, [{ path, content: once() }]), /names no file/);
    const twice = ['x', 'x'].map((path) => ({ path, content: once() }));
    await assert.rejects(store(repository, twice), /comes twice/);
    const inside = ['x', 'x/y'].map((path) => ({ path, content: once() }));
    await assert.rejects(store(repository, inside), /lies in a file/);
    const relative = backupStreams(repository, { folder: 'db', host: 'h', files: [], noLock: true });
    await assert.rejects(relative, /not absolute/);
  });
});
