import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { ProbeReport } from '@octobox/sources';
import { AuditLog } from '../audit/index.ts';
import { Catalog } from '../catalog/index.ts';
import { makeJobQueue, Scheduler, silentLog } from '../platform/index.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { type DatabaseMaker, onEachDatabase } from '../testing/temporary-database.ts';
import { KeyFile, Vault } from '../vault/index.ts';
import type { MonitoringFact } from './facts.ts';
import { Monitoring } from './monitoring.ts';
import { secondsByDay } from './observed-days.ts';

const well: ProbeReport = { reachable: true, findings: [] };
const silent: ProbeReport = {
  reachable: false,
  findings: [{ kind: 'unreachable', object: 'database shop', summary: 'no answer' }],
};
const lost: ProbeReport = {
  reachable: true,
  findings: [{ kind: 'missing', object: 'table public.orders', summary: 'gone' }],
};

async function stage(databases: DatabaseMaker, start = '2026-11-23T12:00:00.000Z') {
  const temporary = await databases.open();
  const { database, folder } = temporary;
  const clock = new ManualClock(start);
  const facts: MonitoringFact[] = [];
  const queue = makeJobQueue({ database, clock, log: silentLog, leaseMs: 30_000 });
  const scheduler = new Scheduler({
    database,
    clock,
    log: silentLog,
    queue,
    events: { emit: () => undefined },
    graceMs: 60_000,
  });
  const catalog = new Catalog({
    database,
    clock,
    scheduler,
    vault: new Vault({ database, clock, holder: new KeyFile(folder) }),
    audit: new AuditLog({ database, clock }),
    onServiceRemoved: async () => undefined,
  });
  await catalog.addService({ name: 'Shop', criticality: 'critical' });
  const source = await catalog.addSource({
    serviceId: 'shop',
    kind: 'files',
    name: 'Files',
    location: '/srv',
  });
  const state = {
    answer: well as ProbeReport | Error,
    reference: 'snapshot-1',
    asked: [] as (string | undefined)[],
    takesMs: 0,
  };
  const monitoring = new Monitoring({
    database,
    clock,
    log: silentLog,
    events: { emit: (fact) => void facts.push(fact) },
    catalog,
    intervalMs: 60_000,
    reference: async () => state.reference,
    probe: async (_source, reference, signal) => {
      state.asked.push(reference);
      if (state.takesMs > 0) await setTimeout(state.takesMs, undefined, { signal });
      if (state.answer instanceof Error) throw state.answer;
      return state.answer;
    },
  });
  return {
    clock,
    monitoring,
    source,
    state,
    /** Rounds of a minute each, with the same answer. */
    async observe(answer: ProbeReport | Error, rounds = 1) {
      state.answer = answer;
      for (let i = 0; i < rounds; i++) {
        clock.advance(60_000);
        await monitoring.round();
      }
    },
    told: () => facts.map(({ type }) => type).filter((type) => type !== 'source.probed'),
    [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose](),
  };
}

