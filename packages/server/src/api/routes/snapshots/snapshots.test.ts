import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Run } from '../../../backup/index.ts';
import { onEachDatabase } from '../../../testing/temporary-database.ts';
import { apiStage } from '../../api-stage.ts';

onEachDatabase((databases) => {
  describe('snapshots in the API', () => {
    it('are those of the runs that succeeded, and the repository says whether it still has one', async () => {
      await using s = await apiStage(databases);
      const { id: serviceId } = await s.platform.catalog.addService({ name: 'Shop', criticality: 'high' });
      const source = (name: string, location: string) =>
        s.platform.catalog.addSource({ serviceId, kind: 'files', name, location });
      const shop = await source('shop', s.site);
      const other = await source('other', s.site);
      const taken: Run[] = [];
      for (const { id } of [shop, other, shop, shop]) taken.push(await s.platform.runNow.backup(id));
      await rename(s.site, `${s.site}-away`);
      assert.equal((await s.platform.runNow.backup(shop.id)).state, 'failed');

      const get = async (path: string) => (await s.ask('GET', path, { key: s.key })).json;
      const first = await get('/snapshots?source=shop&limit=2');
      const second = await get(`/snapshots?source=shop&limit=2&cursor=${first.nextCursor}`);
      assert.equal(second.nextCursor, null);
      assert.deepEqual(
        [...first.items, ...second.items].map(({ id }) => id),
        [taken[3], taken[2], taken[0]].map((run) => run?.snapshotId),
      );
      const [newest] = first.items;
      assert.deepEqual(
        [newest.runId, newest.sourceId, newest.files],
        [taken[3]?.id, shop.id, taken[3]?.files],
      );
      assert.deepEqual(await get(`/snapshots/${newest.id}`), {
        ...newest,
        tags: [`octobox:source=${shop.id}`],
        stored: 'yes',
      });

      // As if retention had removed the first one: the repository has none of that name.
      const gone = 'f'.repeat(64);
      await s.database.change((transaction) =>
        transaction
          .updateTable('runs')
          .set({ snapshot_id: gone })
          .where('id', '=', taken[0]?.id ?? 0)
          .execute(),
      );
      assert.equal((await get(`/snapshots/${gone}`)).stored, 'no');

      const files = join(s.folder, 'data', 'repository');
      await rename(files, `${files}-away`);
      assert.equal((await get(`/snapshots/${newest.id}`)).stored, 'unknown');
      await s.become({ role: 'auditor' });
      assert.equal((await get('/snapshots')).code, 'server.forbidden');
    });
  });
});
