import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { unsealed } from '../testing/sealed-rows.ts';
import { onEachDatabase } from '../testing/temporary-database.ts';
import { apiStage } from './api-stage.ts';

onEachDatabase((databases) => {
  describe('the API, for an outside administrator', () => {
    it('shows the services assigned, and nothing of others', async () => {
      await using s = await apiStage(databases);
      const mine = await s.platform.catalog.addService({ name: 'Mine', criticality: 'low' });
      const other = await s.platform.catalog.addService({ name: 'Other', criticality: 'low' });
      const source = (serviceId: string, name: string) =>
        s.platform.catalog.addSource({ serviceId, kind: 'files', name, location: s.site });
      const [own, foreign] = [await source(mine.id, 'own files'), await source(other.id, 'other files')];
      await s.platform.runNow.backup(own.id);
      const hidden = await s.platform.runNow.backup(foreign.id);
      const drill = await s.platform.runNow.drill(foreign.id);
      const restore = await s.platform.runNow.restore(foreign.id);
      await s.platform.runNow.restore(own.id);
      await s.platform.incidents.open({
        title: 'Elsewhere',
        services: [other.id],
        impact: 'outage',
        text: 'Not yours.',
      });
      const whole = (await s.ask('GET', '/status', { key: s.key })).json;
      const said = await s.platform.board.report();
      assert.deepEqual(Object.keys(whole), Object.keys(said));
      assert.deepEqual([whole.summary, whole.promises], [said.summary, { ...said.promises }]);
      assert.deepEqual([whole.incidents, whole.repositories], [said.incidents, said.repositories]);
      await s.become({ role: 'outside-administrator' });
      await s.rewrite(async (transaction) => {
        const { user_id } = await transaction
          .selectFrom('members')
          .select('user_id')
          .executeTakeFirstOrThrow();
        await transaction
          .insertInto('member_services')
          .values({ user_id, service_id: mine.id, ...unsealed })
          .execute();
      });
      const get = (path: string) => s.ask('GET', path, { key: s.key });
      const assign = (service_id: string) =>
        s.rewrite((transaction) => transaction.updateTable('member_services').set({ service_id }).execute());
      const { id: bare } = await s.platform.catalog.addService({ name: 'Bare', criticality: 'low' });
      await assign(bare);
      for (const path of ['/sources', '/runs', '/drills', '/restores', '/promises', '/incidents'])
        assert.equal((await get(path)).json?.items.length, path === '/promises' ? 2 : 0, path);
      await assign(mine.id);
      const lists = ['/services', '/sources', '/runs', '/drills', '/promises', '/incidents', '/jobs'];
      for (const path of [...lists, '/restores', '/status']) {
        const { status, text } = await get(path);
        assert.equal(status, 200, path);
        for (const secret of [other.id, foreign.id, 'Other', 'other files', 'Elsewhere'])
          assert.ok(!text.includes(secret), `${path} tells of ${secret}`);
      }
      await s.become({ until: new Date(Date.now() - 60_000).toISOString() });
      for (const path of lists) {
        const { code, detail, advice } = (await get(path)).json;
        assert.equal(code, 'server.time-over', path);
        assert.match(`${detail} ${advice}`, /ended on 20.* UTC .*owner of the organisation can prolong it/);
      }
      await s.become({ until: new Date(Date.now() + 600_000).toISOString() });
      const { state, services, incidents, promises, repositories } = (await get('/status')).json;
      assert.deepEqual([state, services.length, incidents, repositories], ['unknown', 1, [], []]);
      const counted: number[] = Object.values(promises);
      assert.equal(
        counted.reduce((sum, each) => sum + each, 0),
        services[0].promises.length,
      );
      assert.equal((await get('/runs')).json.items.length, 1);
      const [restored] = (await get(`/restores?source=${own.id}&state=passed`)).json.items;
      assert.deepEqual((await get(`/restores/${restored.id}`)).json, restored);
      assert.ok(restored.recoverySeconds > 0 && restored.checks.length > 0);
      for (const path of [
        `/services/${other.id}`,
        '/services/other',
        `/sources/${foreign.id}`,
        `/sources?service=${other.id}`,
        `/runs?source=${foreign.id}`,
        `/runs/${hidden.id}`,
        `/drills/${drill.id}`,
        `/restores/${restore.id}`,
        `/restores?source=${foreign.id}`,
        `/jobs/${hidden.jobId}`,
        `/jobs/${hidden.jobId}/log`,
        `/jobs/${hidden.jobId}/events`,
        '/incidents/1',
      ])
        assert.equal((await get(path)).json?.code, 'server.not-found', path);
      assert.equal(
        (await s.ask('POST', `/sources/${foreign.id}/backups`, { key: s.key })).json.code,
        'server.not-found',
      );
      assert.equal((await s.ask('POST', `/sources/${own.id}/backups`, { key: s.key })).status, 202);
    });

    it('answers alike about what others have and what nobody has', async () => {
      await using s = await apiStage(databases);
      const mine = await s.platform.catalog.addService({ name: 'Mine', criticality: 'low' });
      const other = await s.platform.catalog.addService({ name: 'Other', criticality: 'low' });
      const source = (serviceId: string, name: string) =>
        s.platform.catalog.addSource({ serviceId, kind: 'files', name, location: s.site });
      const sources = [await source(mine.id, 'own files'), await source(other.id, 'other files')];
      for (const { id } of sources) {
        await s.platform.runNow.backup(id);
        await s.platform.runNow.drill(id);
      }
      const incident = { title: 'Both are slow', impact: 'degraded', text: 'We are at it.' } as const;
      const { id } = await s.platform.incidents.open({ ...incident, services: [mine.id, other.id] });
      await s.addColleague();
      const member = 'ben';
      const entry = { name: 'Mail of another', kind: 'other', secret: 'hush', serviceId: other.id };
      const kept = await s.ask('POST', '/vault/entries', { key: s.key, body: entry });
      const endsAt = new Date(Date.now() + 600_000).toISOString();
      const given = await s.ask('POST', `/vault/entries/${kept.json.id}/grants`, {
        ...{ inPerson: true, body: { personId: member, reason: 'a test', endsAt } },
      });
      assert.equal(given.status, 201, given.text);
      await s.rewrite(async (transaction) => {
        await transaction
          .updateTable('members')
          .set({ role: 'outside-administrator' })
          .where('user_id', '!=', member)
          .execute();
        const { user_id } = await transaction
          .selectFrom('members')
          .select('user_id')
          .where('user_id', '!=', member)
          .executeTakeFirstOrThrow();
        await transaction
          .insertInto('member_services')
          .values({ user_id, service_id: mine.id, ...unsealed })
          .execute();
      });
      const answer = async (method: string, path: string, named: string) => {
        const { status, json } = await s.ask(method, path, { key: s.key });
        return [status, { ...json, detail: json.detail.replaceAll(named, '…') }];
      };
      for (const [method, path, there, nowhere] of [
        ['GET', '/services/…', 'other', 'nobodys'],
        ['GET', '/sources/…', 'other files', 'nobodys files'],
        ['GET', '/sources/…', sources[1]?.id, randomUUID()],
        ['GET', '/sources/…/unsettled-change', 'other files', 'nobodys files'],
        ['POST', '/sources/…/backups', 'other files', 'nobodys files'],
        ['POST', '/sources/…/drills', 'other files', 'nobodys files'],
        ['GET', '/sources?service=…', 'other', 'nobodys'],
        ['GET', '/runs?source=…', 'other files', 'nobodys files'],
        ['GET', '/vault/entries/…', kept.json.id, randomUUID()],
        ['DELETE', '/vault/grants/…', `${given.json.id}`, '987'],
      ] as const) {
        const about = (named = '') => answer(method, path.replace('…', encodeURIComponent(named)), named);
        assert.deepEqual(await about(there), await about(nowhere), `${method} ${path}`);
      }
      for (const path of ['/incidents', `/incidents/${id}`, '/status']) {
        const { text } = await s.ask('GET', path, { key: s.key });
        assert.match(text, /Both are slow/);
        assert.doesNotMatch(text, new RegExp(`${other.id}|other files|Other`), path);
      }
      const shown = (await s.ask('GET', `/incidents/${id}`, { key: s.key })).json;
      assert.deepEqual(shown.serviceIds, [mine.id]);
      assert.ok(shown.estimate.seconds > 0);
      const named = { title: 'Mine alone', services: [mine.id], impact: 'degraded', text: 'Slow.' } as const;
      const own = await s.platform.incidents.open(named);
      assert.deepEqual((await s.ask('GET', `/incidents/${own.id}`, { key: s.key })).json, own);
    });
  });
});
