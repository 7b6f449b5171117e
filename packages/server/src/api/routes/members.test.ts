import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { onEachDatabase } from '../../testing/temporary-database.ts';
import { apiStage } from '../api-stage.ts';

onEachDatabase((databases) => {
  describe('members in the API', () => {
    it('are listed with who was invited, and an invitation ends when it is withdrawn', async () => {
      await using s = await apiStage(databases);
      const { id: shop } = await s.platform.catalog.addService({ name: 'Shop', criticality: 'high' });
      const until = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10);
      const asked = { email: 'Eve@example.com', role: 'outside-administrator', until, services: ['shop'] };
      const invited = await s.ask('POST', '/invitations', { inPerson: true, body: asked });
      const before = new URL(invited.json.link).pathname;
      const again = `/invitations/${invited.json.id}/renew`;
      const link = new URL((await s.ask('POST', again, { inPerson: true, body: {} })).json.link).pathname;
      assert.doesNotMatch(await s.page(before), /eve@example\.com/);
      assert.equal((await s.ask('POST', again, { inPerson: true, body: {} })).json.code, 'server.not-found');
      assert.match(await s.page(link), /eve@example\.com/);
      const get = async (path: string) => (await s.ask('GET', path, { key: s.key })).json.items;
      const [ada, ...others] = await get('/members');
      assert.deepEqual([ada.email, ada.role, ada.hasSecondFactor], ['ada@example.com', 'owner', false]);
      assert.equal(ada.isLastOwner, true);
      assert.deepEqual(others, []);
      const [eve] = await get('/invitations');
      assert.deepEqual(
        [eve.email, eve.role, eve.serviceIds],
        ['eve@example.com', 'outside-administrator', [shop]],
      );
      assert.ok(!JSON.stringify(eve).includes(link.split('/').at(-1) ?? ''));
      const path = `/invitations/${eve.id}`;
      const reader = await s.makeKey(['members.read']);
      assert.equal((await s.ask('DELETE', path, { key: reader })).json.code, 'server.forbidden');
      assert.equal((await s.ask('DELETE', path, { key: s.key })).status, 204);
      assert.deepEqual(await get('/invitations'), []);
      assert.doesNotMatch(await s.page(link), /eve@example\.com/);
      assert.equal((await s.ask('DELETE', path, { key: s.key })).json.code, 'server.not-found');
      const [entry] = await get('/audit-entries?search=invitation.withdrawn');
      assert.match(entry.origin.actor.name, /^Ada, by the key/);
      assert.deepEqual(entry.before, { email: 'eve@example.com', role: 'outside-administrator' });
    });
  });
});
