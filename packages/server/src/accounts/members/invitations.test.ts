import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { onEachDatabase } from '../../testing/temporary-database.ts';
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
      for (const name of ['Eve\u202egolb', 'Eve\u2066', 'Eve\u2028Ada', 'Eve\u0007']) {
        const hidden = await s.browser().go(second.path, { name, password: other });
        assert.equal(hidden.status, 422, JSON.stringify(name));
        assert.match(hidden.text, /signs that nobody sees/);
      }
      const form = { name: 'Eve', password: other };
      const answers = await Promise.all([1, 2].map(() => s.browser().go(second.path, form)));
      assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 404]);
      const again = { code: 'server.invalid', field: 'email' };
      await assert.rejects(s.invite('viewer', 'eve@example.com'), again);
      const third = await s.invite('viewer', 'bob@example.com');
      const session = await s.sessionOf(s.owner);
      assert.equal(await s.invitations.withdraw(session, third.invitation.id, s.origin), true);
      assert.equal(await s.invitations.withdraw(session, third.invitation.id, s.origin), false);
      assert.equal((await s.browser().go(third.path)).status, 404);
      const late = await s.invite('viewer', 'late@example.com');
      s.clock.advance(7 * 86_400_000);
      assert.equal((await s.browser().go(late.path)).status, 404);
      const rows = await s.database.read.selectFrom('invitations').selectAll().execute();
      assert.ok(!JSON.stringify(rows).includes(late.path.split('/').at(-1) ?? ''));
    });

    it('comes from outside for services and for a time alone', async () => {
      await using s = await membersStage(databases);
      const outside = (more: object) => s.invite('outside-administrator', 'out@example.com', more);
      for (const until of ['', '2020-01-01', '2027-13-01', '2027-02-31', 'tomorrow'])
        await assert.rejects(outside({ until }), { field: 'until', message: /until which day/ });
      await assert.rejects(outside({ services: [] }), { field: 'services' });
      await assert.rejects(s.invite('emperor'), { field: 'role' });
      await assert.rejects(s.invite('viewer', 'no address'), { field: 'email' });
      const who = await s.join('outside-administrator');
      const may = (service?: string) =>
        s.access.may({ id: who.id }, 'drills.run', service === undefined ? {} : { service });
      assert.deepEqual([await may('shop'), await may('mail'), await may()], [true, false, false]);
      s.clock.advance(2 * 86_400_000);
      assert.equal(await may('shop'), false);
    });

    it('gets another assignment, an earlier end, and another role', async () => {
      await using s = await membersStage(databases);
      const { id } = await s.join('outside-administrator');
      const owner = await s.sessionOf(s.owner);
      const change = (given: object) =>
        s.members.change(
          owner,
          id,
          { role: 'outside-administrator', until: '', services: [], ...given },
          s.origin,
        );
      const may = (service: string) => s.access.may({ id }, 'drills.run', { service });
      const until = new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 10);
      await assert.rejects(change({ until: '2020-01-01', services: ['shop'] }), { field: 'until' });
      await assert.rejects(change({ until, services: [] }), { field: 'services' });
      await assert.rejects(change({ until, services: ['none'] }), { field: 'services' });
      assert.deepEqual([await may('shop'), await may('mail')], [true, false]);
      await change({ until, services: ['mail', 'mail'] });
      assert.deepEqual([await may('shop'), await may('mail')], [false, true]);
      await change({ until, services: ['mail'] });
      s.clock.advance(60_000);
      await s.members.endAssignment(owner, id, s.origin);
      await s.members.endAssignment(owner, id, s.origin);
      assert.equal(await may('mail'), false);
      await change({ until, services: ['shop'] });
      assert.equal(await may('shop'), true);
      await change({ role: 'viewer' });
      await assert.rejects(s.members.endAssignment(owner, id, s.origin), { field: 'role' });
      const entries = (await s.audit.entries({ limit: 99 })).reverse();
      const services = entries
        .filter(({ action }) => /^member\.|^user\.joined/.test(action))
        .map(({ action, before, after }) => [action.slice(7), before?.services, after?.services]);
      assert.deepEqual(services, [
        ['invited', undefined, 'shop'],
        ['joined', undefined, 'shop'],
        ['assignment-changed', 'shop', 'mail'],
        ['assignment-ended', undefined, undefined],
        ['assignment-changed', 'mail', 'shop'],
        ['role-changed', 'shop', ''],
      ]);
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
