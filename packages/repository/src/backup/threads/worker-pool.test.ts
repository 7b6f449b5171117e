import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { statPath } from '../../filesystem/file-stat.ts';
import { blobId } from '../../format/blob.ts';
import { generateMasterKey } from '../../format/sealing/crypto.ts';
import { BlobTable } from '../../store/index/blob-table.ts';
import { noise, TEST_POLYNOMIAL } from '../../testing/index.ts';
import { WorkerCrashedError, WorkerFailedError } from '../errors.ts';
import type { SealedBlobsMessage } from './worker-messages.ts';
import { WorkerPool } from './worker-pool.ts';

interface Scene {
  readonly pool: WorkerPool;
  readonly sealed: SealedBlobsMessage[];
}

function start(t: TestContext, options: { polynomial?: bigint; size?: number } = {}): Scene {
  const sealed: SealedBlobsMessage[] = [];
  const pool = new WorkerPool({
    size: options.size ?? 1,
    setup: {
      keys: generateMasterKey(),
      table: BlobTable.create().share(),
      polynomial: options.polynomial ?? TEST_POLYNOMIAL,
      version: 2,
      compression: 'auto',
    },
    onSealed: async (blob) => {
      sealed.push(blob);
    },
  });
  t.after(() => pool.close());
  return { pool, sealed };
}

function temporaryFolder(t: TestContext): string {
  const base = mkdtempSync(join(tmpdir(), 'octobox-pool-'));
  t.after(() => rmSync(base, { recursive: true, force: true }));
  return base;
}

describe('the workers of a backup', () => {
  it('store what is new once, whoever meets it first', async (t) => {
    const { pool, sealed } = start(t, { size: 2 });
    const bytes = noise('once', 300_000);
    const results = await Promise.all(
      Array.from({ length: 8 }, () =>
        pool.run({ kind: 'blob', type: 'data', bytes: Uint8Array.from(bytes) }),
      ),
    );
    await pool.drain();
    assert.equal(sealed.length, 1);
    for (const { id } of results) assert.ok(blobId(bytes).equals(id));
    assert.equal(results.filter(({ fresh }) => fresh.count === 1).length, 1);
  });

  it('cut a large file where they cut it when they read it whole', async (t) => {
    const { pool } = start(t, { size: 2 });
    const base = temporaryFolder(t);
    const path = join(base, 'file');
    writeFileSync(path, noise('cuts', 40_000_000));
    const stat = statPath(Buffer.from(path));
    const read = await pool.run({ kind: 'files', files: [{ path, stat }] });
    const [whole] = read.files;
    assert.ok(whole !== undefined && 'size' in whole);
    assert.equal(read.ids.length, whole.blobs * 32);
    assert.equal(whole.size, 40_000_000);
    assert.equal(whole.changed, false);
    assert.equal(whole.stat, undefined);
    const file = openSync(path, 'r');
    t.after(() => closeSync(file));
    const ids: Uint8Array[] = [];
    for (let from = 0, atEnd = false; !atEnd; ) {
      const cuts = await pool.run({ kind: 'cuts', file, from, atLeast: 5_000_000 });
      const pieces = await pool.run({ kind: 'pieces', file, from, lengths: cuts.lengths });
      ids.push(pieces.ids);
      assert.equal(pieces.fresh.count, 0);
      from += cuts.lengths.reduce((sum, length) => sum + length, 0);
      atEnd = cuts.atEnd;
    }
    assert.deepEqual(Buffer.concat(ids), Buffer.from(read.ids));
  });

  it('never open what is no regular file, and go on with the others', async (t) => {
    const { pool } = start(t);
    const base = temporaryFolder(t);
    writeFileSync(join(base, 'file'), 'content');
    const stat = statPath(Buffer.from(join(base, 'file')));
    symlinkSync('file', join(base, 'link'));
    mkdirSync(join(base, 'folder'));
    execFileSync('mkfifo', [join(base, 'fifo')]);
    const files = ['gone', 'link', 'folder', 'fifo', 'file'].map((name) => ({
      path: join(base, name),
      stat,
    }));
    const { files: results, ids } = await pool.run({ kind: 'files', files });
    assert.equal(ids.length, 32);
    assert.deepEqual(
      results.map((result) => ('code' in result ? result.code : result.size)),
      ['ENOENT', 'ELOOP', 'CHANGED_TYPE', 'CHANGED_TYPE', 7],
    );
  });

  it('tell the metadata of a file that was replaced before it was opened', async (t) => {
    const { pool } = start(t);
    const base = temporaryFolder(t);
    writeFileSync(join(base, 'old'), 'old');
    writeFileSync(join(base, 'new'), 'newer');
    const stat = statPath(Buffer.from(join(base, 'old')));
    const read = await pool.run({ kind: 'files', files: [{ path: join(base, 'new'), stat }] });
    const [result] = read.files;
    assert.ok(result !== undefined && 'size' in result);
    assert.deepEqual(result.stat, {
      ...statPath(Buffer.from(join(base, 'new'))),
      accessed: result.stat?.accessed,
    });
    assert.equal(result.changed, false);
  });

  it('end the backup with a clear error when one of them dies', async (t) => {
    // A polynomial that no chunker takes makes the thread fail as it starts.
    const { pool } = start(t, { polynomial: 0n });
    const job = pool.run({ kind: 'blob', type: 'data', bytes: new Uint8Array(1) });
    await assert.rejects(job, (error) => error instanceof WorkerCrashedError && /degree/.test(error.message));
    await assert.rejects(
      pool.run({ kind: 'blob', type: 'data', bytes: new Uint8Array(1) }),
      WorkerCrashedError,
    );
    await assert.rejects(pool.room(), WorkerCrashedError);
    assert.ok(pool.signal.reason instanceof WorkerCrashedError);
  });

  it('end the backup when a job fails for a reason that is not one file', async (t) => {
    const { pool } = start(t);
    const job = pool.run({ kind: 'pieces', file: 987_654, from: 0, lengths: [10] });
    await assert.rejects(job, (error) => error instanceof WorkerFailedError && /EBADF/.test(error.message));
  });
});
