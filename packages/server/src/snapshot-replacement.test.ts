import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { PatternList } from '@octobox/repository/patterns';
import {
  applyReplacements,
  applyRewrite,
  excludeRule,
  type OnWritten,
  planRewrite,
  planTags,
} from '@octobox/repository/rewrite';
import { AuditLog } from './audit/index.ts';
import { ReplacedSnapshots, Runs } from './backup/index.ts';
import { migrations } from './migrations.ts';
import { openPlatform } from './open-platform.ts';
import { configFrom, openDatabase, silentLog, systemClock } from './platform/index.ts';
import type { ReplacingVerb } from './snapshot-replacement.ts';
import { type DatabaseMaker, onEachDatabase } from './testing/temporary-database.ts';

const origin = { actor: { id: 'root', name: 'root', kind: 'system' } } as const;
const none = 'keepHourly: 0, keepDaily: 0, keepWeekly: 0, keepMonthly: 0, keepYearly: 0';

class Killed extends Error {}

/** A platform that protects a small site, its repository, and what its database has of one snapshot. */
async function stage(databases: DatabaseMaker) {
  const settings = await databases.upToDate();
  const folder = await mkdtemp(join(tmpdir(), 'octobox-replaced-'));
  const site = join(folder, 'site');
  await mkdir(site);
  for (const name of ['page', 'secret']) await writeFile(join(site, name), name);
  const text = `listen: 127.0.0.1:0\noffsite: { paris: { location: ${join(folder, 'paris')} } }\nretention: { keepLast: 1, ${none} }\n`;
  const file = { path: join(folder, 'octobox.yaml'), text };
  const config = { ...configFrom({ env: {}, dataFolder: join(folder, 'data'), file }), database: settings };
  const platform = await openPlatform(config, { log: silentLog });
  await platform.repository.init();
  await platform.catalog.addService({ name: 'Web shop', criticality: 'critical' });
  const source = await platform.catalog.addSource({
    ...{ serviceId: 'web-shop', name: 'Shop files', location: site, schedule: 'every 1h' },
    kind: 'files',
  });
  const database = await openDatabase(settings, migrations);
  const repository = await platform.repository.open();
  const all = () => Array.fromAsync(repository.snapshots());
  const byId = async (id = '') => (await all()).filter((one) => one.id.startsWith(id));
  const told =
    (verb: ReplacingVerb): OnWritten =>
    (written) =>
      platform.repository.replaceSnapshot({ ...written, verb, origin });
  return {
    ...{ platform, source, site, database, repository, all },
    async backUp(): Promise<string> {
      return (await platform.runNow.backup(source.id)).snapshotId ?? '';
    },
    async tag(id: string, add: string, onWritten: OnWritten = told('tag')): Promise<string> {
      const plan = planTags(await byId(id), { add: [add], remove: [] }, await all());
      const [replaced] = await applyReplacements(repository, plan, { onWritten });
      return replaced?.new ?? '';
    },
    async rewrite(id: string, without: string, onWritten: OnWritten = told('rewrite')): Promise<string> {
      await repository.loadIndex();
      const rule = excludeRule([new PatternList([without])]);
      const options = { rule, mark: 'rewrite', forget: true };
      const plan = await planRewrite(repository, await byId(id), options, await all());
      const [replaced] = await applyRewrite(repository, plan, { onWritten });
      return replaced?.new ?? '';
    },
    told,
    /** Where the database names it. */
    async namedBy(id: string) {
      const { read } = database;
      const count = async (rows: Promise<unknown[]>) => (await rows).length;
      return {
        runs: await count(read.selectFrom('runs').selectAll().where('snapshot_id', '=', id).execute()),
        drills: await count(read.selectFrom('drills').selectAll().where('snapshot_id', '=', id).execute()),
        outages: await count(
          read.selectFrom('outages').selectAll().where('reference_snapshot_id', '=', id).execute(),
        ),
      };
    },
    async outageComparedWith(id: string): Promise<void> {
      await database.change((transaction) =>
        transaction
          .insertInto('outages')
          .values({
            ...{
              source_id: source.id,
              kind: 'damaged',
              state: 'open',
              started_at: '2026-11-27T00:00:00.000Z',
            },
            ...{ ended_at: null, reference_snapshot_id: id, findings: '[]' },
          })
          .execute(),
      );
    },
    acts: async () =>
      (await new AuditLog({ database, clock: systemClock }).entries({ limit: 99 })).filter(({ action }) =>
        action.startsWith('snapshot.'),
      ),
    async retain(): Promise<void> {
      const { job } = await platform.jobs.enqueue({ kind: 'retention', payload: {}, maxAttempts: 1 });
      const ended = await platform.jobs.finish(job.id);
      assert.equal(ended.state, 'succeeded', JSON.stringify(ended.failure));
    },
    async [Symbol.asyncDispose]() {
      await repository.close();
      await database.close();
      await platform.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

onEachDatabase((databases) => {
  describe('a snapshot that is replaced', () => {
    it('with other tags is the same backup to whatever names it, and the audit log has both ids', async () => {
      await using s = await stage(databases);
      const old = await s.backUp();
      await s.platform.runNow.drill(s.source.id);
      await s.outageComparedWith(old);
      const now = await s.tag(old, 'kept');
      assert.deepEqual(await s.namedBy(old), { runs: 0, drills: 0, outages: 0 });
      assert.deepEqual(await s.namedBy(now), { runs: 1, drills: 1, outages: 1 });
      const [act] = await s.acts();
      assert.deepEqual(
        [act?.action, act?.subject, act?.before?.id, act?.after?.id, act?.after?.tags],
        ['snapshot.relabelled', `snapshot:${old}`, old, now, `octobox:source=${s.source.id},kept`],
      );
      const drill = await s.platform.runNow.drill(s.source.id, { snapshot: old.slice(0, 10) });
      assert.deepEqual([drill.state, drill.snapshotId], ['passed', now], JSON.stringify(drill.failure));
    });

    it('without some files is what its run left, and what was rehearsed before stays what it was', async () => {
      await using s = await stage(databases);
      const old = await s.backUp();
      await s.platform.runNow.drill(s.source.id);
      await s.outageComparedWith(old);
      const now = await s.rewrite(old, 'secret');
      assert.deepEqual(await s.namedBy(old), { runs: 0, drills: 1, outages: 0 });
      assert.deepEqual(await s.namedBy(now), { runs: 1, drills: 0, outages: 1 });
      assert.equal((await s.acts())[0]?.action, 'snapshot.rewritten');
      const wanted = s.platform.runNow.drill(s.source.id, { snapshot: old });
      await assert.rejects(wanted, new RegExp(`it was rewritten, and is now ${now.slice(0, 8)}`));
    });

    it('because it was damaged is no good backup any more: the one before it is, and the next', async () => {
      await using s = await stage(databases);
      const whole = await s.backUp();
      await writeFile(join(s.site, 'page'), 'again');
      const damaged = await s.backUp();
      const now = await s.rewrite(damaged, 'secret', s.told('repair'));
      assert.equal((await s.platform.runs.bySnapshot(now))?.suspect, true);
      assert.equal((await s.platform.runs.lastGood(s.source.id))?.snapshotId, whole);
      const next = await s.backUp();
      assert.equal((await s.platform.runs.lastGood(s.source.id))?.snapshotId, next);
    });

    it('is kept from retention as the old one was, the newest good one and the last rehearsed one', async () => {
      await using s = await stage(databases);
      const rehearsed = await s.backUp();
      await s.platform.runNow.drill(s.source.id);
      await writeFile(join(s.site, 'page'), 'again');
      const between = await s.backUp();
      const newest = await s.backUp();
      const kept = [await s.rewrite(rehearsed, 'secret'), await s.tag(newest, 'kept')];
      kept[0] = await s.tag(kept[0] ?? '', 'again');
      // What was not told of is not held.
      await s.tag(between, 'kept');
      await s.database.change((transaction) =>
        transaction.updateTable('runs').set({ suspect: 1 }).where('snapshot_id', '=', between).execute(),
      );
      await s.retain();
      const left = (await s.all()).map(({ id }) => id);
      for (const id of kept) assert.ok(left.includes(id), `${id} of ${left.join()}`);
    });

    it('is named by the database as long as it is there, whenever the work is cut off', async () => {
      await using s = await stage(databases);
      const old = await s.backUp();
      const isThere = async (id: string) => (await s.all()).some((one) => one.id === id);
      const dies = () => Promise.reject(new Killed());
      await assert.rejects(s.tag(old, 'kept', dies), Killed);
      assert.ok(await isThere(old), 'nobody was told: the old one is named, and there');
      assert.equal((await s.namedBy(old)).runs, 1);
      let second = '';
      const told: OnWritten = async (written) => {
        second = written.new.id;
        await s.told('tag')(written);
        throw new Killed();
      };
      await assert.rejects(s.tag(old, 'kept', told), Killed);
      assert.equal((await s.namedBy(second)).runs, 1);
      assert.ok(await isThere(second), 'the database was told: the new one is named, and there');
      assert.equal((await s.all()).length, 2, 'the run that was cut off first has written it');
      assert.equal(await s.tag(old, 'kept'), second);
      assert.deepEqual(
        (await s.all()).map(({ id }) => id),
        [second],
      );
      assert.equal((await s.acts()).length, 1, 'what is said twice is entered once');
    });

    it('leaves nobody with an old id: not a run that ends meanwhile, nor who comes by way of several', async () => {
      await using s = await stage(databases);
      const first = await s.backUp();
      const replaced = new ReplacedSnapshots(s.database);
      const [second, third, back] = ['a', 'b', 'c'].map((one) => one.repeat(64)) as [string, string, string];
      const step = (old: string, id: string, tree = 't') =>
        s.platform.repository.replaceSnapshot({
          ...{ verb: 'rewrite', origin, old: { id: old, tree: 't', tags: [] } },
          new: { id, tree, tags: [] },
        });
      await step(first, second);
      await step(second, third, 'u');
      await step(third, back, 'u');
      // One that was left over from an interrupted run.
      await step(back, third, 'u');
      assert.deepEqual(await replaced.successor(first), { id: third, how: 'rewritten' });
      assert.equal(await replaced.successor(third), undefined);
      assert.deepEqual(
        (await replaced.replacedBy([third]))
          .get(third)
          ?.map(({ id }) => id)
          .sort(),
        [first, second, back].sort(),
      );
      const runs = new Runs(s.database);
      const at = '2026-11-27T00:00:00.000Z';
      const run = await runs.begin({
        sourceId: s.source.id,
        jobId: 1,
        reason: 'manual',
        startedAt: at,
        suspect: false,
      });
      const figures = {
        bytesRead: 1,
        bytesStored: 1,
        files: 1,
        filesChanged: 1,
        warnings: [],
        suspect: false,
      };
      const ended = await runs.succeed(run.id, {
        ...figures,
        finishedAt: at,
        snapshotId: second,
        recoveryPointAt: at,
      });
      assert.equal(ended.snapshotId, third);
    });

    it('is rehearsed off site by the id that it has there, before and after the copy is brought up to date', async () => {
      await using s = await stage(databases);
      const old = await s.backUp();
      await s.platform.runNow.mirror('paris');
      const now = await s.tag(old, 'kept');
      for (const mirrored of [false, true]) {
        if (mirrored) assert.equal((await s.platform.runNow.mirror('paris')).state, 'succeeded');
        const drill = await s.platform.runNow.drill(s.source.id, { from: 'paris' });
        assert.deepEqual([drill.state, drill.snapshotId], ['passed', now], JSON.stringify(drill.failure));
        const { behind } = await s.platform.offSite.state('paris');
        assert.deepEqual(behind, { runs: 0, bytes: 0 });
      }
    });
  });
});
