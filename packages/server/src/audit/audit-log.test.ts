import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sql } from 'kysely';
import { systemClock } from '../platform/index.ts';
import { onEachDatabase } from '../temporary-database.ts';
import { AuditLog } from './audit-log.ts';

onEachDatabase((databases) => {
  describe('the audit log', () => {
    it('gives back what was appended, the newest first', async () => {
      await using temporary = await databases.open();
      const { database } = temporary;
      const log = new AuditLog({ database, clock: systemClock });
      const origin = { actor: { id: '7', name: 'Ada' }, address: '192.0.2.1', userAgent: 'a\r\nb' };
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
  });
});
