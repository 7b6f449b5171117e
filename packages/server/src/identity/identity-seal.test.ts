import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { IdentitySeal } from './identity-seal.ts';

const key = Buffer.alloc(32, 7).toString('base64url');
const seal = new IdentitySeal(key);
const row = { user_id: 'ada', service_id: 'shop' };

describe('the seal of a row', () => {
  it('is what another implementation makes of the same', () => {
    // Python 3.13, hmac and hashlib.
    assert.equal(
      seal.of('member_services', row),
      '4bb06f8e4e3a7715.9aI0FGyG2mtoVXY794kWSNTl3GQlJL889KLbLLgAbbY',
    );
  });

  it('is over its table, each of its columns, and no other', () => {
    const sealed = seal.on('member_services', row);
    assert.equal(seal.isRight('member_services', { ...sealed, name: 'more' } as typeof sealed), true);
    for (const other of [{ user_id: 'bob' }, { service_id: 'mail' }, { user_id: 'shop', service_id: 'ada' }])
      assert.equal(seal.isRight('member_services', { ...sealed, ...other }), false);
    for (const given of [null, '', sealed.seal.slice(1), `${sealed.seal}A`, sealed.seal.toUpperCase()])
      assert.equal(seal.isRight('member_services', { ...sealed, seal: given }), false);
    const code = { user_id: 'ada', code_hash: 'shop' };
    assert.notEqual(seal.of('recovery_codes', code), sealed.seal);
    // Nothing runs into its neighbour, and null is no text.
    const member = { organisation_id: 'o', user_id: 'ada', role: 'owner' };
    const texts = [
      seal.of('members', { ...member, until: null }),
      seal.of('members', { ...member, until: 'null' }),
      seal.of('members', { ...member, until: '' }),
      seal.of('members', { ...member, role: 'owner","until', until: null }),
    ];
    assert.equal(new Set(texts).size, texts.length);
  });

  it('is another one under another key, and says under which', () => {
    const other = new IdentitySeal(Buffer.alloc(32, 8).toString('base64url'));
    assert.equal(other.isRight('member_services', seal.on('member_services', row)), false);
    assert.ok(seal.of('member_services', row).startsWith(`${seal.keyId}.`));
    assert.notEqual(seal.keyId, other.keyId);
  });
});
