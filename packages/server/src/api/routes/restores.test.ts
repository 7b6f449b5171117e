import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { onEachDatabase } from '../../testing/temporary-database.ts';
import { apiStage } from '../api-stage.ts';

onEachDatabase((databases) => {
  describe('a restore that is started by the API', () => {
    it('is what its plan says, once, by who made the plan and showed to be it', async () => {
      await using s = await apiStage(databases);
      const { id: serviceId } = await s.platform.catalog.addService({ name: 'Shop', criticality: 'high' });
      const source = await s.platform.catalog.addSource({
        ...{ serviceId, kind: 'files', name: 'shop', location: s.site },
      });
      const page = join(s.site, 'index.html');
      const first = await s.platform.runNow.backup(source.id);
      await writeFile(page, '<h1>Spoilt</h1>');
      const second = await s.platform.runNow.backup(source.id);
      await rm(page);
      const post = async (path: string, body: unknown, headers = {}) =>
        await s.ask('POST', path, { inPerson: true, body, headers });
      const plan = (await post('/restore-plans', { source: 'shop', snapshot: first.snapshotId })).json;
      assert.deepEqual(
        [plan.replaces, plan.newerBackups, plan.stored, plan.recoveryPointAt, plan.files],
        [s.site, 1, 'yes', first.recoveryPointAt, first.files],
      );
      assert.ok(plan.lossSeconds >= 0 && plan.estimateSeconds === undefined);
      const newest = (await post('/restore-plans', { source: 'shop' })).json;
      assert.equal(newest.snapshotId, second.snapshotId);
      const other = await post('/restore-plans', { source: 'shop', snapshot: 'f'.repeat(64) });
      assert.equal(other.json.code, 'server.not-found');

      const started = await post('/restores', { plan: plan.id }, { 'idempotency-key': 'a'.repeat(20) });
      assert.equal(started.status, 202, started.text);
      const again = await post('/restores', { plan: plan.id });
      assert.equal(again.json.id, started.json.id, 'a plan is started once');
      assert.equal((await post('/restores', { plan: newest.id })).json.code, 'server.under-way');
      assert.equal((await s.platform.jobs.finish(started.json.id)).state, 'succeeded');
      assert.equal(await readFile(page, 'utf8'), '<h1>A shop</h1>');
      const [restore] = (await s.ask('GET', '/restores', { key: s.key })).json.items;
      assert.deepEqual([restore.state, restore.snapshotId], ['passed', first.snapshotId]);
      const asked = (await s.ask('GET', '/audit-entries?search=restore.asked', { key: s.key })).json.items;
      assert.deepEqual(
        asked.map(({ after }: { after: object }) => after),
        [{ job: started.json.id, snapshot: first.snapshotId, plan: plan.id }],
      );

      await s.platform.catalog.changeSource(source.id, { options: { excludes: ['*.tmp'] } });
      assert.equal((await post('/restores', { plan: newest.id })).json.code, 'server.plan-outdated');
      const stale = (await post('/restore-plans', { source: 'shop' })).json;
      await s.database.change((transaction) =>
        transaction.updateTable('restore_plans').set({ user_id: 'somebody' }).execute(),
      );
      assert.equal((await post('/restores', { plan: stale.id })).json.code, 'server.not-found');
    });
  });
});
