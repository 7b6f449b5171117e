import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { sql } from 'kysely';
import { silentLog, systemClock } from '../platform/index.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { onEachDatabase } from '../testing/temporary-database.ts';
import { AuditLog } from './audit-log.ts';
import { csvLine } from './csv.ts';
import { RemovalCheck } from './removal-check.ts';
import { AuditRetention, removalWords } from './retention.ts';

onEachDatabase((databases) => {
  describe('the audit log', () => {
    it('gives back what was appended, the newest first', async () => {
      await using temporary = await databases.open();
      const { database } = temporary;
      const log = new AuditLog({ database, clock: systemClock });
      const origin = { actor: { id: '7', name: 'Ada' }, address: '192.0.2.1', userAgent: 'a\r\u202eb' };
      const record = {
        action: 'user.changed',
        origin,
        subject: 'user:7',
        before: { name: 'A' },
        after: { name: 'B' },
      };
      await database.change(async (transaction) => {
        await log.append(transaction, { action: 'first.thing', origin: {} });
        await log.append(transaction, record);
        await log.append(transaction, { action: 'last.thing', origin: { userAgent: 'x'.repeat(9_000) } });
      });
      const [last, changed, ...rest] = await log.entries({ limit: 3 });
      assert.equal(last?.origin.userAgent?.length, 200);
      assert.deepEqual(
        { ...changed, id: 0, at: '' },
        {
          ...record,
          origin: { ...origin, userAgent: 'a  b' },
          id: 0,
          at: '',
        },
      );
      assert.deepEqual(
        rest.map(({ action }) => action),
        ['first.thing'],
      );
      assert.deepEqual(
        (await log.entries({ limit: 9, beforeId: changed?.id ?? 0 })).map(({ action }) => action),
        ['first.thing'],
      );
    });

    it('has nothing of a change that was undone', async () => {
      await using temporary = await databases.open();
      const log = new AuditLog({ database: temporary.database, clock: systemClock });
      const change = temporary.database.change(async (transaction) => {
        await log.append(transaction, { action: 'nothing.happened', origin: {} });
        throw new Error('no');
      });
      await assert.rejects(change, /no/);
      assert.deepEqual(await log.entries({ limit: 9 }), []);
    });

    it('is edited by nobody, not with SQL either', async () => {
      await using temporary = await databases.open();
      const { database } = temporary;
      const log = new AuditLog({ database, clock: systemClock });
      await database.change((t) => log.append(t, { action: 'a.b', origin: {} }));
      const statements = ["update audit_entries set action = 'c.d'", 'delete from audit_entries'];
      const row = "(id, at, action) select id, at, 'c.d' from audit_entries";
      if (database.kind === 'postgresql') {
        statements.push('truncate audit_entries');
        statements.push(
          `insert into audit_entries ${row} on conflict (id) do update set action = excluded.action`,
        );
      } else statements.push(`replace into audit_entries ${row}`);
      for (const statement of statements) {
        await assert.rejects(
          database.change((t) => sql.raw(statement).execute(t)),
          /never edited/,
          statement,
        );
      }
      assert.equal((await log.entries({ limit: 9 })).length, 1);
    });

    it('loses what is older than it is kept, in an act that can be checked, and nothing else', async () => {
      await using temporary = await databases.open();
      const { database } = temporary;
      const day = 86_400_000;
      const clock = new ManualClock('2026-01-01T00:00:00.000Z');
      const audit = new AuditLog({ database, clock });
      const append = (action: string, subject?: string, actor?: string) =>
        database.change((t) =>
          audit.append(t, {
            action,
            subject,
            origin: actor === undefined ? {} : { actor: { id: actor, name: actor } },
          }),
        );
      await append('first.thing', 'user:7', 'ada');
      await append('vault-entry.opened', 'vault-entry:1', 'ada');
      await append('second.thing', 'source:"held', 'ada');
      await append('third.thing', 'source:held', 'ada');
      await append('fourth.thing', 'user:8', 'grace');
      await append('fifth.thing');
      clock.advance(100 * day);
      await append('late.thing', 'user:7', 'ada');
      const before = await audit.entries({ limit: 99 });
      const retention = (hold: string[]) =>
        new AuditRetention({
          ...{ database, clock, audit, log: silentLog },
          settings: { keepSeconds: 60 * 86_400, hold },
        });
      const removal = await retention(['source:held', 'user:grace']).removeSome();
      const actions = async () => (await audit.entries({ limit: 99 })).map(({ action }) => action);
      const kept = ['audit.removed', 'late.thing', 'fourth.thing', 'third.thing', 'vault-entry.opened'];
      assert.deepEqual(await actions(), kept);
      const gone = before.filter(({ action }) => /^(first|second|fifth)/.test(action)).reverse();
      const digest = createHash('sha256').update(gone.map(csvLine).join('')).digest('hex');
      assert.deepEqual(
        [removal?.entries, removal?.digest, removal?.firstId, removal?.lastId],
        [3, digest, gone[0]?.id, gone[2]?.id],
      );
      const [told] = await audit.entries({ limit: 1 });
      assert.deepEqual(told?.after, {
        entries: 3,
        until: '2026-02-10T00:00:00.000Z',
        digest,
        held: 'source:held user:grace',
      });
      assert.equal(await retention(['source:held', 'user:grace']).removeSome(), undefined);

      // The record lets go what it names, and no more; itself it stays.
      for (const statement of [
        "delete from audit_entries where action = 'third.thing'",
        "delete from audit_entries where action = 'fourth.thing'",
        "delete from audit_entries where action = 'vault-entry.opened'",
        "delete from audit_entries where action = 'late.thing'",
        "delete from audit_entries where action = 'audit.removed'",
        'delete from audit_removals',
        "update audit_removals set until = '9'",
      ]) {
        await assert.rejects(
          database.change((t) => sql.raw(statement).execute(t)),
          /never edited/,
          statement,
        );
      }
      assert.deepEqual(await actions(), kept);
      clock.advance(1_000 * day);
      assert.equal((await retention([]).removeSome())?.entries, 3);
      const check = new RemovalCheck({ database, clock });
      const { removals, entries, foreign } = await check.check();
      assert.deepEqual({ removals, entries, foreign }, { removals: 2, entries: 6, foreign: 0 });
      assert.deepEqual(await actions(), ['audit.removed', 'audit.removed', 'vault-entry.opened']);
    });

    it('finds each record of a removal that the platform did not make', async () => {
      await using temporary = await databases.open();
      const { database } = temporary;
      const clock = new ManualClock('2026-01-01T00:00:00.000Z');
      const audit = new AuditLog({ database, clock });
      await database.change((t) => audit.append(t, { action: 'first.thing', origin: {} }));
      clock.advance(100 * 86_400_000);
      const settings = { keepSeconds: 60 * 86_400, hold: ['user:7'] };
      await new AuditRetention({ database, clock, audit, log: silentLog, settings }).removeSome();
      const own = await database.read.selectFrom('audit_removals').selectAll().executeTakeFirstOrThrow();
      const check = new RemovalCheck({ database, clock });
      assert.equal((await check.check()).foreign, 0);

      const { id: _, ...same } = own;
      const forged = [
        same,
        ...[
          { last_id: 99 },
          { until: '2026-04-11T00:00:00.000Z' },
          { held: '[]' },
          { held: 'no JSON' },
          { at: '2026x' },
        ].map((change) => ({ ...same, ...change })),
      ];
      for (const [before, values] of forged.entries()) {
        await database.change((t) => t.insertInto('audit_removals').values(values).execute());
        const { foreign, removals } = await check.check();
        assert.deepEqual([foreign, removals], [before + 1, before + 2]);
      }
      // Who writes the entry as well takes nothing that is young, and leaves the entry.
      const young = { ...same, until: '9', digest: 'x' };
      await database.change(async (t) => {
        await t.insertInto('audit_removals').values(young).execute();
        await audit.append(t, { action: 'audit.removed', origin: {}, ...removalWords(young) });
      });
      assert.equal((await check.check()).foreign, forged.length + 1);
    });
  });
});
