import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Permission, reach, roles } from '../access/index.ts';
import { type DatabaseMaker, onEachDatabase } from '../temporary-database.ts';
import { ada, consoleStage, password } from './console-stage.ts';

const other = 'four lamps in a harbour';

async function stage(databases: DatabaseMaker) {
  const s = await consoleStage(databases);
  const { who: owner } = await s.setUp();
  await s.database.change(async (t) => {
    for (const id of ['shop', 'mail']) {
      const targets = { rpo_seconds: 1, rto_seconds: 1, rehearse_seconds: 1 };
      const row = {
        id,
        slug: id,
        name: `The ${id}`,
        criticality: 'high' as const,
        created_at: '',
        ...targets,
      };
      await t.insertInto('services').values(row).execute();
    }
  });
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  const invite = async (role: string, email = `${role}@example.com`, more: Record<string, string> = {}) => {
    const outside = role === 'outside-administrator' ? { until: tomorrow, service: 'shop' } : {};
    const { status, text } = await owner.go('/members/invite', { email, role, ...outside, ...more });
    return { status, text, path: /(\/invitation\/[^<]+)</.exec(text)?.[1] ?? '' };
  };
  /** Somebody with this role, signed in. */
  const join = async (role: string, email = `${role}@example.com`) => {
    const { path, text } = await invite(role, email);
    assert.notEqual(path, '', text);
    const who = s.browser();
    const answer = await who.go(path, { name: `The ${role}`, password: other });
    assert.equal(answer.status, 303, answer.text);
    const { id } = await s.database.read
      .selectFrom('users')
      .select('id')
      .where('email', '=', email)
      .executeTakeFirstOrThrow();
    return { ...who, go: who.go.bind(who), id, path };
  };
  return { ...s, owner, invite, join, [Symbol.asyncDispose]: () => s[Symbol.asyncDispose]() };
}

/** Every route of the console that asks for more than to be signed in. */
const routes: readonly { path: string; form?: Record<string, string>; needs: Permission }[] = [
  { path: '/members', needs: 'members.read' },
  { path: '/members/invite', form: {}, needs: 'members.change' },
  { path: '/members/nobody/role', form: { role: 'owner' }, needs: 'members.change' },
  { path: '/members/nobody/remove', form: {}, needs: 'members.change' },
  { path: '/invitations/none/withdraw', form: {}, needs: 'invitations.withdraw' },
  { path: '/audit', needs: 'audit.read' },
  { path: '/audit.csv', needs: 'audit.read' },
  { path: '/audit.json', needs: 'audit.read' },
];

