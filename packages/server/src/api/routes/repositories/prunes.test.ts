import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { cp, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import { onEachDatabase } from '../../../testing/temporary-database.ts';
import { apiStage } from '../../api-stage.ts';

onEachDatabase((databases) => {
  describe('freeing space by the API', () => {
    it('shows what can be freed, and then exactly that is', async () => {
      await using s = await apiStage(databases);
      const { id: serviceId } = await s.platform.catalog.addService({ name: 'Shop', criticality: 'high' });
      const add = { serviceId, kind: 'files', name: 'shop', location: s.site } as const;
      const source = await s.platform.catalog.addSource(add);
      const backUp = async () => {
        await writeFile(join(s.site, 'noise'), randomBytes(100_000));
        return (await s.platform.runNow.backup(source.id)).snapshotId ?? '';
      };
      const get = async (path: string) => (await s.ask('GET', path, { key: s.key })).json;
      const forget = async (id: string) => {
        const body = { snapshots: [id] };
        const { json } = await s.ask('POST', '/forget-plans', { key: s.key, body });
        const meant = { ...body, plan: json.id, confirmRemove: json.removeCount };
        const begun = await s.ask('POST', '/forget-plans/carry-out', { inPerson: true, body: meant });
        await s.platform.jobs.finish(begun.json.id);
      };
      const plan = async (body = {}) => {
        const { status, json, text } = await s.ask('POST', '/prune-plans', { key: s.key, body });
        assert.equal(status, 202, text);
        await s.platform.jobs.finish(json.id);
        return await get(`/prune-plans/${json.id}`);
      };
      const carryOut = ({ id }: { id: number }) =>
        s.ask('POST', `/prune-plans/${id}/carry-out`, { inPerson: true });
      const ended = async ({ id }: { id: number }) => {
        await s.platform.jobs.finish(id);
        return await get(`/prunes/${id}`);
      };
      await s.prove();
      const nothing = await plan();
      assert.deepEqual([nothing.state, nothing.changesAnything, nothing.bytesFreed], ['succeeded', false, 0]);
      const refused = await carryOut(nothing);
      assert.deepEqual([refused.status, refused.json.code], [409, 'server.plan-outdated']);

      const [first, second] = [await backUp(), await backUp()];
      await backUp();
      assert.equal((await plan()).bytesFreed, 0);
      await forget(first);
      const one = await plan({ maxUnusedPercent: 0 });
      assert.deepEqual([one.maxUnusedPercent, one.changesAnything], [0, true]);
      assert.ok(one.packsRemoved > 0 && one.bytesFreed > 100_000 && one.bytesFreed < 150_000);
      assert.equal(one.bytesBefore - one.bytesFreed, one.bytesAfter);

      // A backup meanwhile takes nothing from what is to go; what is forgotten meanwhile would go as well.
      await backUp();
      await forget(second);
      const outdated = await ended((await carryOut(one)).json);
      assert.deepEqual([outdated.state, outdated.failure.code], ['failed', 'server.plan-outdated']);
      const both = await plan({ maxUnusedPercent: 0 });
      assert.ok(both.bytesFreed > 200_000 && both.bytesFreed < 250_000);
      await backUp();
      const begun = await carryOut(both);
      assert.deepEqual([begun.status, begun.json.kind], [202, 'prune'], begun.text);
      const freed = await ended(begun.json);
      assert.equal(freed.state, 'succeeded', freed.failure?.message);
      assert.equal(freed.bytesFreed, both.bytesFreed);
      assert.ok(freed.packsRemoved >= both.packsRemoved);
      assert.equal((await plan({ maxUnusedPercent: 0 })).bytesFreed, 0);

      // An attempt that was killed has left packs in no index: before the index was written those that it wrote, and
      // after it those that it had yet to remove.
      const third = await backUp();
      await backUp();
      await forget(third);
      const packs = join(s.folder, 'data', 'repository', 'data');
      const listed = async () =>
        (await readdir(packs, { recursive: true, withFileTypes: true }))
          .filter((entry) => entry.isFile())
          .map(({ parentPath, name }) => join(parentPath, name));
      const last = await plan({ maxUnusedPercent: 0 });
      assert.ok(last.bytesFreed > 0);
      const [some = ''] = await listed();
      const written = join(packs, '00', basename(some).replace(/[0-9a-f]{64}/, '0'.repeat(64)));
      await cp(some, written);
      const before = await listed();
      const goesOn = await carryOut(last);
      const kept = join(s.folder, 'kept');
      await cp(packs, kept, { recursive: true });
      assert.equal((await ended(goesOn.json)).state, 'succeeded');
      const after = new Set(await listed());
      assert.ok(!after.has(written));
      const gone = before.filter((path) => !after.has(path));
      for (const path of gone) await cp(path.replace(packs, kept), path);
      const again = await carryOut(last);
      assert.equal((await ended(again.json)).state, 'succeeded');
      assert.deepEqual(new Set(await listed()), after);

      const { job } = await s.platform.jobs.enqueue({ kind: 'check', payload: { data: 'all' } });
      const { result } = await s.platform.jobs.finish(job.id);
      assert.equal((result as { errors: number }).errors, 0);

      const { items } = await get('/prunes');
      assert.deepEqual(
        items.map(({ id, state }: { id: number; state: string }) => [id, state]),
        [
          [again.json.id, 'succeeded'],
          [goesOn.json.id, 'succeeded'],
          [freed.id, 'succeeded'],
          [outdated.id, 'failed'],
        ],
      );
      const { items: entries } = await get('/audit-entries?search=prune.asked');
      assert.deepEqual(entries[2].after, {
        job: freed.id,
        plan: both.id,
        packs: both.packsRemoved,
        bytes: both.bytesFreed,
      });
      for (const body of [{ maxUnusedPercent: 100 }, { maxUnusedPercent: '5' }, { maxRepackBytes: -1 }])
        assert.equal((await s.ask('POST', '/prune-plans', { key: s.key, body })).status, 422);
      assert.equal((await s.ask('GET', `/prune-plans/${freed.id}`, { key: s.key })).status, 404);
    });
  });
});
