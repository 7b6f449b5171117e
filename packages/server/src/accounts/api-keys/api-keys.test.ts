import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { needsProof, permissions, reach, roles } from '../../access/index.ts';
import { type DatabaseMaker, onEachDatabase } from '../../testing/temporary-database.ts';
import { ada, consoleStage, password } from '../console-stage.ts';
import type { Session } from '../sessions/session.ts';
import { ApiKeys } from './api-keys.ts';
import type { NewApiKey } from './read-key.ts';

const visit = { cookie: undefined, address: '127.0.0.1', userAgent: 'test' };
const day = 86_400_000;

async function stage(databases: DatabaseMaker) {
  const s = await consoleStage(databases);
  await s.setUp();
  const row = await s.database.read
    .selectFrom('users')
    .select(['id', 'name', 'email'])
    .executeTakeFirstOrThrow();
  const session: Session = { id: 's', user: row, provedAt: s.clock.now().toISOString() };
  const keys = new ApiKeys(s);
  const on = (days: number): string =>
    new Date(s.clock.now().getTime() + days * day).toISOString().slice(0, 10);
  const given = (more: Partial<NewApiKey> = {}): NewApiKey => ({
    name: 'deploy',
    scopes: ['runs.read'],
    until: on(2),
    ...more,
  });
  const become = (change: { role?: string; until?: string }) =>
    s.rewrite((t) => t.updateTable('members').set(change).execute());
  const use = (secret: string) => keys.holder(`Bearer ${secret}`);
  return {
    ...s,
    session,
    keys,
    on,
    given,
    become,
    use,
    [Symbol.asyncDispose]: () => s[Symbol.asyncDispose](),
  };
}

