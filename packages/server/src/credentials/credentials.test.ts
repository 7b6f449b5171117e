import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type Kysely, sql } from 'kysely';
import { onEachDatabase, schemaOf } from '../testing/temporary-database.ts';
import { Rotation } from '../vault/index.ts';
import { canary, credentialsStage, type Name } from './credentials-stage.ts';
import { secretOf } from './entry.ts';
import { transfersInTheBook } from './migrations/0035-transfers-in-the-book.ts';
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

  describe('another owner', () => {
    it('is named by the owner: grants end, the secret opens for the new one alone, and who is concerned is told', async () => {
      await using s = await stage(databases);
      await s.give('dan');
      await s.give('ben', { startsAt: s.inHours(1) });
      const transfer = (by: Name, ownerId: Name, more: object = {}) =>
        s.transfers.transfer(s.as(by), s.mail.id, { ownerId, reason: 'Leaves', ...more }, s.from(by));
      await assert.rejects(transfer('ben', 'dan'), { code: 'server.forbidden' });
      await assert.rejects(transfer('cleo', 'dan'), { code: 'server.forbidden' });
      await assert.rejects(transfer('ada', 'ada'), { field: 'ownerId' });
      await assert.rejects(transfer('ada', 'cleo'), { field: 'ownerId' });
      await assert.rejects(
        s.transfers.transfer(
          { user: { id: 'ada' }, provedAt: undefined },
          s.mail.id,
          { ownerId: 'ben', reason: 'x' },
          s.from('ada'),
        ),
        { code: 'server.proof-needed' },
      );
      await s.mailOf('ben');
      await assert.rejects(transfer('ada', 'ben'), { field: 'name' });
      assert.deepEqual([await s.states(), s.told], [['waiting', 'active'], []]);
      const moved = await transfer('ada', 'ben', { name: 'Mail of ada' });
      assert.deepEqual([moved.owner.id, moved.name], ['ben', 'Mail of ada']);
      assert.equal((await s.open('ben')).secret, canary);
      for (const who of ['ada', 'dan'] as const)
        await assert.rejects(s.open(who), { code: 'server.no-grant' });
      assert.equal(await s.vault.openForPerson(secretOf(s.mail)), undefined);
      assert.deepEqual(await s.states(), ['withdrawn', 'withdrawn']);
      assert.deepEqual(
        s.told.map(({ userIds }) => userIds.toSorted()),
        [['ben', 'dan']],
      );
      const [entry] = await s.audit.entries({ limit: 9, search: 'transferred' });
      assert.deepEqual(entry?.before, { name: 'Mail', owner: 'ada' });
      assert.deepEqual(entry?.after, {
        ...{ number: 5, name: 'Mail of ada', owner: 'ben', reason: 'Leaves', byOwner: true },
      });
      const { altered, withoutGrant, transfers } = await s.book.check();
      assert.deepEqual({ altered, withoutGrant, transfers }, { altered: 0, withoutGrant: 0, transfers: 1 });
      const [row] = await s.database.read
        .selectFrom('vault_book')
        .selectAll()
        .where('what', '=', 'transferred')
        .execute();
      assert.deepEqual([row?.owner_id, row?.person_id, row?.reason], ['ben', 'ada', 'Leaves']);
    });

    it('is named by an owner of the organisation when the member has left, and not before', async () => {
      await using s = await stage(databases);
      const { id } = await s.mailOf('dan', 'Web');
      const transfer = () =>
        s.transfers.transfer(s.as('ada'), id, { ownerId: 'ben', reason: 'Left' }, s.from('ada'));
      await assert.rejects(transfer(), { code: 'server.forbidden', advice: /has left/ });
      await s.database.change((t) => t.deleteFrom('members').where('user_id', '=', 'dan').execute());
      await assert.rejects(
        s.transfers.transfer(s.as('ben'), id, { ownerId: 'ben', reason: 'Left' }, s.from('ben')),
        { code: 'server.forbidden' },
      );
      assert.equal((await transfer()).owner.id, 'ben');
      assert.equal((await s.openings.open(s.as('ben'), id, s.from('ben'))).secret, canary);
      assert.deepEqual(s.told[0]?.userIds.toSorted(), ['ben', 'dan']);
    });
  });

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

      // And when that is lost for good, the past stays unknown, and a new part of the book begins.
      const before = await s.grants
        .give(s.as('ada'), mail.id, given, s.from('ada'))
        .catch(({ code }) => code);
      assert.equal(before, 'server.vault-key-missing');
      await s.ownKeys.dropLost();
      await new Rotation({ database: s.database, clock: s.clock, keys: s.keys }).run({ keyLost: true });
      await s.entries.change(mail.id, { secret: canary }, s.from('ada'));
      await assert.rejects(s.openings.open(s.as('ben'), mail.id, s.from('ben')), { code: 'server.no-grant' });
      await s.grants.give(s.as('ada'), mail.id, given, s.from('ada'));
      await s.openings.open(s.as('ben'), mail.id, s.from('ben'));
      assert.deepEqual(await counts(), { ...good, openings: 4, unverified: 6 });
    });

    it('is as it was written after its table was made anew, and refuses what it refused', async () => {
      await using s = await stage(databases);
      await s.give('ben');
      await s.open('ben');
      const schema = schemaOf(s.database);
      await s.database.change((t) => transfersInTheBook.up(t as unknown as Kysely<unknown>, schema));
      const { altered, unverified, underGrants } = await s.book.check();
      assert.deepEqual({ altered, unverified, underGrants }, { altered: 0, unverified: 0, underGrants: 1 });
      await s.open('ben');
      for (const statement of ['delete from vault_book', `update vault_book set person_id = 'dan'`])
        await assert.rejects(
          s.database.change((t) => sql.raw(statement).execute(t)),
          /never edited/,
        );
    });

    it('has each other owner, so that none is hidden who opens as its owner', async () => {
      await using s = await credentialsStage(databases);
      const mail = await s.mailOf('ada');
      const given = { ownerId: 'ben', reason: 'Leaves' };
      await s.transfers.transfer(s.as('ada'), mail.id, given, s.from('ada'));
      await s.openings.open(s.as('ben'), mail.id, s.from('ben'));
      const check = async () => {
        const { transfers, byOwners, withoutGrant, altered } = await s.book.check();
        return { transfers, byOwners, withoutGrant, altered };
      };
      const good = { transfers: 1, byOwners: 1, withoutGrant: 0, altered: 0 };
      assert.deepEqual(await check(), good);
      const run = (text: string) => s.database.change((t) => sql.raw(text).execute(t));
      if (s.database.kind === 'postgresql') await run('alter table vault_book disable trigger user');
      else
        for (const verb of ['update', 'delete', 'replace']) await run(`drop trigger vault_book_no_${verb}`);
      const saved = await s.database.read.selectFrom('vault_book').selectAll().orderBy('number').execute();
      const after = async (statement: string) => {
        await run(statement);
        const found = await check();
        await run('delete from vault_book');
        await s.database.change((t) => t.insertInto('vault_book').values(saved).execute());
        return found;
      };
      const other = await after(`update vault_book set owner_id = 'dan' where what = 'transferred'`);
      assert.deepEqual(other, { ...good, withoutGrant: 1, byOwners: 0, altered: 1 });
      const gone = await after('delete from vault_book');
      assert.deepEqual(gone, { transfers: 0, byOwners: 0, withoutGrant: 0, altered: 2 });
      assert.deepEqual(await check(), good);
    });

    it('is given to nobody under the name or the address of another', async () => {
      await using s = await stage(databases);
      const run = (text: string) => s.database.change((t) => sql.raw(text).execute(t));
      await run(`update users set email = 'x@example.com', name = 'x' where id = 'ben'`);
      await run(`update users set email = 'ben@example.com', name = 'ben' where id = 'dan'`);
      await assert.rejects(s.entries.memberByEmail('ben@example.com'), { code: 'server.invalid' });
      await assert.rejects(s.mailOf('dan', 'Another'), { code: 'server.invalid' });
      await assert.rejects(s.give('dan'), { code: 'server.invalid' });
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
      // The key that seals who they are, for the stage itself.
      const day = s.now().slice(0, 10);
      assert.deepEqual(await s.uses.list(2), [
        { day, what: 'platform', uses: 1 },
        { day, what: 'source', uses: 2 },
      ]);
      assert.equal((await s.book.check()).openings, 0);
    });
  });
});
