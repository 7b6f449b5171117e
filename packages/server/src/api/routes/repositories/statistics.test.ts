import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { onEachDatabase } from '../../../testing/temporary-database.ts';
import { apiStage } from '../../api-stage.ts';

onEachDatabase((databases) => {
  describe('statistics of snapshots in the API', () => {
    it('count what a restore writes and what is stored, of all, a source, or one', async () => {
      await using s = await apiStage(databases);
      const { id: serviceId } = await s.platform.catalog.addService({ name: 'Shop', criticality: 'high' });
      const other = join(s.folder, 'other');
      await mkdir(other);
      await writeFile(join(other, 'small'), 'x'.repeat(10));
      await writeFile(join(s.site, 'index.html'), randomBytes(50_000));
      const backUp = async (name: string, location: string) => {
        const source = await s.platform.catalog.addSource({ serviceId, kind: 'files', name, location });
        const { snapshotId } = await s.platform.runNow.backup(source.id);
        await s.platform.runNow.backup(source.id);
        return { sourceId: source.id, snapshotId };
      };
      const [shop, small] = [await backUp('shop', s.site), await backUp('small', other)];
      const count = async (body: unknown) => {
        const { status, json, text } = await s.ask('POST', '/statistics', { key: s.key, body });
        assert.equal(status, 202, text);
        await s.platform.jobs.finish(json.id);
        return (await s.ask('GET', `/statistics/${json.id}`, { key: s.key })).json;
      };

      const all = await count({});
      assert.deepEqual([all.state, all.mode, all.snapshots], ['succeeded', 'restore-size', 4]);
      assert.equal(all.bytes, 2 * 50_010);
      const ofSource = await count({ source: 'small' });
      assert.deepEqual([ofSource.sourceId, ofSource.snapshots, ofSource.bytes], [small.sourceId, 2, 20]);
      const one = await count({ snapshots: [shop.snapshotId] });
      assert.deepEqual([one.snapshotIds, one.snapshots, one.bytes], [[shop.snapshotId], 1, 50_000]);
      const stored = await count({ mode: 'raw-data', source: 'shop' });
      assert.ok(stored.bytes > 50_000 && stored.bytes < 60_000 && stored.blobs >= 2);
      assert.ok(stored.bytesUncompressed >= stored.bytes);
      const gone = await count({ snapshots: ['0'.repeat(64)] });
      assert.deepEqual(
        [gone.state, gone.failure.code, gone.bytes],
        ['failed', 'server.not-found', undefined],
      );

      // All of them stay in sight, the newest first, a page at a time.
      const list = async (query: string) =>
        (await s.ask('GET', `/statistics?limit=2${query}`, { key: s.key })).json;
      const newest = await list('');
      assert.deepEqual(newest.items, [gone, stored]);
      assert.deepEqual((await list(`&cursor=${newest.nextCursor}`)).items, [one, ofSource]);

      for (const body of [
        { mode: 'all' },
        { snapshots: [] },
        { snapshots: ['x'] },
        { source: 'shop', snapshots: [shop.snapshotId] },
      ])
        assert.equal((await s.ask('POST', '/statistics', { key: s.key, body })).status, 422);
      const nobody = { key: s.key, body: { source: 'nobody' } };
      assert.equal((await s.ask('POST', '/statistics', nobody)).status, 404);
    });
  });
});
