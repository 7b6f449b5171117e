import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Run } from '../backup/index.ts';
import { companyNow, recordCompany } from '../testing/recorded-company.ts';
import { type DatabaseMaker, onEachDatabase } from '../testing/temporary-database.ts';
import { Standings } from './standing.ts';

/** After all that the company has recorded. */
const inHours = (hours: number): string => new Date(Date.parse(companyNow) + hours * 3_600_000).toISOString();

async function stage(databases: DatabaseMaker) {
  const folder = await mkdtemp(join(tmpdir(), 'octobox-standing-'));
  const company = await recordCompany(folder, 'trouble', await databases.upToDate());
  const { database, platform } = company;
  const { catalog, runs, recoveries, monitoring, schedules: scheduler } = platform;
  return {
    ...{ catalog, runs, recoveries, monitoring },
    standings: new Standings({ runs, recoveries, monitoring, scheduler }),
    async backup(run: { sourceId: string; hours: number; state: Run['state']; suspect?: boolean }) {
      const startedAt = inHours(run.hours);
      const { id } = await runs.begin({
        ...{ sourceId: run.sourceId, jobId: 1, reason: 'test', startedAt, suspect: run.suspect ?? false },
      });
      await database.change((transaction) =>
        transaction
          .updateTable('runs')
          .set({
            ...{ state: run.state, recovery_point_at: startedAt, finished_at: startedAt },
            snapshot_id: run.state === 'succeeded' ? String(id).padStart(64, '0') : null,
          })
          .where('id', '=', id)
          .execute(),
      );
      return id;
    },
    async [Symbol.asyncDispose]() {
      await company[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

onEachDatabase((databases) => {
  describe('where sources stand', () => {
    it('is of each source what its own books say', async () => {
      await using s = await stage(databases);
      const sources = await s.catalog.sources();
      assert.ok(sources.length > 1);
      const standing = await s.standings.of(sources);
      for (const { id } of sources) {
        const { lastGood, lastRun, lastPassed, lastFailed, lastEnded } = standing(id);
        const runs = await s.runs.list({ sourceId: id });
        assert.deepEqual(lastRun, runs[0]);
        const good = runs.filter(({ state, suspect }) => state === 'succeeded' && !suspect);
        assert.equal(
          lastGood?.recoveryPointAt,
          good
            .map(({ recoveryPointAt }) => recoveryPointAt)
            .sort()
            .at(-1),
        );
        const drills = (await s.recoveries.drills({ sourceId: id })).filter(
          ({ state }) => state !== 'running',
        );
        assert.deepEqual(
          lastEnded,
          drills.find(({ state }) => state !== 'cancelled'),
        );
        assert.deepEqual(
          lastPassed,
          drills.find(({ state }) => state === 'passed'),
        );
        assert.deepEqual(
          lastFailed,
          drills.find(({ state }) => state === 'failed'),
        );
      }
    });

    it('rests on the newest recovery point of a good backup, whatever came after it', async () => {
      await using s = await stage(databases);
      const [one, other] = await s.catalog.sources();
      assert.ok(one !== undefined && other !== undefined);
      const good = await s.backup({ sourceId: one.id, hours: 1, state: 'succeeded' });
      await s.backup({ sourceId: one.id, hours: 2, state: 'succeeded', suspect: true });
      const failed = await s.backup({ sourceId: one.id, hours: 3, state: 'failed' });
      const theirs = await s.backup({ sourceId: other.id, hours: 4, state: 'succeeded' });
      const standing = await s.standings.of([one, other]);
      assert.equal(standing(one.id).lastGood?.id, good);
      assert.equal(standing(one.id).lastRun?.id, failed);
      assert.equal(standing(other.id).lastGood?.id, theirs);
    });

    it('counts outages from the time at which the whole service was rehearsed', async () => {
      await using s = await stage(databases);
      const sources = await s.catalog.sources();
      const standing = await s.standings.of(sources);
      for (const { id, serviceId } of sources) {
        const own = sources.filter((source) => source.serviceId === serviceId);
        const [since = ''] = own.map((source) => standing(source.id).lastPassed?.startedAt ?? '').sort();
        const all = await s.monitoring.outages.list({ sourceId: id });
        assert.deepEqual(
          standing(id).outages,
          all.filter(({ endedAt }) => endedAt === undefined || endedAt > since),
        );
      }
    });

    it('is nothing of a source that nothing was done with', async () => {
      await using s = await stage(databases);
      const [source] = await s.catalog.sources();
      assert.ok(source !== undefined);
      const standing = await s.standings.of([]);
      assert.deepEqual(standing(source.id), {
        ...{ lastGood: undefined, lastRun: undefined, lastPassed: undefined },
        ...{ lastFailed: undefined, lastEnded: undefined, lapses: [], outages: [] },
      });
    });
  });
});
