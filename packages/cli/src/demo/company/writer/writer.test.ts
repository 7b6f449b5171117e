import assert from 'node:assert/strict';
import { appendFile, chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Company } from '../company.ts';
import type { PostgresShop } from '../postgres/shop.ts';
import { fullSize, scaled } from '../size.ts';
import { type JournalEntry, readJournal } from './journal.ts';

const signal = AbortSignal.timeout(600_000);

async function found(shop: 'postgresql' | 'sqlite') {
  const folder = await mkdtemp(join(tmpdir(), 'octobox-writer-'));
  await chmod(folder, 0o711);
  const company = await Company.found({
    ...{ folder, shop, size: scaled(fullSize, 0.01), ordersPerSecond: 100, signal },
  });
  return {
    company,
    [Symbol.asyncDispose]: async () => {
      await company[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const entriesOf = async (journal: string): Promise<JournalEntry[]> => Array.fromAsync(readJournal(journal));
const references = (entries: readonly JournalEntry[]) =>
  entries.flatMap((entry) => (entry.kind === 'order' ? [entry.reference] : []));

/** The postmaster is killed; its children notice by themselves, and until then a new one cannot start. */
async function startAgain(shop: PostgresShop): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await shop.cluster.start(signal);
    } catch (error) {
      if (attempt === 600) throw error;
      await pause(100);
    }
  }
}

describe('the writer', () => {
  it('loses no acknowledged order when the database server is killed, again and again', async () => {
    await using place = await found('postgresql');
    const { company } = place;
    const shop = company.shop as PostgresShop;
    await company.open(signal);
    for (const upTo of [20, 50, 80]) {
      await company.writer.until((state) => state.orders >= upTo, signal);
      process.kill(shop.cluster.pid as number, 'SIGKILL');
      await company.writer.until((state) => state.outSince !== undefined, signal);
      await startAgain(shop);
      await company.writer.until((state) => state.outSince === undefined, signal);
    }
    await company.writer.stop();

    const entries = await entriesOf(company.journal);
    const acknowledged = references(entries);
    assert.ok(acknowledged.length >= 80);
    assert.equal(new Set(acknowledged).size, acknowledged.length);
    assert.deepEqual(await shop.known(acknowledged), new Set(acknowledged));
    assert.equal(entries.filter((entry) => entry.kind === 'out').length, 3);
    assert.equal(entries.filter((entry) => entry.kind === 'back').length, 3);
  });

  for (const kind of ['postgresql', 'sqlite'] as const) {
    it(`keeps trying while the tables of a ${kind} shop are gone, and stops when told`, async () => {
      await using place = await found(kind);
      const { company } = place;
      await company.open(signal);
      await company.writer.until((state) => state.invoices >= 2, signal);
      const before = references(await entriesOf(company.journal));
      assert.deepEqual(await company.shop.known(before), new Set(before));

      const disaster = await company.suffer();
      await company.writer.until((state) => state.outSince !== undefined, signal);
      assert.ok(disaster.tables.includes('orders'));
      await assert.rejects(stat(join(company.website, 'images')), { code: 'ENOENT' });
      await company.writer.stop();

      const entries = await entriesOf(company.journal);
      assert.match(entries.find((entry) => entry.kind === 'out')?.reason ?? '', /orders/);
      // The tables waited for the order under way, whose acknowledgement may be written down after their end.
      const late = entries.filter((entry) => entry.kind === 'order' && entry.at > disaster.at.toISOString());
      assert.ok(late.length <= 1, 'nothing is acknowledged that went nowhere');
      assert.ok(!entries.some(({ kind }, at) => kind === 'order' && entries[at - 1]?.kind === 'out'));
    });
  }

  it('ends when whoever started it is gone', async () => {
    await using place = await found('sqlite');
    const { company } = place;
    await company.open(signal);
    company.writer.abandon();
    assert.equal(await company.writer.ended, 0);
  });
});

describe('the journal', () => {
  it('leaves out a last line that was never finished', async () => {
    await using place = await found('sqlite');
    const { company } = place;
    await company.open(signal);
    await company.writer.stop();
    const whole = await entriesOf(company.journal);
    await appendFile(company.journal, '{"kind":"order","reference":"half');
    assert.deepEqual(await entriesOf(company.journal), whole);
  });
});
