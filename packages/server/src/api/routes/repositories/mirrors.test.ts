import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { onEachDatabase } from '../../../testing/temporary-database.ts';
import { apiStage } from '../../api-stage.ts';

onEachDatabase((databases) => {
  describe('off-site repositories in the API', () => {
    it('are known with their lag, and brought up to date when somebody asks', async () => {
      await using s = await apiStage(databases, { offSite: true });
      const { id: serviceId } = await s.platform.catalog.addService({ name: 'Shop', criticality: 'high' });
      const { id } = await s.platform.catalog.addSource({
        serviceId,
        kind: 'files',
        name: 'files',
        location: s.site,
      });
      const run = await s.platform.runNow.backup(id);
      const repositories = async () => (await s.ask('GET', '/repositories', { key: s.key })).json.items;
      const [primary, paris, ...more] = await repositories();
      assert.deepEqual([primary.role, primary.name, more], ['primary', undefined, []]);
      assert.deepEqual([paris.role, paris.name, paris.place], ['off-site', 'paris', 'Paris, France']);
      assert.deepEqual([paris.state, paris.behind.runs, paris.lastMirror], ['unknown', 1, undefined]);
      const first = (await s.ask('GET', '/repositories?limit=1', { key: s.key })).json;
      const second = await s.ask('GET', `/repositories?limit=1&cursor=${first.nextCursor}`, { key: s.key });
      assert.deepEqual([...first.items, ...second.json.items].length, 2);
      assert.equal(second.json.nextCursor, null);

      const send = (headers: Record<string, string> = {}) =>
        s.ask('POST', '/repositories/paris/mirrors', { key: s.key, headers });
      const once = { 'idempotency-key': randomUUID() };
      const asked = await send(once);
      assert.deepEqual([asked.status, asked.json.kind, asked.json.repository], [202, 'mirror', 'paris']);
      assert.equal((await send()).json.id, asked.json.id, 'one that waits for its turn is joined');

      // It failed, and would be tried again in an hour: who asks now does not wait for that.
      await s.database.change((transaction) =>
        transaction
          .updateTable('jobs')
          .set({ attempts: 1, run_at: new Date(Date.now() + 3_600_000).toISOString() })
          .where('id', '=', asked.json.id)
          .execute(),
      );
      assert.equal((await send(once)).json.id, asked.json.id, 'the same request is answered alike');
      const job = (await send()).json;
      assert.notEqual(job.id, asked.json.id);
      assert.equal((await s.platform.jobs.get(asked.json.id))?.state, 'cancelled');
      assert.equal((await s.platform.jobs.finish(job.id)).state, 'succeeded');

      const [, sent] = await repositories();
      assert.deepEqual([sent.state, sent.behind.runs, sent.upTo], ['up-to-date', 0, run.recoveryPointAt]);
      const { items } = (await s.ask('GET', '/mirrors', { key: s.key })).json;
      assert.deepEqual(items, [sent.lastMirror]);
      assert.deepEqual([items[0].jobId, items[0].state], [job.id, 'succeeded']);
      assert.equal((await s.ask('GET', '/mirrors?state=failed', { key: s.key })).json.items.length, 0);
      const { json } = await s.ask('GET', '/audit-entries?search=mirror.asked', { key: s.key });
      assert.equal(json.items[0].subject, 'repository:paris');

      const { id: late } = (await send()).json;
      const stopped = await s.ask('POST', `/jobs/${late}/cancel`, { key: s.key });
      assert.deepEqual([stopped.status, stopped.json.state], [202, 'cancelled']);
      await s.become({ role: 'auditor' });
      assert.equal((await send()).json.code, 'server.forbidden');
      assert.equal((await repositories()).length, 2);
    });
  });
});
