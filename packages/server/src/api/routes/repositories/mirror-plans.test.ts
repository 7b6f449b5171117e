import assert from 'node:assert/strict';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { onEachDatabase } from '../../../testing/temporary-database.ts';
import { apiStage } from '../../api-stage.ts';

onEachDatabase((databases) => {
  describe('what waits for a person at an off-site repository', () => {
    const path = '/repositories/paris/mirror-plan';

    async function stage(backups = 5, offSite: readonly string[] = ['paris']) {
      const s = await apiStage(databases, { offSite });
      const { id: serviceId } = await s.platform.catalog.addService({ name: 'Shop', criticality: 'high' });
      const source = { serviceId, kind: 'files', name: 'files', location: s.site } as const;
      const { id } = await s.platform.catalog.addSource(source);
      for (let n = 0; n < backups; n++) {
        await writeFile(join(s.site, 'index.html'), `state ${n}`);
        await s.platform.runNow.backup(id);
      }
      for (const name of offSite) await s.platform.runNow.mirror(name);
      return {
        ...s,
        sourceId: id,
        [Symbol.asyncDispose]: s[Symbol.asyncDispose],
        plan: async () => (await s.ask('GET', path, { key: s.key })).json,
        carryOut: (plan: string) => s.ask('POST', `${path}/carry-out`, { inPerson: true, body: { plan } }),
        lose: async (count: number) => {
          const folder = join(s.folder, 'data', 'repository', 'snapshots');
          const names = (await readdir(folder)).sort().slice(0, count);
          for (const name of names) await rm(join(folder, name));
          return names.map((name) => name.slice(0, 64));
        },
      };
    }

    it('is a held loss: which snapshots and why, also after a run that did not come so far', async () => {
      await using s = await stage();
      assert.deepEqual(await s.plan(), { repository: 'paris', waits: 'nothing' });
      const lost = await s.lose(4);
      const mirror = await s.platform.runNow.mirror('paris');
      assert.equal(mirror.state, 'succeeded', JSON.stringify(mirror.failure));
      const plan = await s.plan();
      assert.deepEqual([plan.waits, plan.loss.snapshotCount, plan.loss.objects], ['loss', 4, 4]);
      assert.match(plan.loss.reason, /^4 of 5 snapshots went missing/);
      assert.ok(plan.loss.bytes > 0);
      assert.deepEqual(plan.loss.snapshots.map(({ id }: { id: string }) => id).sort(), lost);
      assert.ok(plan.loss.snapshots.every((each: { sourceId?: string }) => each.sourceId === s.sourceId));

      // The next run sees nothing new, and knows the reason still.
      await s.platform.runNow.mirror('paris');
      assert.deepEqual({ ...(await s.plan()), seenAt: '' }, { ...plan, seenAt: '' });
      const { book } = s.platform.offSite;
      const begun = { repository: 'paris', jobId: 1, reason: 'behind', startedAt: mirror.startedAt };
      const failure = { code: 'storage.unreachable', message: 'nobody answers there' };
      const { id } = await book.begin(begun);
      await book.end(id, { state: 'failed', finishedAt: mirror.startedAt, failure });
      assert.equal((await s.plan()).plan, plan.plan);
      const [, listed] = (await s.ask('GET', '/repositories', { key: s.key })).json.items;
      assert.deepEqual([listed.held, listed.lastMirror.state], [4, 'failed']);

      await s.prove(new Date(Date.now() - 901_000));
      assert.equal((await s.carryOut(plan.plan)).json.code, 'server.proof-needed');
      await s.prove();
      assert.equal((await s.carryOut('another')).json.code, 'server.plan-outdated');
      const asked = await s.carryOut(plan.plan);
      assert.equal(asked.status, 202, asked.text);
      assert.equal((await s.carryOut(plan.plan)).status, 202, 'what waits gives way');
      const [job] = (await s.ask('GET', '/jobs?kind=mirror&limit=1', { key: s.key })).json.items;
      assert.equal((await s.platform.jobs.finish(job.id)).state, 'succeeded');
      assert.deepEqual(await s.plan(), { repository: 'paris', waits: 'nothing' });
      const { json } = await s.ask('GET', '/audit-entries?search=mirror.loss-accepted', { key: s.key });
      const [entry] = json.items;
      assert.deepEqual(
        [entry.subject, entry.after.snapshots, entry.after.reason],
        ['repository:paris', 4, plan.loss.reason],
      );
    });

    it('stays held when more was lost after somebody looked', async () => {
      await using s = await stage();
      await s.lose(4);
      await s.platform.runNow.mirror('paris');
      const { plan } = await s.plan();
      await s.prove();
      const { json: job } = await s.carryOut(plan);
      await s.lose(1);
      const ended = await s.platform.jobs.finish(job.id);
      assert.deepEqual([ended.state, ended.failure?.code], ['failed', 'server.plan-outdated']);
      const now = await s.plan();
      assert.deepEqual([now.waits, now.loss.snapshotCount], ['loss', 5]);
      assert.notEqual(now.plan, plan);
    });

    it('is accepted at the place where it was looked at, and at no other one', async () => {
      await using s = await stage(5, ['paris', 'lyon']);
      await s.lose(4);
      await s.platform.runNow.mirror('paris');
      await s.platform.runNow.mirror('lyon');
      const { plan } = await s.plan();
      await s.prove();
      const { json } = await s.ask('POST', '/repositories/lyon/mirror-plan/carry-out', {
        inPerson: true,
        body: { plan },
      });
      assert.equal(json.code, 'server.plan-outdated');
    });

    it('stays held with whatever else is lost until somebody looks again', async () => {
      await using s = await stage(6);
      await s.lose(4);
      await s.platform.runNow.mirror('paris');
      const { plan } = await s.plan();
      await s.prove();
      await s.lose(1);
      const { json: job } = await s.carryOut(plan);
      const ended = await s.platform.jobs.finish(job.id);
      assert.deepEqual([ended.state, ended.failure?.code], ['failed', 'server.plan-outdated']);
      const now = await s.plan();
      assert.deepEqual([now.waits, now.loss.snapshotCount], ['loss', 5]);
      assert.match(now.loss.reason, /^4 of 6 snapshots went missing/);
    });

    it('is a copy that is gone, and begins anew when somebody says so', async () => {
      await using s = await stage(1);
      await rm(join(s.folder, 'paris'), { recursive: true });
      assert.equal((await s.platform.runNow.mirror('paris')).failure?.code, 'repository.mirror-gone');
      const { plan, waits, gone } = await s.plan();
      assert.equal(waits, 'gone');
      assert.match(gone.message, /is gone/);
      await s.prove();
      const { json: job } = await s.carryOut(plan);
      assert.equal((await s.platform.jobs.finish(job.id)).state, 'succeeded');
      assert.equal((await readdir(join(s.folder, 'paris', 'snapshots'))).length, 1);
      assert.equal((await s.plan()).waits, 'nothing');
      await s.become({ role: 'auditor' });
      assert.equal((await s.plan()).waits, 'nothing');
      assert.equal((await s.carryOut(plan)).json.code, 'server.forbidden');
    });
  });
});
