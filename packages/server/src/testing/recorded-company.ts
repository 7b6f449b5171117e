/** A company with a past: facts as they would have been recorded, for tests of what is shown. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Runs } from '../backup/index.ts';
import { migrations } from '../migrations.ts';
import { openPlatform, type Platform } from '../open-platform.ts';
import {
  configFrom,
  type Database,
  type DatabaseSettings,
  openDatabase,
  silentLog,
} from '../platform/index.ts';
import { Recoveries } from '../recovery/index.ts';
import { ManualClock } from './manual-clock.ts';

export const companyNow = '2026-11-23T12:52:30.000Z';
const minute = 60_000;
const day = 86_400_000;

export interface RecordedCompany extends AsyncDisposable {
  readonly platform: Platform;
  readonly database: Database;
  readonly clock: ManualClock;
}

/** `trouble`: an outage is open; otherwise all is well. */
export async function recordCompany(
  folder: string,
  mood: 'calm' | 'trouble',
  settings?: DatabaseSettings,
): Promise<RecordedCompany> {
  const clock = new ManualClock(companyNow);
  const text = 'listen: 127.0.0.1:0\npage:\n  title: Northwind Trading\n';
  const file = { path: join(folder, 'octobox.yaml'), text };
  const usual = configFrom({ env: {}, dataFolder: folder, file });
  const config = { ...usual, database: settings ?? usual.database };
  const start = Date.parse(companyNow);
  const at = (ms: number): string => new Date(start + ms).toISOString();

  clock.jumpTo(at(-40 * day));
  const platform = await openPlatform(config, { log: silentLog, clock });
  const database = await openDatabase(config.database, migrations);
  const shop = await platform.catalog.addService({ name: 'Web shop', criticality: 'critical' });
  const wiki = await platform.catalog.addService({ name: 'Customer documents', criticality: 'normal' });
  const orders = await platform.catalog.addSource({
    serviceId: shop.id,
    kind: 'postgresql',
    name: 'Shop database',
    location: 'postgres://shop:secret@db.internal/shop',
    schedule: 'every 1h',
  });
  const images = await platform.catalog.addSource({
    serviceId: shop.id,
    kind: 'files',
    name: 'Shop files',
    location: '/srv/www',
    schedule: 'every 6h',
    rpoSeconds: 6 * 3_600,
  });
  const documents = await platform.catalog.addSource({
    serviceId: wiki.id,
    kind: 'files',
    name: 'Documents',
    location: '/srv/documents',
    schedule: 'every 12h',
  });

  // Whether a snapshot is still there is looked up by its file's name; nobody reads it here.
  const stored = join(folder, 'repository', 'snapshots');
  await mkdir(stored, { recursive: true });
  await writeFile(join(folder, 'repository', 'config'), '');

  const runs = new Runs(database);
  const recoveries = new Recoveries(database);
  const backUp = async (sourceId: string, ms: number, bytes: number): Promise<string> => {
    const run = await runs.begin({
      sourceId,
      jobId: 1,
      reason: 'schedule',
      startedAt: at(ms),
      suspect: false,
    });
    const snapshotId = `${run.id}`.padStart(64, '0');
    await writeFile(join(stored, snapshotId), '');
    await runs.succeed(run.id, {
      finishedAt: at(ms + 20_000),
      snapshotId,
      recoveryPointAt: at(ms),
      bytesRead: bytes,
      bytesStored: Math.round(bytes / 20),
      files: 2,
      filesChanged: 1,
      warnings: [],
      suspect: false,
    });
    return snapshotId;
  };
  const rehearse = async (
    sourceId: string,
    ms: number,
    snapshotId: string,
    seconds: number,
    bytes: number,
  ) => {
    const drill = await recoveries.beginDrill({
      sourceId,
      jobId: 1,
      reason: 'schedule',
      startedAt: at(ms),
      snapshotId,
      recoveryPointAt: at(ms - 10 * minute),
      rpoSeconds: 3_600,
      rtoSeconds: 900,
    });
    const check = (name: string) => ({ name, outcome: 'passed' as const, summary: name, differences: [] });
    await recoveries.endDrill(drill.id, {
      state: 'passed',
      finishedAt: at(ms + seconds * 1_000),
      restoreMs: seconds * 800,
      verifyMs: seconds * 200,
      bytes,
      checks: [check('rows'), check('objects'), check('content')],
    });
  };
  await rehearse(orders.id, -9.7 * 60 * minute, await backUp(orders.id, -600 * minute, 40e6), 161, 40e6);
  await backUp(orders.id, -12 * minute, 41e6);
  await rehearse(
    images.id,
    -9.6 * 60 * minute,
    await backUp(images.id, -3.2 * 60 * minute, 812e6),
    74,
    812e6,
  );
  if (mood === 'calm') {
    await rehearse(documents.id, -6 * day, await backUp(documents.id, -5 * 60 * minute, 2.31e9), 214, 2.1e9);
  }

  const past = async (ago: number, seconds: number, sourceId: string): Promise<void> => {
    const name = at(-ago * day).slice(0, 10);
    const change = { up_seconds: 86_400 - seconds, down_seconds: seconds };
    await database.change((transaction) =>
      transaction
        .insertInto('health_days')
        .values({ source_id: sourceId, day: name, ...change })
        .execute(),
    );
  };
  for (let ago = 39; ago >= 1; ago--) {
    // Two days on which nobody watched.
    if (ago !== 21 && ago !== 20) {
      const dent = ago === 12 ? 620 : ago === 30 ? 9_000 : 0;
      await past(ago, dent, orders.id);
      await past(ago, 0, images.id);
    }
    if (ago < 26) await past(ago, 0, documents.id);
  }

  await database.change(async (transaction) => {
    const lapse = { schedule_id: 1, schedule_kind: 'backup', subject: orders.id };
    const span = { first_due_at: at(-20.9 * day), last_due_at: at(-20.1 * day), noticed_at: at(-20 * day) };
    const reason = 'the scheduler was not running';
    await transaction
      .insertInto('schedule_lapses')
      .values({ ...lapse, ...span, kind: 'missed', count: 19, reason })
      .execute();
  });

  clock.jumpTo(at(-12 * day));
  const old = await platform.incidents.open({
    title: 'Web shop: not reachable',
    services: ['web-shop'],
    impact: 'outage',
    text: 'Shop database does not answer.',
  });
  clock.advance(10 * minute + 20_000);
  await platform.incidents.resolve(old.id, 'A disk that was full has been enlarged. Nothing was lost.');

  clock.jumpTo(at(-2 * minute));
  const well = { reachable: true, findings: [] };
  for (const source of [orders, images, documents]) await platform.monitoring.record(source.id, well);
  clock.jumpTo(at(-40_000));
  for (const source of [images, documents]) await platform.monitoring.record(source.id, well);
  const gone = ['orders', 'customers', 'invoices', 'stock'].map((table) => ({
    kind: 'missing' as const,
    object: `table public.${table}`,
    summary: `The table public.${table} is gone.`,
  }));
  await platform.monitoring.record(orders.id, mood === 'calm' ? well : { reachable: true, findings: gone });
  await platform.settled();
  clock.jumpTo(companyNow);
  await platform.promises.evaluate();
  for (const name of ['scheduler', 'monitoring']) {
    await database.change((transaction) =>
      transaction
        .insertInto('heartbeats')
        .values({ name, at: at(-5_000) })
        .execute(),
    );
  }
  return {
    platform,
    database,
    clock,
    async [Symbol.asyncDispose]() {
      await platform.stop();
      await database.close();
    },
  };
}
