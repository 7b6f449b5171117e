import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { applyForget, planForgetSnapshots } from '@octobox/repository/forget';
import { instant } from '../../../platform/index.ts';
import { onEachDatabase } from '../../../testing/temporary-database.ts';
import { apiStage } from '../../api-stage.ts';

type Stage = Awaited<ReturnType<typeof apiStage>>;

/** A source with four, the oldest first, and its owner who has just proved who they are. */
async function fourSnapshots(s: Stage) {
  const { id: serviceId } = await s.platform.catalog.addService({ name: 'Shop', criticality: 'high' });
  const add = { serviceId, kind: 'files', name: 'shop', location: s.site } as const;
  const source = await s.platform.catalog.addSource(add);
  const taken: string[] = [];
  const backUp = async () => {
    await writeFile(join(s.site, 'index.html'), `<h1>${taken.length}</h1>`);
    const { snapshotId } = await s.platform.runNow.backup(source.id);
    taken.push(snapshotId ?? '');
  };
  for (let n = 0; n < 4; n++) await backUp();
  const plan = async (body: unknown) => (await s.ask('POST', '/forget-plans', { key: s.key, body })).json;
  const carryOut = async (body: unknown) =>
    await s.ask('POST', '/forget-plans/carry-out', { inPerson: true, body });
  const there = async () => {
    const stored = taken.map(async (id) => {
      const { json } = await s.ask('GET', `/snapshots/${id}`, { key: s.key });
      return json.id === id ? json.stored : 'replaced';
    });
    return (await Promise.all(stored)).join(' ');
  };
  await s.prove();
  return { source, taken, backUp, plan, carryOut, there };
}

