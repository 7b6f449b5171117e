import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Permission, reach, roles } from '../../access/index.ts';
import { onEachDatabase } from '../../testing/temporary-database.ts';
import { ada, password } from '../console-stage.ts';
import { membersStage, other } from './members-stage.ts';

/** Every route of the console that asks for more than to be signed in. */
const routes: readonly { path: string; form?: Record<string, string>; needs: Permission }[] = [
  { path: '/audit', needs: 'audit.read' },
  { path: '/audit.csv', needs: 'audit.read' },
  { path: '/audit.json', needs: 'audit.read' },
];

onEachDatabase((databases) => {
  describe('members', () => {
    it('reach of each route what the table of permissions says, and strangers nothing', async () => {
      await using s = await membersStage(databases);
      for (const { path, form } of routes) {
        assert.equal((await s.browser().go(path, form)).to, '/sign-in', path);
      }
      for (const role of roles) {
        const who = role === 'owner' ? s.owner : await s.join(role);
        for (const { path, form, needs } of routes) {
          const { status } = await who.go(path, form);
          const allowed = reach(role, needs) === 'all';
          assert.equal(status !== 403, allowed, `${role} ${path}: ${status}`);
          assert.ok(status < 500, `${role} ${path}: ${status}`);
        }
        const { text } = await who.go('/account');
        assert.equal(text.includes('href="/app/members"'), reach(role, 'members.read') === 'all', role);
        assert.equal(text.includes('href="/audit"'), reach(role, 'audit.read') === 'all', role);
      }
      const actions = await s.actions();
      assert.equal(actions.filter((action) => action === 'member.joined').length, roles.length - 1);
      assert.ok(!actions.includes('member.removed') && !actions.includes('member.role-changed'));
    });

    it('lose at once what they lose, and the last owner stays', async () => {
      await using s = await membersStage(databases);
      const auditor = await s.join('auditor');
      const owner = await s.sessionOf(s.owner);
      const change = (id: string, role: string) =>
        s.members.change(owner, id, { role, until: '', services: [] }, { actor: owner.user });
      assert.equal((await auditor.go('/audit')).status, 200);
      await change(auditor.id, 'viewer');
      assert.equal((await auditor.go('/audit')).status, 403);
      const last = { field: 'role', message: /an organisation has an owner/ };
      await assert.rejects(s.members.remove(owner, owner.user.id, {}), last);
      await assert.rejects(change(owner.user.id, 'viewer'), last);
      const shown = (await s.members.list(owner)).map(({ role, isLastOwner }) => [role, isLastOwner]);
      assert.deepEqual(shown, [
        ['owner', true],
        ['viewer', false],
      ]);
      const { isLastOwner, sessions, keys } = await s.members.removal(owner, auditor.id);
      assert.deepEqual({ isLastOwner, sessions, keys }, { isLastOwner: false, sessions: 1, keys: 0 });
      await assert.rejects(s.members.remove(await s.sessionOf(auditor), owner.user.id, {}), {
        code: 'server.forbidden',
      });
      await s.members.remove(owner, auditor.id, { actor: owner.user });
      assert.equal((await auditor.go('/account')).to, '/sign-in');
      const again = await s.browser().go('/sign-in', { email: 'auditor@example.com', password: other });
      assert.equal(again.status, 401);
      const removed = (await s.audit.entries({ limit: 99 })).find(
        ({ action }) => action === 'member.removed',
      );
      assert.deepEqual([removed?.origin.actor?.name, removed?.before], ['Ada', { role: 'viewer' }]);
    });

    it('are told when their time is over, and who prolongs it', async () => {
      await using s = await membersStage(databases);
      const who = await s.join('outside-administrator');
      const owner = await s.sessionOf(s.owner);
      await s.members.endAssignment(owner, who.id, { actor: owner.user });
      const page = await who.go('/audit');
      assert.equal(page.status, 403);
      assert.match(page.text, /ended on .* UTC\. An owner of the organisation can prolong it/);
      assert.doesNotMatch(page.text, /role/);
      const session = await s.sessionOf(who);
      await assert.rejects(s.access.require(session, 'vault.open'), { code: 'server.time-over' });
    });

    it('are changed by who showed a moment ago who he is', async () => {
      await using s = await membersStage(databases);
      s.clock.advance(900_000);
      const stale = await s.sessionOf(s.owner);
      await assert.rejects(s.access.require(stale, 'members.change'), { code: 'server.proof-needed' });
      await assert.rejects(s.invite('viewer', 'eve@example.com'), { code: 'server.proof-needed' });
      const visit = { cookie: s.owner.cookie, address: undefined, userAgent: undefined };
      assert.equal(await s.accounts.proofs.give(stale, password, visit), 'right');
      assert.notEqual((await s.invite('viewer', 'eve@example.com')).path, '');
    });

    it('read the audit log, search it, and take it with them', async () => {
      await using s = await membersStage(databases);
      const auditor = await s.join('auditor');
      await s.browser().go('/sign-in', { email: ada.email, password: 'wrong' });
      const found = (await auditor.go('/audit?search=SIGN-IN.REF')).text;
      assert.match(found, /sign-in\.refused/);
      assert.doesNotMatch(found, /member\.joined/);
      for (const nothing of ['%', '_x_', '\\', "' or 1=1 --"]) {
        assert.match(
          (await auditor.go(`/audit?search=${encodeURIComponent(nothing)}`)).text,
          /Nothing was found/,
        );
      }
      const json = JSON.parse((await auditor.go('/audit.json')).text) as { action: string }[];
      assert.equal(json.length, (await s.audit.entries({ limit: 999 })).length);
      const csv = (await auditor.go('/audit.csv')).text.trimEnd().split('\r\n');
      assert.equal(csv.length, json.length + 1);
      assert.ok(
        ![...csv, JSON.stringify(json)].some((line) => line.includes(password) || line.includes(other)),
      );
      const some = async (query: string) =>
        (JSON.parse((await auditor.go(`/audit.json?${query}`)).text) as { action: string }[]).map(
          ({ action }) => action,
        );
      const today = new Date().toISOString().slice(0, 10);
      assert.deepEqual(await some('kind=MEMBER.'), ['member.joined', 'member.invited']);
      assert.deepEqual(await some('kind=member.&person=auditor'), ['member.joined']);
      assert.deepEqual(await some('kind=member&object=user:'), []);
      assert.deepEqual(await some(`from=${today}&kind=member.inv`), ['member.invited']);
      assert.deepEqual(await some('to=2020-01-01'), []);
      assert.equal((await some(`to=${today}`)).length, json.length);
      for (const wrong of ['persn=x', 'from=abc', 'to=2026-02-30', 'search=%00', `kind=${'x'.repeat(201)}`]) {
        const refused = await auditor.go(`/audit.csv?${wrong}`);
        assert.equal(refused.status, 422, wrong);
        assert.match(refused.text, /Nothing was exported/);
      }
      const paged = (await auditor.go('/audit?before=2')).text;
      assert.match(paged, /user\.created/);
    });
  });
});
