import assert from 'node:assert/strict';
import { readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { onEachDatabase } from '../../../testing/temporary-database.ts';
import { apiStage } from '../../api-stage.ts';

onEachDatabase((databases) => {
  describe('checks of the repository in the API', () => {
    it('run as jobs, and what they found is kept and told', async () => {
      await using s = await apiStage(databases);
      const { id: serviceId } = await s.platform.catalog.addService({ name: 'Shop', criticality: 'high' });
      const source = { serviceId, kind: 'files', name: 'shop', location: s.site } as const;
      await s.platform.runNow.backup((await s.platform.catalog.addSource(source)).id);
      const get = async (path: string) => (await s.ask('GET', path, { key: s.key })).json;
      const check = async (data?: string) => {
        const body = data === undefined ? {} : { data };
        const { status, json } = await s.ask('POST', '/repository-checks', { key: s.key, body });
        assert.equal(status, 202, json?.detail);
        await s.platform.jobs.finish(json.id);
        return await get(`/repository-checks/${json.id}`);
      };

      const whole = await check('all');
      assert.equal(whole.state, 'succeeded', whole.failure?.message);
      assert.deepEqual([whole.data, whole.errors, whole.snapshots, whole.findings], ['all', 0, 1, []]);
      assert.ok(whole.packsRead > 0 && whole.packsRead === whole.packs && whole.bytesRead > 0);

      const packs = join(s.folder, 'data', 'repository', 'data');
      const files = await readdir(packs, { recursive: true, withFileTypes: true });
      for (const file of files.filter((entry) => entry.isFile()))
        await truncate(join(file.parentPath, file.name), 50);
      const damaged = await check();
      assert.deepEqual([damaged.state, damaged.data, damaged.packsRead], ['succeeded', 'none', 0]);
      assert.ok(damaged.errors > 0);
      assert.equal(damaged.findings[0].severity, 'error');
      const said = async ({ id }: { id: number }) => JSON.stringify(await get(`/jobs/${id}/log`));
      assert.match(await said(damaged), /octobox repair index/, 'what helps is told where the damage is');
      assert.doesNotMatch(await said(whole), /repair/);

      const { items } = await get('/repository-checks');
      assert.deepEqual(
        items.map(({ id, errors }: { id: number; errors: number }) => [id, errors]),
        [damaged, whole].map(({ id, errors }) => [id, errors]),
      );
      const { items: entries } = await get('/audit-entries?kind=check');
      assert.deepEqual(
        entries.map(({ action, subject }: Record<string, unknown>) => [action, subject]),
        Array(2).fill(['check.asked', 'repository:primary']),
      );
      for (const data of ['0%', '101%', '1/2', '5', ''])
        assert.equal((await s.ask('POST', '/repository-checks', { key: s.key, body: { data } })).status, 422);
    });
  });
});
