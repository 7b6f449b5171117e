import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide, type Membership } from './decide.ts';
import { needsProof, type Permission, permissions, reach } from './permissions.ts';
import { type Role, roles } from './roles.ts';

const now = new Date('2026-11-26T00:00:00Z');
const member = (role: Role, more: Partial<Membership> = {}): Membership => ({
  organisationId: 'o',
  role,
  until: undefined,
  services: ['shop'],
  ...more,
});
const looks = (permission: Permission): boolean => permission.endsWith('.read');

/** What each role is for, as the people who give it understand it; each cell of the table is held against it. */
const meaning: Readonly<Record<Role, (permission: Permission) => boolean>> = {
  owner: () => true,
  operator: (permission) =>
    permission !== 'audit.read' &&
    ![
      'snapshots.remove',
      'promises.change',
      'vault.change',
      'members.change',
      'invitations.withdraw',
    ].includes(permission),
  'data-protection-officer': (permission) =>
    (looks(permission) && permission !== 'snapshots.read') ||
    [
      'incidents.change',
      'promises.change',
      'vault.keep',
      'vault.remove',
      'vault.share',
      'vault.withdraw',
      'vault.open',
    ].includes(permission),
  auditor: (permission) => looks(permission) && permission !== 'snapshots.read',
  'outside-administrator': () => false,
  viewer: (permission) =>
    ['services.read', 'runs.read', 'incidents.read', 'promises.read'].includes(permission),
};

describe('permissions', () => {
  for (const role of roles) {
    it(`of ${role} are what the role is for, each of them`, () => {
      for (const permission of permissions) {
        assert.equal(decide(member(role), permission, { now }), meaning[role](permission), permission);
      }
    });
  }

  it('of an outside administrator are for the services assigned alone, to see and to test them', () => {
    const tests = ['backups.run', 'drills.run'];
    // What is theirs by a grant of its owner alone.
    const shared = ['vault.open', 'vault.withdraw'];
    for (const permission of permissions) {
      const inside = decide(member('outside-administrator'), permission, { now, service: 'shop' });
      assert.equal(
        decide(member('outside-administrator'), permission, { now, service: 'mail' }),
        false,
        permission,
      );
      if (inside) assert.ok(looks(permission) || [...tests, ...shared].includes(permission), permission);
    }
    assert.ok(tests.every((test) => reach('outside-administrator', test as Permission) === 'assigned'));
  });

  it('end with the membership, whatever the role', () => {
    for (const role of roles) {
      for (const permission of permissions) {
        const over = member(role, { until: now.toISOString() });
        assert.equal(decide(over, permission, { now, service: 'shop' }), false);
        const lasting = member(role, { until: new Date(now.getTime() + 1).toISOString() });
        assert.equal(
          decide(lasting, permission, { now, service: 'shop' }),
          decide(member(role), permission, { now, service: 'shop' }),
        );
      }
    }
  });

  it('need a proof where something is lost, or others get power, and to look never', () => {
    const dangerous = permissions.filter(needsProof);
    assert.deepEqual(dangerous, [
      'services.remove',
      'sources.remove',
      'restores.run',
      'snapshots.remove',
      'repositories.change',
      'vault.remove',
      'vault.share',
      'vault.open',
      'vault.change',
      'members.change',
      'configuration.change',
    ]);
  });

  it('are none for who is no member', () => {
    for (const permission of permissions) assert.equal(decide(undefined, permission, { now }), false);
  });
});
