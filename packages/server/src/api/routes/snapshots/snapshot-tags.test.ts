import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyReplacements, type OnWritten, planTags } from '@octobox/repository/rewrite';
import { onEachDatabase } from '../../../testing/temporary-database.ts';
import { apiStage } from '../../api-stage.ts';

type Stage = Awaited<ReturnType<typeof apiStage>>;

async function oneSnapshot(s: Stage) {
  const { id: serviceId } = await s.platform.catalog.addService({ name: 'Shop', criticality: 'high' });
  const add = { serviceId, kind: 'files', name: 'shop', location: s.site } as const;
  const source = await s.platform.catalog.addSource(add);
  const { snapshotId = '' } = await s.platform.runNow.backup(source.id);
  const get = async (id: string) => await s.ask('GET', `/snapshots/${id}`, { key: s.key });
  const change = async (id: string, tags: object, etag = '*') =>
    await s.ask('PATCH', `/snapshots/${id}`, { key: s.key, body: { tags }, headers: { 'if-match': etag } });
  const finished = async (asked: Awaited<ReturnType<typeof change>>) => {
    assert.equal(asked.status, 202, asked.text);
    const { state, result, failure } = await s.platform.jobs.finish(asked.json.id);
    assert.equal(state, 'succeeded', JSON.stringify(failure));
    return (result as { snapshotId: string }).snapshotId;
  };
  return { own: `octobox:source=${source.id}`, first: snapshotId, get, change, finished };
}

onEachDatabase((databases) => {
  describe('tags of a snapshot by the API', () => {
    it('are changed by a job, and the snapshot is the same one under another id', async () => {
      await using s = await apiStage(databases);
      const { own, first, get, change, finished } = await oneSnapshot(s);
      const seen = await get(first);
      assert.deepEqual(seen.json.tags, [own]);
      const etag = seen.headers.get('etag') ?? '';
      const asked = await change(first, { add: ['before the move', 'kept'] }, etag);
      // Who asks for another change meanwhile has the old id, too.
      const again = await change(first, { remove: ['kept'] }, etag);
      const second = await finished(asked);
      const third = await finished(again);
      const { json } = await get(third);
      assert.deepEqual([json.tags, json.stored], [[own, 'before the move'], 'yes']);
      assert.deepEqual(json.tookPlaceOf.map(({ id }: { id: string }) => id).sort(), [first, second].sort());
      assert.equal((await get(first)).json.id, third, 'who has an old id finds it');
      assert.equal((await get(first.slice(0, 12))).status, 404);
      const late = await change(third, { add: ['more'] }, etag);
      assert.deepEqual([late.status, late.json.code], [412, 'api.outdated']);
      const { items } = (await s.ask('GET', '/audit-entries?search=snapshot%3A', { key: s.key })).json;
      const entries = items.map((entry: { action: string; before: object; after: object }) => entry);
      assert.deepEqual(
        entries.map(({ action }: { action: string }) => action),
        ['snapshot.relabelled', 'snapshot.relabelled', 'tag.asked', 'tag.asked'],
      );
      const { id: _, tree: __, ...before } = entries[1].before;
      assert.deepEqual(before, { tags: own });
      assert.equal(entries[1].after.tags, `${own},before the move,kept`);
      assert.equal(entries[1].after.job, asked.json.id);
      assert.deepEqual(entries[1].actor, entries[3].actor);
      assert.equal(await finished(await change(third, { add: ['before the move'] })), third, 'nothing to do');
    });

    it('are changed by an attempt after one that was cut off, wherever that was', async () => {
      await using s = await apiStage(databases);
      const { own, first, get, change, finished } = await oneSnapshot(s);
      const asked = await change(first, { add: ['kept'] });
      const repository = await s.platform.repository.open();
      const all = await Array.fromAsync(repository.snapshots());
      const plan = planTags(all, { add: ['kept'], remove: [] }, all);
      let written = '';
      const onWritten: OnWritten = async (one) => {
        written = one.new.id;
        const origin = { actor: { id: 'x', name: 'x' } };
        await s.platform.repository.replaceSnapshot({ ...one, verb: 'tag', origin });
        throw new Error('killed');
      };
      await assert.rejects(applyReplacements(repository, plan, { onWritten }), /killed/);
      await repository.close();
      assert.equal(await finished(asked), written);
      const { json } = await get(written);
      assert.deepEqual([json.tags, json.stored], [[own, 'kept'], 'yes']);
      const { items } = (await s.ask('GET', '/audit-entries?search=snapshot.relabelled', { key: s.key }))
        .json;
      assert.equal(items.length, 1);
    });

    it("are not the platform's own, none at all, or a list, and are changed by owners and operators alone", async () => {
      await using s = await apiStage(databases);
      const { own, first, change } = await oneSnapshot(s);
      for (const tags of [
        {},
        { remove: [own] },
        { add: ['octobox:source=another'] },
        { add: ['a,b'] },
        { add: ['a'], remove: ['a'] },
      ]) {
        const refused = await change(first, tags);
        assert.deepEqual([refused.status, refused.json.code], [422, 'api.invalid'], JSON.stringify(tags));
      }
      await s.become({ role: 'auditor' });
      assert.equal((await change(first, { add: ['kept'] })).json.code, 'server.forbidden');
    });
  });
});
