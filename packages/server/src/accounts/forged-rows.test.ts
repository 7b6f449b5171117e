import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { sql } from 'kysely';
import type { SealedTable } from '../identity/index.ts';
import { softwareAuthenticator } from '../testing/temporary-authenticator.ts';
import { type DatabaseMaker, onEachDatabase } from '../testing/temporary-database.ts';
import { ada, password } from './console-stage.ts';
import { membersStage, other } from './members/members-stage.ts';
import { relyingPartyOf } from './passkeys/relying-party.ts';
import { recoveryCodeHash } from './second-factor/recovery-codes.ts';

const visit = { cookie: undefined, address: '192.0.2.9', userAgent: undefined };
const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
const later = '2099-01-01T00:00:00.000Z';

/** An owner, and Mal, a viewer who can write to the database and reach the console, but not to the machine's files. */
async function stage(databases: DatabaseMaker) {
  const said: string[] = [];
  const log = { error: (facts: object, text: string) => said.push(`${JSON.stringify(facts)} ${text}`) };
  const s = await membersStage(databases, { forges: true, log: log as never });
  const mal = await s.join('viewer', 'mal@example.com');
  const { user } = await s.sessionOf(s.owner);
  const run = (text: string) => s.database.change((transaction) => sql.raw(text).execute(transaction));
  return {
    ...s,
    said,
    mal,
    ownerId: user.id,
    run,
    /** Nobody opened anything by it; it is found, and said in the log, without what is secret. */
    async isShown(...tables: SealedTable[]) {
      assert.deepEqual(Object.keys((await s.rows.check()).foreign).sort(), tables.sort());
      assert.ok(said.length > 0);
      for (const line of said) assert.doesNotMatch(line, /\$argon2|[0-9a-f]{64}|[\w-]{43}/);
    },
    signIn: async (email: string, word: string) =>
      (await s.browser().go('/sign-in', { email, password: word })).status,
    [Symbol.asyncDispose]: () => s[Symbol.asyncDispose](),
  };
}

