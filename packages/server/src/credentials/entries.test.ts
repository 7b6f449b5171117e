import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sql } from 'kysely';
import { onEachDatabase } from '../temporary-database.ts';
import { canary, credentialsStage } from './credentials-stage.ts';
import { secretOf } from './entry.ts';

onEachDatabase((databases) => {
  describe('entries of the vault', () => {
    it('keep a secret that is bound to owner and name, and give it to no machine', async () => {
      await using s = await credentialsStage(databases);
      const mail = await s.mailOf('ada');
      await s.mailOf('ben');
      await assert.rejects(s.mailOf('ada'), { code: 'server.invalid', field: 'name' });
      const secret = secretOf(mail);
      assert.equal(await s.vault.openForPerson(secret), canary);
      await assert.rejects(s.vault.open(secret), /for a person alone/);
      const changed = await s.entries.change(mail.id, { secret: `${canary}-2`, login: null }, s.from('ada'));
      assert.equal(changed.login, undefined);
      assert.equal(await s.vault.openForPerson(secret), `${canary}-2`);
      assert.deepEqual(
        (await s.entries.list({ limit: 9, search: 'MAI', ownerId: 'ben' })).map(({ owner }) => owner.name),
        ['ben'],
      );

      // Whoever takes it over with SQL, the secret's row as well, has nothing that opens.
      await s.database.change(async (t) => {
        await sql`update vault_secrets set owner = 'member:cleo' where owner = 'member:ada'`.execute(t);
        await sql`update vault_entries set owner_id = 'cleo' where owner_id = 'ada'`.execute(t);
      });
      const taken = await s.entries.get(mail.id);
      assert.equal(taken.owner.id, 'cleo');
      await assert.rejects(s.vault.openForPerson(secretOf(taken)), { code: 'server.vault-damaged' });
      await s.entries.remove(mail.id, s.from('ada'));
      assert.deepEqual(
        (await s.acts()).toReversed(),
        ['added', 'added', 'replaced', 'removed'].map((what) => `vault-entry.${what}`),
      );
      const tables = await s.database.read.selectFrom('audit_entries').selectAll().execute();
      assert.ok(!JSON.stringify(tables).includes('canary'));
    });
  });
});