onEachDatabase((databases) => {
  describe('monitoring', () => {
    it('takes a source that answers too late for unreachable, and waits longer for who says so', async () => {
      await using s = await stage(databases);
      s.state.takesMs = 200;
      const never = new AbortController().signal;
      const state = async () => (await s.monitoring.health.now()).get(s.source.id)?.state;
      await s.monitoring.lookAt(s.source, never, 20);
      assert.equal(await state(), 'unreachable');
      await s.monitoring.lookAt(s.source, never, 60_000);
      assert.equal(await state(), 'ok');
    });

    it('believes a loss at once', async () => {
      await using s = await stage(databases);
      await s.observe(well, 2);
      await s.observe(lost);
      assert.deepEqual(s.told(), ['outage.started']);
      assert.equal(await s.monitoring.outages.isDamaged(s.source.id), true);
    });

    it('believes silence only when it lasts, and counts it from its beginning', async () => {
      await using s = await stage(databases);
      await s.observe(silent);
      assert.deepEqual(s.told(), []);
      const began = s.clock.now().toISOString();
      await s.observe(silent);
      assert.deepEqual(s.told(), ['outage.started']);
      assert.equal((await s.monitoring.outages.list())[0]?.startedAt, began);
    });

    it('takes a probe that breaks for silence', async () => {
      await using s = await stage(databases);
      await s.observe(new Error('the probe broke'), 2);
      const [outage] = await s.monitoring.outages.list({ open: true });
      assert.equal(outage?.kind, 'unreachable');
      assert.equal(outage?.findings[0]?.summary, 'the probe broke');
    });

    it('says of a source whose password does not open that it is unknown, and not that it is down', async () => {
      await using s = await stage(databases);
      await s.observe(well);
      const locked = Object.assign(new Error('no key'), { code: 'server.vault-key-unreachable' });
      await s.observe(locked, 2);
      const state = async () => (await s.monitoring.health.now()).get(s.source.id)?.state;
      assert.equal(await state(), 'ok');
      await s.observe(locked, 2);
      assert.equal(await state(), 'unknown');
      assert.deepEqual(s.told(), []);
      await s.observe(silent, 2);
      assert.deepEqual(s.told(), ['outage.started']);
    });

    it('compares with the snapshot from before the loss, whatever is backed up meanwhile', async () => {
      await using s = await stage(databases);
      await s.observe(lost);
      s.state.reference = 'snapshot-2';
      await s.observe(lost, 2);
      assert.deepEqual(s.state.asked, ['snapshot-1', 'snapshot-1', 'snapshot-1']);
      await s.observe(well, 2);
      await s.observe(well);
      assert.equal(s.state.asked.at(-1), 'snapshot-2');
    });

    it('ends an outage when all is well twice in a row', async () => {
      await using s = await stage(databases);
      await s.observe(lost);
      await s.observe(well);
      assert.deepEqual(s.told(), ['outage.started']);
      await s.observe(well);
      assert.deepEqual(s.told(), ['outage.started', 'outage.ended']);
    });

    it('stays calm about what a person accepted as gone, until a newer snapshot is the reference', async () => {
      await using s = await stage(databases);
      await s.observe(lost);
      const [outage] = await s.monitoring.outages.list({ open: true });
      await s.monitoring.outages.accept(outage?.id ?? 0);
      await s.observe(lost, 2);
      assert.equal((await s.monitoring.outages.list({ open: true })).length, 0);
      s.state.reference = 'snapshot-2';
      await s.observe(lost);
      assert.equal((await s.monitoring.outages.list({ open: true })).length, 1);
    });

    it('tells of a loss that was accepted as soon as half of what was left is lost as well', async () => {
      await using s = await stage(databases);
      const shrunk = (lostShare: number): ProbeReport => ({
        reachable: true,
        findings: [{ kind: 'shrunk', object: 'table orders', summary: `lost ${lostShare}`, lostShare }],
      });
      await s.observe(shrunk(0.6));
      await s.monitoring.outages.accept((await s.monitoring.outages.openOf(s.source.id))?.id ?? 0);
      await s.observe(shrunk(0.75), 2);
      assert.equal(await s.monitoring.outages.isDamaged(s.source.id), false, 'a few more');
      await s.observe(shrunk(1));
      assert.equal(await s.monitoring.outages.isDamaged(s.source.id), true);
      assert.deepEqual(s.told(), ['outage.started', 'outage.ended', 'outage.started']);
    });

    it('keeps what was suspicious about each backup, and no loss that was made good meanwhile', async () => {
      await using s = await stage(databases);
      const findings = async () =>
        (await s.monitoring.outages.openOf(s.source.id))?.findings.map(({ summary }) => summary);
      await s.observe(well);
      const signs = [{ summary: 'all files were changed' }];
      await s.monitoring.suspect(s.source, signs);
      await s.observe(lost, 5);
      await s.monitoring.suspect(s.source, signs);
      const first = 'backup of 2026-11-23 12:01 UTC: all files were changed';
      const second = 'backup of 2026-11-23 12:06 UTC: all files were changed';
      assert.deepEqual(await findings(), [first, second, 'gone']);
      await s.observe(well, 2);
      assert.deepEqual(await findings(), [first, second]);
      for (let more = 0; more < 60; more++) await s.monitoring.suspect(s.source, signs);
      const kept = await findings();
      assert.equal(kept?.length, 50);
      assert.equal(kept[0], first, 'what was seen first tells most');
      assert.match(kept.at(-1) ?? '', /^backup of 2026-11-23 12:08 UTC/);
    });

    it('counts observed time alone', async () => {
      await using s = await stage(databases, '2026-11-22T23:58:00.000Z');
      await s.observe(well, 4);
      await s.observe(silent, 1);
      s.clock.advance(6 * 3_600_000);
      await s.observe(well, 1);
      const days = (await s.monitoring.health.days('2026-11-01')).get(s.source.id);
      assert.deepEqual(days, [
        { day: '2026-11-22', upSeconds: 60, downSeconds: 0 },
        { day: '2026-11-23', upSeconds: 120, downSeconds: 60 },
      ]);
    });

    it('knows nothing about a source it has not looked at for long', async () => {
      await using s = await stage(databases);
      await s.observe(well);
      assert.equal((await s.monitoring.health.now()).get(s.source.id)?.state, 'ok');
      s.clock.advance(600_000);
      assert.equal((await s.monitoring.health.now()).get(s.source.id)?.state, 'unknown');
    });
  });

  it('time is cut at midnight in UTC', () => {
    const from = Date.parse('2026-11-22T23:59:30Z');
    assert.deepEqual(
      [...secondsByDay(from, from + 90_000)],
      [
        ['2026-11-22', 30],
        ['2026-11-23', 60],
      ],
    );
  });
});
