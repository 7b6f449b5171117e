import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { recordCompany } from '../testing/recorded-company.ts';
import { type DatabaseMaker, onEachDatabase } from '../testing/temporary-database.ts';

const well = { reachable: true, findings: [] };
const lost = {
  reachable: true,
  findings: [{ kind: 'missing' as const, object: 'folder /srv/www/images', summary: 'gone' }],
};

async function stage(databases: DatabaseMaker, mood: 'calm' | 'trouble') {
  const folder = await mkdtemp(join(tmpdir(), 'octobox-desk-'));
  const company = await recordCompany(folder, mood, await databases.upToDate());
  const { platform, clock } = company;
  const ids = new Map((await platform.catalog.sources()).map(({ name, id }) => [name, id]));
  return {
    platform,
    clock,
    async see(name: string, report: typeof well | typeof lost, { backedUp } = { backedUp: true }) {
      await platform.monitoring.record(ids.get(name) ?? '', report, backedUp ? 'reference' : undefined);
      await platform.settled();
    },
    open: () => platform.incidents.list({ open: true }),
    async [Symbol.asyncDispose]() {
      await company[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

onEachDatabase((databases) => {
  describe('the outage desk', () => {
    it('tells of everything wrong with a service in one incident, and adds up the estimates', async () => {
      await using s = await stage(databases, 'trouble');
      const [before] = await s.open();
      assert.equal(before?.updates.length, 1);
      await s.see('Shop files', lost);
      const incidents = await s.open();
      assert.equal(incidents.length, 1);
      const [incident] = incidents;
      assert.equal(incident?.id, before?.id);
      assert.match(incident?.updates[0]?.text ?? '', /Shop files answers.*1 folder is missing/);
      assert.match(
        incident?.estimate?.basis ?? '',
        /Shop database: .*; Shop files: the last rehearsal took 1 m 14 s/,
      );
      assert.ok((incident?.estimate?.seconds ?? 0) > 161 + 73);
      assert.equal(incident?.estimate?.expectedBackAt, undefined, 'no restore has begun');
    });

    it('does not speak of a backup where there was none', async () => {
      await using s = await stage(databases, 'trouble');
      await s.see('Shop files', lost, { backedUp: false });
      const [incident] = await s.open();
      assert.match(incident?.updates[0]?.text ?? '', /Shop files was never backed up, and is not all there/);
    });

    it('says nothing twice', async () => {
      await using s = await stage(databases, 'trouble');
      for (let i = 0; i < 3; i++) await s.see('Shop database', { ...lost });
      const [incident] = await s.open();
      assert.equal(incident?.updates.length, 1);
    });

    it('names no time of day for an incident that a person opened, while nobody restores', async () => {
      await using s = await stage(databases, 'calm');
      const opened = await s.platform.incidents.open({
        title: 'Slow',
        services: ['web-shop'],
        impact: 'degraded',
        text: 'We look into it.',
      });
      assert.ok((opened.estimate?.seconds ?? 0) > 0);
      assert.equal(opened.estimate?.expectedBackAt, undefined);
      const [told] = (await s.platform.board.report()).incidents;
      assert.deepEqual(told?.estimate, opened.estimate);
    });

    it('gives no estimate where nothing was measured', async () => {
      await using s = await stage(databases, 'trouble');
      await s.see('Documents', lost);
      const incident = (await s.open()).find(({ title }) => title.startsWith('Customer documents'));
      assert.ok(incident);
      assert.equal(incident.estimate, undefined);
    });

    it('closes an incident when all that was wrong has ended, not before', async () => {
      await using s = await stage(databases, 'trouble');
      await s.see('Shop files', lost);
      const heal = async (name: string): Promise<void> => {
        for (let i = 0; i < 2; i++) {
          s.clock.advance(60_000);
          await s.see(name, well);
        }
      };
      await heal('Shop files');
      assert.equal((await s.open()).length, 1);
      await heal('Shop database');
      assert.equal((await s.open()).length, 0);
      const [closed] = await s.platform.incidents.list();
      assert.match(closed?.updates[0]?.text ?? '', /Everything is there again/);
    });

    it('tells the end of a restore that nobody told, before the probes close the incident', async () => {
      await using s = await stage(databases, 'trouble');
      const [incident] = await s.open();
      const source = await s.platform.catalog.source('Shop database');
      const { recoveries } = s.platform;
      const beginRestore = () =>
        recoveries.beginRestore({
          sourceId: source.id,
          jobId: 1,
          reason: 'incident',
          startedAt: s.clock.now().toISOString(),
          snapshotId: 'a'.repeat(64),
          recoveryPointAt: s.clock.now().toISOString(),
          ...(incident === undefined ? {} : { incidentId: incident.id }),
        });
      const restore = await beginRestore();
      // As from another node, or from one that died right after it wrote this down: no fact reaches the desk.
      const end = { finishedAt: s.clock.now().toISOString(), restoreMs: 60_000, verifyMs: 1_000 };
      await recoveries.endRestore(restore.id, { ...end, state: 'passed' });
      for (let look = 0; look < 2; look++) {
        s.clock.advance(60_000);
        await s.see('Shop database', well);
      }
      const [closed] = await s.platform.incidents.list();
      const told = (closed?.updates ?? []).map(({ state, text }) => `${state}: ${text}`);
      assert.equal(told.length, 3, told.join('\n'));
      assert.match(told[0] ?? '', /^resolved: Everything is there again/);
      assert.match(told[1] ?? '', /^monitoring: Shop database is restored and verified after 1 m 1 s/);
    });

    it('closes an incident whose source was taken out of the service, and claims no more than that', async () => {
      await using s = await stage(databases, 'trouble');
      await s.see('Shop files', lost);
      await s.platform.catalog.removeSource('Shop database');
      await s.see('Documents', lost);
      assert.ok((await s.open()).some(({ title }) => title.startsWith('Web shop')));
      await s.platform.catalog.removeService('web-shop');
      for (let i = 0; i < 2; i++) {
        s.clock.advance(60_000);
        await s.see('Documents', well);
      }
      assert.ok(!(await s.open()).some(({ title }) => title.startsWith('Web shop')));
      const [told] = (await s.platform.incidents.list()).filter(({ title }) => title.startsWith('Web shop'));
      assert.match(told?.updates[0]?.text ?? '', /not watched any more/);
      const report = await s.platform.board.report();
      assert.ok(report.services.every(({ slug }) => slug !== 'web-shop'));
    });

    it('closes an incident whose loss a person accepted, and says so', async () => {
      await using s = await stage(databases, 'trouble');
      for (const { id } of await s.platform.monitoring.outages.list({ open: true })) {
        await s.platform.monitoring.outages.accept(id);
      }
      await s.platform.settled();
      const [incident] = await s.platform.incidents.list();
      assert.equal(incident?.state, 'resolved');
      assert.match(incident?.updates[0]?.text ?? '', /intended/);
    });
  });

  describe('incidents of people', () => {
    it('are opened, updated, resolved, and never edited', async () => {
      await using s = await stage(databases, 'calm');
      const { incidents } = s.platform;
      const opened = await incidents.open({
        title: 'Slow',
        services: ['web-shop'],
        impact: 'degraded',
        text: 'We look.',
      });
      assert.equal((await s.platform.board.report()).state, 'degraded');
      await incidents.update(opened.id, { state: 'identified', text: 'Found.' });
      const resolved = await incidents.resolve(opened.id);
      assert.deepEqual(
        resolved.updates.map(({ state }) => state),
        ['resolved', 'identified', 'investigating'],
      );
      assert.equal((await s.platform.board.report()).state, 'operational');
      await assert.rejects(incidents.get(999), { code: 'server.not-found' });
      await assert.rejects(incidents.open({ title: 'x', services: ['none'], impact: 'outage', text: '' }), {
        code: 'server.not-found',
      });
    });
  });
});
