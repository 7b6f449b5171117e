import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { sql } from 'kysely';
import { onEachDatabase } from '../temporary-database.ts';
import { credentialsStage } from './credentials-stage.ts';

onEachDatabase((databases) => {
  describe('the book of the vault', () => {
    it('counts what was opened by whom, and finds whatever was done to it with SQL', async () => {
      await using s = await credentialsStage(databases);
      const mail = await s.mailOf('ada');
      const endsAt = new Date(s.clock.now().getTime() + 3_600_000).toISOString();
      const given = { personId: 'ben', reason: 'Holidays', endsAt };
      await s.openings.open(s.as('ada'), mail.id, s.from('ada'));
      const { number } = await s.grants.give(s.as('ada'), mail.id, given, s.from('ada'));
      await s.openings.open(s.as('ben'), mail.id, s.from('ben'));
      await s.grants.withdraw(s.as('ben'), number, s.from('ben'));
      await s.grants.give(s.as('ada'), mail.id, given, s.from('ada'));
      await s.openings.open(s.as('ben'), mail.id, s.from('ben'));
      const counts = async () => {
        const { withoutGrant, altered, unverified, openings } = await s.book.check();
        return { withoutGrant, altered, unverified, openings };
      };
      const good = { withoutGrant: 0, altered: 0, unverified: 0, openings: 3 };
      assert.deepEqual(await counts(), good);
      const { byOwners, underGrants, entries } = await s.book.current();
      assert.deepEqual([byOwners, underGrants, entries], [1, 2, 1]);

      // An administrator of the database takes the guards away, and puts back what was before for the next.
      const run = (text: string) => s.database.change((t) => sql.raw(text).execute(t));
      if (s.database.kind === 'postgresql') await run('alter table vault_book disable trigger user');
      else
        for (const verb of ['update', 'delete', 'replace']) await run(`drop trigger vault_book_no_${verb}`);
      const saved = await s.database.read.selectFrom('vault_book').selectAll().orderBy('number').execute();
      const after = async (statement: string) => {
        await run(statement);
        const found = await counts();
        await run('delete from vault_book');
        await s.database.change((t) => t.insertInto('vault_book').values(saved).execute());
        return found;
      };
      // The grant is for another entry, for longer, for somebody else: its opening has none any more.
      for (const change of [`ends_at = '2027-01-01T00:00:00.000Z'`, `person_id = 'dan'`, `reason = 'x'`]) {
        const found = await after(`update vault_book set ${change} where number = 2`);
        assert.deepEqual(found, { ...good, withoutGrant: 1, altered: 1 }, change);
      }
      // Who opened was somebody else, or the opening is gone, from the middle and from the end.
      const other = await after(`update vault_book set person_id = 'dan' where number = 3`);
      assert.deepEqual(other, { ...good, withoutGrant: 1, altered: 1 });
      const middle = await after('delete from vault_book where number = 3');
      assert.ok(middle.altered > 0 && middle.openings === 2);
      const end = await after('delete from vault_book where number = 6');
      assert.deepEqual(end, { ...good, openings: 2, altered: 1 });
      // An opening that nobody was let at, written by whoever cannot seal it.
      const forged = await after(
        `insert into vault_book (number, at, what, entry_id, entry_name, owner_id, person_id, person_name, sealed_by, seal)
         select 7, at, what, entry_id, entry_name, owner_id, 'dan', 'dan', sealed_by, seal from vault_book where number = 1`,
      );
      assert.deepEqual(forged, { withoutGrant: 1, altered: 1, unverified: 0, openings: 4 });
      assert.deepEqual(await counts(), good);

      // Without the key nothing is vouched for, and what opens without a grant is seen still.
      await rename(s.keys.path, join(s.folder, 'aside'));
      assert.deepEqual(await counts(), { ...good, unverified: 6 });
    });

    it('leaves what the platform opens for its own work to sums by the day', async () => {
      await using s = await credentialsStage(databases);
      const secret = { owner: 'source:1', name: 'password' };
      await s.database.change((t) => s.vault.seal(t, secret, 'a password'));
      await s.vault.open(secret);
      await s.uses.write();
      await s.vault.open(secret);
      await s.vault.open({ ...secret, name: 'none' });
      await s.uses.write();
      assert.deepEqual(await s.uses.list(1), [{ day: s.now().slice(0, 10), what: 'source', uses: 2 }]);
      assert.equal((await s.book.check()).openings, 0);
    });
  });
});
