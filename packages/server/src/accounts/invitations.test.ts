import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { onEachDatabase } from '../temporary-database.ts';
import { membersStage, other } from './members-stage.ts';

onEachDatabase((databases) => {
  describe('who is invited', () => {
    it('joins by a link that works once, for a week, and not after it was withdrawn', async () => {
      await using s = await membersStage(databases);
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

    it('comes from outside for services and for a time alone', async () => {
      await using s = await membersStage(databases);
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

    it('stays an outside administrator when nobody chose another role', async () => {
      await using s = await membersStage(databases);
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

    it('is assigned to a removed service no more, by an invitation from before neither', async () => {
      await using s = await membersStage(databases);
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
  });
});