onEachDatabase((databases) => {
  describe('whoever writes to the database', () => {
    it('makes no session one of somebody else', async () => {
      await using s = await stage(databases);
      assert.equal((await s.mal.go('/account')).status, 200);
      await s.run(`update sessions set user_id = '${s.ownerId}' where user_id = '${s.mal.id}'`);
      assert.equal((await s.mal.go('/account')).to, '/sign-in');
      // The other way, by which a session is prolonged.
      const soon = new Date(Date.now() + 60_000).toISOString();
      await s.run(`update sessions set expires_at = '${soon}'`);
      assert.equal((await s.mal.go('/account')).to, '/sign-in');
      assert.equal((await s.owner.go('/account')).status, 200);
      await s.isShown('sessions');
    });

    it('makes none last longer than a day, nor proves anew who it is of', async () => {
      await using s = await stage(databases);
      const { id } = await s.sessionOf(s.mal);
      const now = s.clock.now().toISOString();
      await s.run(`delete from session_proofs where session_id = '${id}'`);
      await s.run(`insert into session_proofs (session_id, proved_at) values ('${id}', '${now}')`);
      assert.equal((await s.sessionOf(s.mal)).provedAt, undefined);
      const soon = new Date(Date.now() + 60_000).toISOString();
      await s.run(`update sessions set expires_at = '${soon}' where id = '${id}'`);
      assert.equal((await s.sessionOf(s.mal)).provedAt, undefined);
      await s.isShown('session_proofs');
      await s.run(`update sessions set created_at = '${later}' where id = '${id}'`);
      assert.equal((await s.mal.go('/account')).to, '/sign-in');
      await s.isShown('session_proofs', 'sessions');
    });

    it('gives no account a password, not with the seal of another row either', async () => {
      await using s = await stage(databases);
      const of = (id: string) => `user_id = '${id}' and provider = 'credential'`;
      const mine = (column: string) => `(select ${column} from sign_in_methods where ${of(s.mal.id)})`;
      await s.run(
        `update sign_in_methods set password_hash = ${mine('password_hash')} where ${of(s.ownerId)}`,
      );
      assert.equal(await s.signIn(ada.email, other), 401);
      await s.run(`update sign_in_methods set seal = ${mine('seal')} where ${of(s.ownerId)}`);
      assert.equal(await s.signIn(ada.email, other), 401);
      await s.run(`update sign_in_methods set seal = null where ${of(s.ownerId)}`);
      assert.equal(await s.signIn(ada.email, other), 401);
      await s.run(`delete from sign_in_methods where ${of(s.ownerId)}`);
      await s.run(
        `update sign_in_methods set user_id = '${s.ownerId}', provider_account = '${s.ownerId}' where ${of(s.mal.id)}`,
      );
      assert.equal(await s.signIn(ada.email, other), 401);
      await s.isShown('sign_in_methods');
      // Whoever does change the own password by what is left of it changes nothing of that either.
      const session = await s.sessionOf(s.owner);
      const changed = await s.accounts.changePassword(
        session,
        { current: other, fresh: 'a new one, and long' },
        { ...visit, cookie: s.owner.cookie },
      );
      assert.equal(changed.kind, 'refused');
      // A link for a new one puts that right.
      const link = await s.resets.make(ada.email);
      assert.deepEqual(await s.resets.use(link, 'a new one, and long', visit), { kind: 'done' });
      assert.equal(await s.signIn(ada.email, 'a new one, and long'), 303);
      assert.deepEqual((await s.rows.check()).foreign, {});
    });

    it('signs in nobody by a passkey of another', async () => {
      await using s = await stage(databases);
      const url = s.url.replace('127.0.0.1', 'localhost');
      const party = relyingPartyOf(url) ?? assert.fail();
      const authenticator = softwareAuthenticator(url);
      const session = await s.sessionOf(s.mal);
      const { passkeys } = s.accounts;
      const made = authenticator.create(JSON.parse(await passkeys.creationOptions(session, party)));
      assert.equal(
        await passkeys.add(session, { name: 'Stick', answer: JSON.stringify(made) }, party, visit),
        'added',
      );
      const signIn = async () => {
        const answer = authenticator.get(JSON.parse(await passkeys.requestOptions(party)));
        return (await s.accounts.signInWithPasskey(JSON.stringify(answer), party, visit)).kind;
      };
      assert.equal(await signIn(), 'signed-in');
      await s.run(`update passkeys set user_id = '${s.ownerId}'`);
      assert.equal(await signIn(), 'refused');
      await s.run(`update passkeys set public_key = public_key || 'A', user_id = '${s.mal.id}'`);
      assert.equal(await signIn(), 'refused');
      await s.isShown('passkeys');
    });

    it('gets no role and no service by it, and no longer time', async () => {
      await using s = await stage(databases);
      const outside = await s.join('outside-administrator');
      const may = (id: string, permission: 'members.change' | 'runs.read', service?: string) =>
        s.access.may({ id }, permission, service === undefined ? {} : { service });
      assert.equal(await may(s.mal.id, 'runs.read'), true);
      await s.run(`update members set role = 'owner' where user_id = '${s.mal.id}'`);
      for (const permission of ['members.change', 'runs.read'] as const)
        assert.equal(await may(s.mal.id, permission), false);
      await s.run(
        `update members set seal = (select seal from members where user_id = '${s.ownerId}') where user_id = '${s.mal.id}'`,
      );
      assert.equal(await may(s.mal.id, 'members.change'), false);
      assert.equal((await s.mal.go('/audit')).status, 403);

      assert.equal(await may(outside.id, 'runs.read', 'shop'), true);
      await s.run(`insert into member_services (user_id, service_id) values ('${outside.id}', 'mail')`);
      assert.equal(await may(outside.id, 'runs.read', 'mail'), false);
      assert.equal(await may(outside.id, 'runs.read', 'shop'), true);
      await s.isShown('members', 'member_services');
      await s.run(`update members set until = '${later}' where user_id = '${outside.id}'`);
      assert.equal(await may(outside.id, 'runs.read', 'shop'), false);

      // An owner who gives the role anew puts that right, and it is in the audit log.
      const session = await s.sessionOf(s.owner);
      await s.members.change(session, s.mal.id, { role: 'viewer', until: '', services: [] }, s.origin);
      assert.deepEqual(
        [await may(s.mal.id, 'runs.read'), await may(s.mal.id, 'members.change')],
        [true, false],
      );
      assert.equal((await s.actions()).at(-1), 'member.role-changed');
      await assert.rejects(s.members.endAssignment(session, outside.id, s.origin), {
        code: 'server.not-found',
      });
      await s.members.remove(session, outside.id, s.origin);
      assert.deepEqual((await s.rows.check()).foreign, {});
    });

    it('is given nothing under the name or the address of another', async () => {
      await using s = await stage(databases);
      const bob = await s.join('viewer', 'bob@example.com');
      const put = (id: string, name: string, email: string) =>
        s.run(`update users set name = '${name}', email = '${email}' where id = '${id}'`);
      const { name } = await s.members.one(await s.sessionOf(s.owner), s.mal.id);
      await put(bob.id, 'Mal', 'x@example.com');
      await put(s.mal.id, 'Bob', 'bob@example.com');
      const session = await s.sessionOf(s.owner);
      const shown = (await s.members.list(session)).map((member) => member.name);
      assert.ok(!shown.includes('Bob') && !shown.includes('Mal'));
      const given = { role: 'owner', until: '', services: [] };
      await assert.rejects(s.members.change(session, s.mal.id, given, s.origin), { code: 'server.invalid' });
      assert.equal(await s.access.membership({ id: s.mal.id }), undefined);
      await s.isShown('users');
      // What was written is as it was again.
      await put(s.mal.id, name, 'mal@example.com');
      assert.equal((await s.access.membership({ id: s.mal.id }))?.role, 'viewer');
    });

    it('lets nobody remove the last owner beside one that was written', async () => {
      await using s = await stage(databases);
      await s.run(`update members set role = 'owner' where user_id = '${s.mal.id}'`);
      const session = await s.sessionOf(s.owner);
      await assert.rejects(s.members.remove(session, s.ownerId, s.origin), { code: 'server.invalid' });
    });

    it('invites nobody', async () => {
      await using s = await stage(databases);
      const values = (column: string) => `select '${hash('a token')}', 'forged', ${column} from members`;
      await s.run(
        `insert into invitations (token_hash, id, organisation_id, email, role, services, invited_by, expires_at)
         ${values(`organisation_id, 'mal2@example.com', 'owner', '[]', user_id, '${later}'`)} where user_id = '${s.ownerId}'`,
      );
      const answer = await s.browser().go('/invitation/a token', { name: 'Mal', password: other });
      assert.notEqual(answer.status, 303);
      assert.equal(await s.signIn('mal2@example.com', other), 401);
      const { path, invitation } = await s.invite('viewer', 'bob@example.com');
      await s.run(`update invitations set role = 'owner' where id = '${invitation.id}'`);
      assert.notEqual((await s.browser().go(path, { name: 'Bob', password: other })).status, 303);
      // Nor does an owner who sends it once more.
      assert.deepEqual(await s.invitations.list(await s.sessionOf(s.owner)), []);
      await s.isShown('invitations');
    });

    it('resets no password, by a link or by mail to another address', async () => {
      await using s = await stage(databases);
      await s.run(
        `insert into password_resets (token_hash, user_id, expires_at) values ('${hash('a token')}', '${s.ownerId}', '${later}')`,
      );
      assert.deepEqual(await s.resets.use('a token', other, visit), { kind: 'used' });
      const own = await s.resets.make('mal@example.com');
      await s.run(
        `update password_resets set user_id = '${s.ownerId}' where token_hash <> '${hash('a token')}'`,
      );
      assert.deepEqual(await s.resets.use(own, other, visit), { kind: 'used' });
      await s.isShown('password_resets');
      await s.run(`update users set email = 'mal2@example.com' where id = '${s.ownerId}'`);
      await assert.rejects(s.resets.make('mal2@example.com'), { code: 'server.not-found' });
      assert.equal(await s.signIn('mal2@example.com', password), 401);
      assert.equal((await s.owner.go('/account')).to, '/sign-in');
      await s.isShown('password_resets', 'users');
    });

    it('becomes no owner by a set-up link when there is none', async () => {
      await using s = await stage(databases);
      await s.run('delete from members');
      await s.run(
        `insert into set_up_links (token_hash, expires_at) values ('${hash('a token')}', '${later}')`,
      );
      const anew = s.make();
      assert.equal(await anew.hasOwner(), false);
      const given = { ...ada, email: 'mal2@example.com' };
      assert.deepEqual(await anew.setUp('a token', given, visit), { kind: 'used' });
      await s.isShown('set_up_links');
    });

    it('makes no key of the API, and no key be for more or longer', async () => {
      await using s = await stage(databases);
      const secret = `octobox_${'A'.repeat(43)}`;
      const add = `insert into api_keys (secret_hash, id, user_id, name, scopes, created_at, expires_at) values`;
      const scopes = JSON.stringify(['runs.read', 'members.read']);
      await s.run(`${add} ('${hash(secret)}', 'k', '${s.ownerId}', 'a key', '${scopes}', '', '${later}')`);
      assert.equal(await s.keys.holder(`Bearer ${secret}`), undefined);
      const until = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
      const made = await s.keys.make(
        await s.sessionOf(s.mal),
        { name: 'mine', scopes: ['runs.read'], until },
        ['runs.read'],
        visit,
      );
      const holder = () => s.keys.holder(`Bearer ${made.secret}`);
      assert.equal((await holder())?.user.id, s.mal.id);
      await s.run(`update api_keys set user_id = '${s.ownerId}' where id = '${made.id}'`);
      assert.equal(await holder(), undefined);
      await s.run(
        `update api_keys set user_id = '${s.mal.id}', scopes = '${scopes}' where id = '${made.id}'`,
      );
      assert.equal(await holder(), undefined);
      await s.isShown('api_keys');
    });

    it('takes no second factor away, and knows no code of it', async () => {
      await using s = await stage(databases);
      const session = await s.sessionOf(s.owner);
      const { secondFactor } = s.accounts;
      await s.rewrite(async (t) => {
        const at = s.clock.now().toISOString();
        await t.updateTable('users').set({ second_factor_since: at }).where('id', '=', s.ownerId).execute();
        const row = { user_id: s.ownerId, enabled_at: at, last_step: 0, failures: 0 };
        await t.insertInto('second_factors').values(row).execute();
      });
      const signIn = async () => {
        const who = s.browser();
        return { who, to: (await who.go('/sign-in', { email: ada.email, password })).to };
      };
      const code = 'abcdef-abcdef-abcdef-abcdef';
      await s.run(
        `insert into recovery_codes (user_id, code_hash) values ('${s.ownerId}', '${recoveryCodeHash(code)}')`,
      );
      assert.equal(await secondFactor.check(s.ownerId, code, {}), 'wrong');
      assert.equal((await secondFactor.state(s.ownerId))?.codesLeft, 0);
      await s.run('delete from second_factors');
      assert.equal((await signIn()).to, '/sign-in/code');
      const token = 'a'.repeat(43);
      await s.run(
        `insert into half_sign_ins (token_hash, user_id, expires_at) values ('${hash(token)}', '${s.ownerId}', '${later}')`,
      );
      const cookie = `octobox-half-sign-in=${token}`;
      assert.equal(await s.accounts.owesCode({ ...visit, cookie }), false);
      await s.isShown('recovery_codes', 'half_sign_ins');
      await s.run(`update users set second_factor_since = null where id = '${s.ownerId}'`);
      assert.equal((await signIn()).to, null);
      await assert.rejects(secondFactor.state(session.user.id), { code: 'server.not-found' });
      await s.isShown('recovery_codes', 'half_sign_ins', 'users');
    });

    it('has no row that is old taken for one of before the seals', async () => {
      await using s = await stage(databases);
      const take = async (statement: string) => {
        await s.run(`update members set role = 'owner', seal = null where user_id = '${s.mal.id}'`);
        await s.run(statement);
        const anew = s.make();
        const code = 'server.vault-key-replaced';
        await assert.rejects(anew.session({ ...visit, cookie: s.mal.cookie }), { code });
        await assert.rejects(anew.signIn({ email: ada.email, password }, visit), { code });
        const { trouble } = await s.rows.check();
        assert.equal(trouble, 'replaced');
        assert.match(s.said.join('\n'), /nobody signs in/);
      };
      const where = `owner = 'platform' and name = 'identity'`;
      await take(`delete from vault_secrets where ${where}`);
      // To seal takes the public half of the vault's key alone.
      await s.database.change((transaction) =>
        s.vault.seal(transaction, { owner: 'platform', name: 'identity' }, 'A'.repeat(43)),
      );
      await take('select 1');
      assert.equal(await s.access.may({ id: s.mal.id }, 'members.change'), false);
      // Whoever has the machine begins anew.
      assert.deepEqual(await s.ownKeys.dropLost(), ['identity']);
      await s.identity.renew();
      assert.equal((await s.make().signIn({ email: ada.email, password }, visit)).kind, 'signed-in');
      assert.deepEqual((await s.rows.check()).foreign, {});
      assert.ok((await s.actions()).includes('accounts.sealed'));
    });

    it('is seen to put back what was taken away', async () => {
      await using s = await stage(databases);
      const bob = await s.join('operator', 'bob@example.com');
      const session = await s.sessionOf(s.owner);
      const saved = async (table: 'members' | 'sessions' | 'users', id: string) =>
        await s.database.read
          .selectFrom(table)
          .selectAll()
          .where(table === 'users' ? ('id' as never) : ('user_id' as never), '=', id as never)
          .executeTakeFirstOrThrow();
      const role = await saved('members', s.mal.id);
      await s.members.change(session, s.mal.id, { role: 'auditor', until: '', services: [] }, s.origin);
      assert.equal((await s.rows.check()).putBack, 0);
      const { seal } = role;
      await s.run(`update members set role = 'viewer', seal = '${seal}' where user_id = '${s.mal.id}'`);
      assert.deepEqual([(await s.rows.check()).foreign, (await s.rows.check()).putBack], [{}, 1]);

      const old = await saved('sessions', bob.id);
      await bob.go('/sign-out', {});
      assert.equal((await s.rows.check()).putBack, 1);
      await s.database.change((t) =>
        t
          .insertInto('sessions')
          .values(old as never)
          .execute(),
      );
      assert.equal((await s.rows.check()).putBack, 2);
      const [account, member] = [await saved('users', bob.id), await saved('members', bob.id)];
      await s.members.remove(session, bob.id, s.origin);
      assert.equal((await s.rows.check()).putBack, 1);
      await s.database.change(async (t) => {
        await t
          .insertInto('users')
          .values(account as never)
          .execute();
        await t
          .insertInto('members')
          .values(member as never)
          .execute();
      });
      assert.equal((await s.rows.check()).putBack, 2);
    });

    it('signs no cookie with a key of his own', async () => {
      await using s = await stage(databases);
      await s.database.change((transaction) =>
        s.vault.seal(transaction, { owner: 'platform', name: 'session-signing' }, 'A'.repeat(43)),
      );
      const code = 'server.vault-key-replaced';
      await assert.rejects(s.make().session({ ...visit, cookie: s.mal.cookie }), { code });
    });
  });
});
