import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { sql } from 'kysely';
import { onEachDatabase } from '../temporary-database.ts';
import { canary, credentialsStage, type Name } from './credentials-stage.ts';
import { openingsAnHour } from './openings.ts';

const hour = 3_600_000;

async function stage(databases: Parameters<typeof credentialsStage>[0]) {
  const s = await credentialsStage(databases);
  const mail = await s.mailOf('ada');
  const inHours = (hours: number): string => new Date(s.clock.now().getTime() + hours * hour).toISOString();
  const give = (personId: Name, more: object = {}) =>
    s.grants.give(
      s.as('ada'),
      mail.id,
      { personId, reason: 'Holidays', endsAt: inHours(2), ...more },
      s.from('ada'),
    );
  const open = (who: Name) => s.openings.open(s.as(who), mail.id, s.from(who));
  const states = async () => (await s.grants.list({ limit: 9 })).map(({ state }) => state);
  return { ...s, mail, inHours, give, open, states };
}

onEachDatabase((databases) => {
  describe('sharing', () => {
    it('lets whom the owner named open an entry, as long and as often as was said, and records it', async () => {
      await using s = await stage(databases);
      assert.equal((await s.open('ada')).secret, canary);
      await assert.rejects(s.open('ben'), { code: 'server.no-grant' });
      await assert.rejects(s.open('cleo'), { code: 'server.forbidden' });
      await assert.rejects(
        s.openings.open({ user: { id: 'ada' }, provedAt: undefined }, s.mail.id, s.from('ada')),
        { code: 'server.proof-needed' },
      );

      await assert.rejects(
        s.grants.give(
          s.as('ben'),
          s.mail.id,
          { personId: 'dan', reason: 'x', endsAt: s.inHours(1) },
          s.from('ben'),
        ),
        { code: 'server.forbidden' },
      );
      await assert.rejects(s.give('ada'), { field: 'personId' });
      await assert.rejects(s.give('cleo'), { field: 'personId' });
      await assert.rejects(s.give('eve'), { field: 'personId' });
      await assert.rejects(s.give('ben', { endsAt: s.inHours(-1) }), { field: 'endsAt' });
      await assert.rejects(s.give('ben', { endsAt: s.inHours(91 * 24) }), { field: 'endsAt' });
      await s.give('ben', { startsAt: s.inHours(1), mostOpenings: 2 });
      assert.deepEqual(await s.states(), ['waiting']);
      await assert.rejects(s.open('ben'), { code: 'server.no-grant' });
      s.clock.advance(hour);
      assert.deepEqual(await s.states(), ['active']);
      const { secret, opening } = await s.open('ben');
      assert.equal(secret, canary);
      assert.deepEqual(await s.openings.list({ limit: 1, entryId: s.mail.id }), [opening]);
      assert.deepEqual([opening.person.id, opening.grant, opening.address], ['ben', 2, '192.0.2.7']);
      await s.open('ben');
      assert.deepEqual(await s.states(), ['used-up']);
      await assert.rejects(s.open('ben'), { code: 'server.no-grant' });

      // By time, by its owner, and by the end of the membership.
      await s.give('dan');
      await s.open('dan');
      s.clock.advance(2 * hour);
      assert.equal((await s.states())[0], 'over');
      await assert.rejects(s.open('dan'), { code: 'server.no-grant' });
      const { number } = await s.give('dan');
      await assert.rejects(s.grants.withdraw(s.as('ben'), number, s.from('ben')), {
        code: 'server.forbidden',
      });
      await s.grants.withdraw(s.as('ada'), number, s.from('ada'));
      await s.grants.withdraw(s.as('ada'), number, s.from('ada'));
      assert.equal((await s.states())[0], 'withdrawn');
      await assert.rejects(s.open('dan'), { code: 'server.no-grant' });
      await s.give('dan');
      await s.database.change((t) => t.deleteFrom('members').where('user_id', '=', 'dan').execute());
      assert.equal((await s.states())[0], 'member-gone');
      await assert.rejects(s.open('dan'), { code: 'server.forbidden' });

      const acts = await s.audit.entries({ limit: 99 });
      const opened = acts.filter(({ action }) => action === 'vault-entry.opened');
      assert.deepEqual(
        opened.map(({ origin, after }) => [origin.actor?.id, after?.grant]),
        [
          ['dan', 5],
          ['ben', 2],
          ['ben', 2],
          ['ada', null],
        ],
      );
      assert.equal(acts.filter(({ action }) => action === 'vault-grant.withdrawn').length, 1);
      assert.ok(acts.some(({ action }) => action === 'vault-entry.not-opened'));
      const written = await s.database.read.selectFrom('vault_book').selectAll().execute();
      assert.ok(!JSON.stringify([acts, written]).includes('canary'));
    });

    it('gives nothing to who opens very much, nor on a node without the key', async () => {
      await using s = await stage(databases);
      for (let n = 0; n < openingsAnHour; n++) await s.open('ada');
      await assert.rejects(s.open('ada'), { code: 'server.too-many-openings' });
      s.clock.advance(hour);
      await rename(s.keys.path, join(s.folder, 'aside'));
      await assert.rejects(s.open('ada'), { code: 'server.vault-key-missing' });
      assert.equal((await s.openings.list({ limit: 99 })).length, openingsAnHour);
      await rename(join(s.folder, 'aside'), s.keys.path);
      assert.equal((await s.open('ada')).secret, canary);
    });

    it('takes no grant that somebody with SQL has written or changed', async () => {
      await using s = await stage(databases);
      await s.give('ben', { endsAt: s.inHours(1) });
      const run = (text: string) => s.database.change((t) => sql.raw(text).execute(t));
      await assert.rejects(run(`update vault_book set person_id = 'dan'`), /never edited/);
      await assert.rejects(run('delete from vault_book'), /never edited/);
      // Of the grant above, with another person in it.
      const columns =
        'at, what, entry_id, entry_name, owner_id, person_name, grant_number, reason, starts_at, ends_at, most_openings, address, sealed_by, seal';
      await run(
        `insert into vault_book (number, person_id, ${columns}) select number + 1, 'dan', ${columns} from vault_book`,
      );
      assert.deepEqual(await s.states(), ['active', 'active']);
      await assert.rejects(s.open('dan'), { code: 'server.no-grant' });
      assert.equal((await s.open('ben')).secret, canary);
    });
  });
});
