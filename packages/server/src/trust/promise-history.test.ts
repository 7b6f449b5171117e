import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { sql } from 'kysely';
import { companyNow, recordCompany } from '../testing/recorded-company.ts';
import { type DatabaseMaker, onEachDatabase } from '../testing/temporary-database.ts';
import { recentQuery } from './promise-history.ts';
import type { PromiseState } from './schema.ts';

const daysAgo = (days: number): string => new Date(Date.parse(companyNow) - days * 86_400_000).toISOString();
const range = { since: daysAgo(90), each: 50 };

async function stage(databases: DatabaseMaker) {
  const folder = await mkdtemp(join(tmpdir(), 'octobox-history-'));
  const company = await recordCompany(folder, 'calm', await databases.upToDate());
  const { database, platform } = company;
  const promises = await database.read.selectFrom('promises').selectAll().orderBy('id').execute();
  const evidence = JSON.stringify({ sentence: ['seen'], facts: {} });
  return {
    ...{ database, promises, register: platform.promises },
    async change(promiseId: number, days: number, from: PromiseState, to: PromiseState): Promise<void> {
      const row = { promise_id: promiseId, at: daysAgo(days), from_state: from, to_state: to, evidence };
      await database.change((transaction) => transaction.insertInto('promise_history').values(row).execute());
    },
    async [Symbol.asyncDispose]() {
      await company[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

/** PostgreSQL reads a short table whole, so there has to be a long one; it tells how many rows it read. */
async function seesOnlyTheNewest({ database, promises }: Awaited<ReturnType<typeof stage>>): Promise<void> {
  const rows = 3_000;
  await database.change((transaction) =>
    sql`insert into promise_history (promise_id, at, from_state, to_state, evidence)
      select ${promises[0]?.id}, ${daysAgo(1)}, 'kept', 'broken', '{}' from generate_series(1, ${rows})`.execute(
      transaction,
    ),
  );
  await database.change((transaction) => sql`analyze promise_history`.execute(transaction));
  const plan = await recentQuery(database, range).explain('json', sql`analyze`);
  const text = JSON.stringify(plan);
  assert.match(text, /"Index Name":"promise_history_promise"/);
  assert.doesNotMatch(text, /Seq Scan","[^{]*"Relation Name":"promise_history"/);
}

onEachDatabase((databases) => {
  describe('the history of promises', () => {
    it('has no change where a promise was only ever judged the first time', async () => {
      await using s = await stage(databases);
      assert.ok((await s.register.history()).length > 0);
      assert.deepEqual(await s.register.recentChanges(range), []);
    });

    it('gives the newest changes of each promise, and none that is too old', async () => {
      await using s = await stage(databases);
      const [first, second] = s.promises;
      assert.ok(first !== undefined && second !== undefined);
      await s.change(second.id, 100, 'kept', 'broken');
      for (let i = 30; i > 0; i--) {
        await s.change(first.id, i + 0.5, 'kept', 'broken');
        await s.change(first.id, i, 'broken', 'kept');
      }
      await s.change(second.id, 3, 'broken', 'kept');
      const changes = await s.register.recentChanges(range);
      const of = (promise: typeof first) =>
        changes.filter(({ kind, subjectId }) => kind === promise.kind && subjectId === promise.subject_id);
      assert.equal(of(first).length, 50);
      assert.equal(of(first)[0]?.at, daysAgo(1));
      assert.deepEqual(of(first)[0]?.evidence.sentence, ['seen']);
      assert.deepEqual(
        of(second).map(({ at, from, to }) => ({ at, from, to })),
        [{ at: daysAgo(3), from: 'broken', to: 'kept' }],
      );
    });

    it('reads the history by its index alone, however long it is', async () => {
      await using s = await stage(databases);
      if (s.database.kind === 'postgresql') return await seesOnlyTheNewest(s);
      const plan: readonly { detail?: unknown }[] = await recentQuery(s.database, range).explain(
        undefined,
        sql`query plan`,
      );
      const details = plan.map(({ detail }) => String(detail));
      assert.ok(details.some((detail) => detail.includes('promise_history_promise (promise_id=?)')));
      assert.ok(
        !details.some((detail) => /^SCAN (h|newest|promise_history)/.test(detail)),
        details.join('\n'),
      );
    });
  });
});