onEachDatabase((databases) => {
  describe('forgetting snapshots by the API', () => {
    it('shows what would go and what would stay, and then exactly that goes', async () => {
      await using s = await apiStage(databases);
      const { source, taken, backUp, plan, carryOut, there } = await fourSnapshots(s);
      const idsOf = (list: { id: string }[]) => list.map(({ id }) => id).sort();
      const files = (id = '') => s.ask('GET', `/snapshots/${id}/files`, { key: s.key });
      const since = (id = '', other = '') =>
        s.ask('GET', `/snapshots/${id}/differences?since=${other}`, { key: s.key });
      assert.equal((await files(taken[0])).status, 200);

      const one = { snapshots: [taken[0]] };
      const named = await plan(one);
      assert.deepEqual([idsOf(named.remove), named.concerns], [[taken[0]], []]);
      assert.equal(named.remove[0].sourceId, source.id);
      const other = await carryOut({ snapshots: [taken[1]], plan: named.id });
      assert.deepEqual([other.status, other.json.code], [409, 'server.plan-outdated']);
      assert.equal(await there(), 'yes yes yes yes');
      const begun = await carryOut({ ...one, plan: named.id });
      assert.equal(begun.status, 202, begun.text);
      const job = await s.platform.jobs.finish(begun.json.id);
      assert.deepEqual([job.state, job.result], ['succeeded', { forgotten: 1 }]);
      assert.equal(await there(), 'no yes yes yes');
      // Its folders lie there until the space is freed, and were looked at a moment ago.
      for (const look of [
        await files(taken[0]),
        await since(taken[0], taken[1]),
        await since(taken[1], taken[0]),
        await s.ask('GET', `/snapshots/${taken[0]}/download?path=/x`, { inPerson: true }),
        await s.ask('GET', `/snapshots/${taken[0]}/archive?path=/`, { inPerson: true }),
      ])
        assert.deepEqual([look.status, look.json.code], [404, 'server.not-found'], look.text);
      assert.match((await files(taken[0])).text, /It was forgotten/);

      // The newest good one stays whatever the rules say, and does not count for them.
      const rules = { source: 'shop', keep: { keepLast: 1 } };
      const byRules = await plan(rules);
      assert.deepEqual(idsOf(byRules.remove), [taken[1]]);
      assert.deepEqual(idsOf(byRules.keep), [taken[2], taken[3]].sort());

      // What came to be since that plan makes it another one, also for a job that waited meanwhile.
      await backUp();
      const late = await carryOut({ ...rules, plan: byRules.id });
      assert.equal(late.json.code, 'server.plan-outdated');

      const needed = { snapshots: [taken[4]] };
      const feared = await plan(needed);
      assert.deepEqual(
        feared.concerns.map(({ code }: { code: string }) => code),
        ['needed'],
      );
      for (const confirmRemove of [undefined, 2]) {
        const refused = await carryOut({ ...needed, plan: feared.id, confirmRemove });
        assert.deepEqual([refused.status, refused.json.errors?.[0]?.field], [422, 'body.confirmRemove']);
      }
      const meant = await carryOut({ ...needed, plan: feared.id, confirmRemove: 1 });
      await s.platform.jobs.finish(meant.json.id);
      assert.equal(await there(), 'no yes yes yes no');

      const { items } = (await s.ask('GET', '/audit-entries?search=forget.asked', { key: s.key })).json;
      assert.deepEqual(
        items.map(({ after }: { after: Record<string, unknown> }) => [after.snapshots, after.despite]),
        [
          [taken[4], 'needed'],
          [taken[0], ''],
        ],
      );
      const gone = await s.ask('POST', '/forget-plans', { key: s.key, body: one });
      assert.deepEqual([gone.status, gone.json.code], [404, 'server.not-found']);
      for (const body of [
        {},
        { ...one, ...rules },
        { source: 'shop', keep: { keepLast: 0 } },
        { snapshots: [] },
      ])
        assert.equal((await s.ask('POST', '/forget-plans', { key: s.key, body })).status, 422);
    });

    it('goes on with the rest of a plan of which an attempt that was cut off has forgotten a part', async () => {
      await using s = await apiStage(databases);
      const { taken, backUp, plan, carryOut, there } = await fourSnapshots(s);
      const forgottenAlready = async (id?: string): Promise<void> => {
        const repository = await s.platform.repository.open();
        const snapshots = await Array.fromAsync(repository.snapshots());
        const chosen = snapshots.filter((snapshot) => snapshot.id === id);
        const { removed } = await applyForget(repository, planForgetSnapshots(chosen));
        assert.deepEqual(removed, [id]);
        await repository.close();
      };
      const begin = async (wish: object): Promise<number> => {
        const { json } = await carryOut({ ...wish, plan: (await plan(wish)).id });
        return json.id;
      };

      const two = await begin({ snapshots: [taken[0], taken[1]] });
      await forgottenAlready(taken[0]);
      const named = await s.platform.jobs.finish(two);
      assert.deepEqual([named.state, named.result], ['succeeded', { forgotten: 2 }]);
      assert.equal(await there(), 'no no yes yes');

      await backUp();
      await backUp();
      const rules = { source: 'shop', keep: { keepLast: 1 } };
      // Of six the newest stays, and the one before it by the rules.
      const byRules = await begin(rules);
      await forgottenAlready(taken[3]);
      const rest = await s.platform.jobs.finish(byRules);
      assert.deepEqual([rest.state, rest.result], ['succeeded', { forgotten: 2 }]);
      assert.equal(await there(), 'no no no no yes yes');

      const all = await begin({ snapshots: [taken[4]] });
      await forgottenAlready(taken[4]);
      assert.deepEqual((await s.platform.jobs.finish(all)).result, { forgotten: 1 });

      await backUp();
      const tagged = await begin({ snapshots: [taken[5]] });
      await forgottenAlready(taken[5]);
      const replaced_at = instant(new Date());
      const book = {
        old_id: taken[5] ?? '',
        new_id: taken[6] ?? '',
        how: 'relabelled',
        replaced_at,
      } as const;
      await s.rewrite((t) => t.insertInto('replaced_snapshots').values(book).execute());
      const other = await s.platform.jobs.finish(tagged);
      assert.deepEqual([other.state, other.failure?.code], ['failed', 'server.plan-outdated']);

      await backUp();
      await backUp();
      const late = await begin(rules);
      await backUp();
      const refused = await s.platform.jobs.finish(late);
      assert.deepEqual([refused.state, refused.failure?.code], ['failed', 'server.plan-outdated']);
      assert.equal(await there(), 'no no no no no replaced yes yes yes yes');
    });
  });
});