onEachDatabase((databases) => {
  describe('members', () => {
    it('reach of each route what the table of permissions says, and strangers nothing', async () => {
      await using s = await stage(databases);
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
        assert.equal(text.includes('href="/members"'), reach(role, 'members.read') === 'all', role);
        assert.equal(text.includes('href="/audit"'), reach(role, 'audit.read') === 'all', role);
      }
      const actions = await s.actions();
      assert.equal(actions.filter((action) => action === 'member.joined').length, roles.length - 1);
      assert.ok(!actions.includes('member.removed') && !actions.includes('member.role-changed'));
    });

    it('join by a link that works once, for a week, and not after it was withdrawn', async () => {
      await using s = await stage(databases);
      const first = await s.invite('viewer', 'Eve@example.com');
      const second = await s.invite('auditor', 'eve@example.com');
      assert.equal((await s.browser().go(first.path)).status, 404, 'a new one ends that before it');
      assert.match((await s.browser().go(second.path)).text, /Join Engines[\s\S]*eve@example\.com/);
      const weak = await s.browser().go(second.path, { name: 'Eve', password: 'short' });
      assert.equal(weak.status, 422);
      const form = { name: 'Eve', password: other };
      const answers = await Promise.all([1, 2].map(() => s.browser().go(second.path, form)));
      assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 404]);
      assert.equal((await s.invite('viewer', 'eve@example.com')).status, 422);
      const third = await s.invite('viewer', 'bob@example.com');
      const { text } = await s.owner.go('/members');
      const withdraw = /action="(\/invitations\/[^"]+)"/.exec(text)?.[1] ?? '';
      assert.equal((await s.owner.go(withdraw, {})).to, '/members');
      assert.equal((await s.browser().go(third.path)).status, 404);
      const late = await s.invite('viewer', 'late@example.com');
      s.clock.advance(7 * 86_400_000);
      assert.equal((await s.browser().go(late.path)).status, 404);
      const rows = await s.database.read.selectFrom('invitations').selectAll().execute();
      assert.ok(!JSON.stringify(rows).includes(late.path.split('/').at(-1) ?? ''));
    });

    it('are invited from outside for services and for a time alone', async () => {
      await using s = await stage(databases);
      const outside = (more: Record<string, string>) =>
        s.invite('outside-administrator', 'out@example.com', more);
      assert.match((await outside({ until: '' })).text, /until which day/);
      assert.match((await outside({ until: '2020-01-01' })).text, /until which day/);
      assert.equal((await s.invite('emperor')).status, 422);
      const { text: refused } = await outside({ until: '2020-01-01' });
      for (const kept of ['value="out@example.com"', 'value="2020-01-01" aria-invalid="true"']) {
        assert.ok(refused.includes(kept), kept);
      }
      assert.match(refused, /value="outside-administrator" required checked/);
      assert.match(refused, /value="shop" checked/);
      const who = await s.join('outside-administrator');
      const may = (service?: string) =>
        s.access.may({ id: who.id }, 'drills.run', service === undefined ? {} : { service });
      assert.deepEqual([await may('shop'), await may('mail'), await may()], [true, false, false]);
      s.clock.advance(2 * 86_400_000);
      assert.equal(await may('shop'), false);
    });

    it('stay outside administrators when nobody chose another role', async () => {
      await using s = await stage(databases);
      const { id } = await s.join('outside-administrator');
      const { text } = await s.owner.go('/members');
      const options = new RegExp(`id="role-${id}"[^>]* required>(.*?)</select>`, 's').exec(text)?.[1] ?? '';
      assert.match(options, /^<option value="" selected>/);
      assert.equal(options.match(/ selected>/g)?.length, 1);
      assert.equal((await s.owner.go(`/members/${id}/role`, { role: '' })).status, 422);
      assert.equal(await s.access.may({ id }, 'drills.run', { service: 'shop' }), true);
      await s.owner.go(`/members/${id}/role`, { role: 'viewer' });
      const entries = await s.audit.entries({ limit: 99 });
      const services = (action: string) => {
        const found = entries.find((entry) => entry.action === action);
        return [found?.before?.services, found?.after?.services];
      };
      assert.deepEqual(services('member.invited'), [undefined, 'shop']);
      assert.deepEqual(services('member.joined'), [undefined, 'shop']);
      assert.deepEqual(services('member.role-changed'), ['shop', '']);
    });

    it('are assigned to a removed service no more, by an invitation from before neither', async () => {
      await using s = await stage(databases);
      const who = await s.join('outside-administrator');
      const { path } = await s.invite('outside-administrator', 'late@example.com');
      await s.database.change(async (t) => {
        await t.updateTable('services').set({ removed_at: 'now' }).where('id', '=', 'shop').execute();
        await s.access.unassign(t, 'shop');
      });
      assert.equal(await s.access.may({ id: who.id }, 'drills.run', { service: 'shop' }), false);
      assert.equal((await s.browser().go(path, { name: 'Late', password: other })).status, 303);
      assert.deepEqual(await s.database.read.selectFrom('member_services').selectAll().execute(), []);
    });

    it('lose at once what they lose, and the last owner stays', async () => {
      await using s = await stage(databases);
      const auditor = await s.join('auditor');
      assert.equal((await auditor.go('/audit')).status, 200);
      await s.owner.go(`/members/${auditor.id}/role`, { role: 'viewer' });
      assert.equal((await auditor.go('/audit')).status, 403);
      const ownerId = (
        await s.database.read
          .selectFrom('users')
          .select('id')
          .where('email', '=', ada.email)
          .executeTakeFirstOrThrow()
      ).id;
      for (const [path, form] of [
        [`/members/${ownerId}/remove`, {}],
        [`/members/${ownerId}/role`, { role: 'viewer' }],
      ] as const) {
        const refused = await s.owner.go(path, form);
        assert.equal(refused.status, 422);
        assert.match(refused.text, /An organisation has an owner/);
      }
      await s.owner.go(`/members/${auditor.id}/remove`, {});
      assert.equal((await auditor.go('/account')).to, '/sign-in');
      const again = await s.browser().go('/sign-in', { email: 'auditor@example.com', password: other });
      assert.equal(again.status, 401);
      const removed = (await s.audit.entries({ limit: 99 })).find(
        ({ action }) => action === 'member.removed',
      );
      assert.deepEqual([removed?.origin.actor?.name, removed?.before], ['Ada', { role: 'viewer' }]);
    });

    it('are changed by who showed a moment ago who he is, and what was typed is not lost', async () => {
      await using s = await stage(databases);
      s.clock.advance(900_000);
      for (const { path, form, needs } of routes) {
        const { status } = await s.owner.go(path, form);
        assert.equal(status === 401, needs === 'members.change', `${path}: ${status}`);
      }
      const stale = await s.accounts.session({
        ...{ cookie: s.owner.cookie, address: undefined, userAgent: undefined },
      });
      assert.ok(stale !== undefined);
      await assert.rejects(s.access.require(stale, 'members.change'), { code: 'server.proof-needed' });
      const typed = { email: 'eve"@example.com', role: 'viewer', until: '', service: 'shop' };
      const asked = await s.owner.go('/members/invite', typed);
      assert.match(asked.text, /action="\/members\/invite"/);
      for (const kept of ['value="eve&quot;@example.com"', 'name="role" value="viewer"', 'name="service"']) {
        assert.ok(asked.text.includes(kept), kept);
      }
      const form = { ...typed, email: 'eve@example.com' };
      assert.equal((await s.owner.go('/members/invite', { ...form, proof: 'wrong' })).status, 401);
      assert.equal((await s.owner.go('/members')).text.includes('eve@'), false);
      const done = await s.owner.go('/members/invite', { ...form, proof: password });
      assert.match(done.text, /\/invitation\//);
      assert.equal((await s.invite('viewer', 'bob@example.com')).status, 200, 'it is not asked twice');
    });

    it('read the audit log, search it, and take it with them', async () => {
      await using s = await stage(databases);
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
      const paged = (await auditor.go('/audit?before=2')).text;
      assert.match(paged, /user\.created/);
    });
  });
});