onEachDatabase((databases) => {
  describe('API keys', () => {
    it('act for who made them, within their scopes alone', async () => {
      await using s = await stage(databases);
      const { secret } = await s.keys.make(s.session, s.given(), permissions, visit);
      assert.match(secret, /^octobox_[A-Za-z0-9_-]{43}$/);
      const holder = await s.use(secret);
      assert.equal(holder?.user.id, s.session.user.id);
      for (const permission of permissions) {
        assert.equal(await s.access.may(holder.user, permission), permission === 'runs.read', permission);
      }
      await assert.rejects(s.access.require({ user: holder.user, provedAt: undefined }, 'members.change'), {
        code: 'server.forbidden',
      });
      assert.deepEqual(await s.access.having(holder.user), ['runs.read']);
    });

    it('are never for more than the role of who makes them, whatever the role, then or later', async () => {
      await using s = await stage(databases);
      const free = permissions.filter((permission) => !needsProof(permission));
      const all = await s.keys.make(s.session, s.given({ scopes: free }), permissions, visit);
      for (const role of roles) {
        await s.become({ role });
        const holder = await s.use(all.secret);
        assert.ok(holder);
        for (const permission of permissions) {
          const may = reach(role, permission);
          const expected = may === 'all' && !needsProof(permission);
          assert.equal(await s.access.may(holder.user, permission), expected, `${role} ${permission}`);
          const making = s.keys.make(s.session, s.given({ scopes: [permission] }), permissions, visit);
          // What is dangerous is for people alone, whatever their role.
          if (may === 'none' || needsProof(permission))
            await assert.rejects(making, { code: 'server.invalid', field: 'scopes' });
          else await s.keys.end(s.session, (await making).id, visit);
        }
      }
      await s.become({ role: 'owner', until: s.clock.now().toISOString() });
      const holder = await s.use(all.secret);
      assert.equal(holder && (await s.access.may(holder.user, 'runs.read')), false, 'the membership is over');
      await assert.rejects(s.keys.make(s.session, s.given(), permissions, visit), { field: 'scopes' });
    });

    it('say when they were used, and end on their day or when they are ended, by their own user alone', async () => {
      await using s = await stage(databases);
      const first = await s.keys.make(s.session, s.given(), permissions, visit);
      const second = await s.keys.make(s.session, s.given({ until: s.on(20) }), permissions, visit);
      assert.ok((await s.keys.list(s.session)).every(({ lastUsedAt }) => lastUsedAt === undefined));
      await s.use(first.secret);
      const used = (await s.keys.list(s.session)).find(({ id }) => id === first.id);
      assert.equal(used?.lastUsedAt, s.clock.now().toISOString());
      const stranger = {
        id: 'x',
        user: { id: 'nobody', name: 'Eve', email: 'eve@example.com' },
        provedAt: undefined,
      };
      await assert.rejects(s.keys.end(stranger, first.id, visit), { code: 'server.not-found' });
      assert.deepEqual(await s.keys.list(stranger), []);
      await s.keys.end(s.session, first.id, visit);
      assert.equal(await s.use(first.secret), undefined);
      assert.ok(await s.use(second.secret));
      s.clock.advance(21 * day);
      assert.equal(await s.use(second.secret), undefined);
      assert.deepEqual(await s.keys.list(s.session), []);
    });

    it('end with the account that they act for', async () => {
      await using s = await stage(databases);
      const { secret } = await s.keys.make(s.session, s.given(), permissions, visit);
      await s.database.change((t) => t.deleteFrom('users').execute());
      assert.equal(await s.use(secret), undefined);
    });

    it('end with a new password by link, and stay with one that was changed by who knows it', async () => {
      await using s = await stage(databases);
      const first = await s.keys.make(s.session, s.given(), permissions, visit);
      const second = await s.keys.make(s.session, s.given({ name: 'reports' }), permissions, visit);
      const who = s.browser();
      await who.go('/sign-in', { email: ada.email, password });
      const changed = 'a quite different canary';
      assert.match((await who.go('/account')).text, /API keys go on working/);
      await who.go('/account/password', { current: password, fresh: changed });
      assert.ok(await s.use(first.secret));
      for (const secondFactor of [false, true]) {
        const { secret } = await s.keys.make(s.session, s.given({ name: 'monitoring' }), permissions, visit);
        const path = `/reset/${await s.resets.make(ada.email, { secondFactor })}`;
        const page = await s.browser().go(path);
        assert.match(page.text, secondFactor ? /Your API key ends/ : /Your 3 API keys end/);
        assert.equal((await s.browser().go(path, { password: 'short' })).status, 422);
        assert.ok(await s.use(secret));
        assert.equal((await s.browser().go(path, { password })).to, '/sign-in');
        for (const one of [first, second, { secret }]) assert.equal(await s.use(one.secret), undefined);
      }
      assert.deepEqual(await s.keys.list(s.session), []);
      const ended = (await s.audit.entries({ limit: 50 })).filter(({ action }) => action === 'api-key.ended');
      assert.deepEqual(ended.map(({ before }) => before?.name).sort(), [
        ...['deploy', 'monitoring', 'monitoring', 'reports'],
      ]);
      assert.ok(ended.every(({ origin }) => origin.actor?.name === 'Ada'));
      const none = await s.browser().go(`/reset/${await s.resets.make(ada.email)}`);
      assert.doesNotMatch(none.text, /API key/);
    });

    it('refuse what is no name, no permission, no day or too late a day', async () => {
      await using s = await stage(databases);
      const bad: readonly [Partial<NewApiKey>, string][] = [
        [{ name: ' ' }, 'name'],
        [{ name: 'n'.repeat(81) }, 'name'],
        [{ name: 'a\nb' }, 'name'],
        [{ scopes: [] }, 'scopes'],
        [{ scopes: ['runs.read', 'everything'] }, 'scopes'],
        [{ until: '' }, 'until'],
        [{ until: '2027-02-30' }, 'until'],
        [{ until: s.on(-1) }, 'until'],
        [{ until: s.on(370) }, 'until'],
      ];
      for (const [more, field] of bad) {
        await assert.rejects(
          s.keys.make(s.session, s.given(more), permissions, visit),
          { field },
          JSON.stringify(more),
        );
      }
      for (const header of [
        undefined,
        '',
        'Bearer',
        'Bearer octobox_',
        'Basic b2N0b2JveDo=',
        `Bearer octobox_${'A'.repeat(43)}`,
      ]) {
        assert.equal(await s.keys.holder(header), undefined, `${header}`);
      }
    });

    it('are audited, and leave their secret nowhere', async () => {
      await using s = await stage(databases);
      const { id, secret } = await s.keys.make(s.session, s.given(), permissions, visit);
      await s.use(secret);
      await s.keys.end(s.session, id, visit);
      assert.deepEqual((await s.actions()).slice(-2), ['api-key.made', 'api-key.ended']);
      const { secret: kept } = await s.keys.make(s.session, s.given(), permissions, visit);
      await s.use(kept);
      const rows = [
        ...(await s.database.read.selectFrom('api_keys').selectAll().execute()),
        ...(await s.database.read.selectFrom('audit_entries').selectAll().execute()),
      ];
      const written = [JSON.stringify(rows)];
      if (s.settings.kind === 'sqlite') {
        for (const end of ['', '-wal']) written.push(await readFile(`${s.settings.file}${end}`, 'latin1'));
      }
      for (const one of [secret, kept]) {
        assert.ok(written.every((text) => !text.includes(one) && !text.includes(one.slice(8))));
      }
    });
  });
});
