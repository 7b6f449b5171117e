import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FormatError, UnauthenticatedError } from '../../errors.ts';
import { authenticate, generateMasterKey, open, SEAL_OVERHEAD, seal } from './crypto.ts';

const hex = (digits: string): Buffer => Buffer.from(digits, 'hex');

/** The examples of the paper "The Poly1305-AES message-authentication code" (Bernstein 2005), appendix B. */
const PAPER = [
  {
    message: 'f3f6',
    r: '851fc40c3467ac0be05cc20404f3f700',
    k: 'ec074c835580741701425b623235add6',
    nonce: 'fb447350c4e868c52ac3275cf9d4327e',
    tag: 'f4c633c3044fc145f84f335cb81953de',
  },
  {
    message: '',
    r: 'a0f3080000f46400d0c7e9076c834403',
    k: '75deaa25c09f208e1dc4ce6b5cad3fbf',
    nonce: '61ee09218d29b0aaed7e154a2c5509cc',
    tag: 'dd3fab2251f11ac759f0887129cc2ee7',
  },
  {
    message: '663cea190ffb83d89593f3f476b6bc24d7e679107ea26adb8caf6652d0656136',
    r: '48443d0bb0d21109c89a100b5ce2c208',
    k: '6acb5f61a7176dd320c5c1eb2edcdc74',
    nonce: 'ae212a55399729595dea458bc621ff0e',
    tag: '0ee1c16bb73f0f4fd19881753c01cdbe',
  },
  {
    message:
      'ab0812724a7f1e342742cbed374d94d136c6b8795d45b3819830f2c04491faf0990c62e48b8018b2c3e4a0fa3134cb67fa83e158c994d961c4cb21095c1bf9',
    r: '12976a08c4426d0ce8a82407c4f48207',
    k: 'e1a5668a4d5b66a5f68cc5424ed5982d',
    nonce: '9ae831e743978d3a23527c7128149e3a',
    tag: '5154ad0d2cb26e01274fc51148491f1b',
  },
];

describe('the authentication code', () => {
  for (const { message, r, k, nonce, tag } of PAPER) {
    it(`is the paper's for a message of ${message.length / 2} bytes`, () => {
      const key = { encrypt: randomBytes(32), macK: hex(k), macR: hex(r) };
      assert.equal(authenticate(key, hex(nonce), hex(message)).toString('hex'), tag);
    });
  }
});

describe('a sealed object', () => {
  const key = generateMasterKey();

  it('of restic is opened, and sealed to the same bytes with the same nonce', () => {
    // restic internal/repository/crypto/crypto_int_test.go
    const theirs = {
      encrypt: hex('303e8687b1d7db18421bdc6bb8588ccadac4d59ee87b8ff70c44e635790cafef'),
      macK: hex('ef4d8824cb80b2bcc5fbff8a9b12a42c'),
      macR: hex('cc8d4b948ee0ebfe1d415de921d10353'),
    };
    const sealed = hex(
      '69fb41c62d12def4593bd71757138606338f621aeaeb39da0fe4f99233f8037a54ea63338a813bcf3f75d8c3cc75dddf8750',
    );
    assert.equal(open(theirs, sealed).toString(), 'Dies ist ein Test!');
    assert.deepEqual(seal(theirs, Buffer.from('Dies ist ein Test!'), sealed.subarray(0, 16)), sealed);
  });

  it('gives any bytes back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200_000, size: 'max' }), (plain) => {
        const sealed = seal(key, plain);
        assert.equal(sealed.length, plain.length + SEAL_OVERHEAD);
        assert.ok(open(key, sealed).equals(plain));
      }),
      { numRuns: 50 },
    );
  });

  it('is refused when one bit anywhere is changed, when it is cut, and under another key', () => {
    const sealed = seal(key, randomBytes(100));
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.nat(7), (at, bit) => {
        const changed = Buffer.from(sealed);
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        assert.throws(() => open(key, changed), UnauthenticatedError);
      }),
    );
    for (const length of [SEAL_OVERHEAD, 60, sealed.length - 1]) {
      assert.throws(() => open(key, sealed.subarray(0, length)), UnauthenticatedError);
    }
    assert.throws(() => open(generateMasterKey(), sealed), UnauthenticatedError);
    assert.throws(() => open(key, sealed.subarray(0, SEAL_OVERHEAD - 1)), FormatError);
    assert.throws(() => open(key, Buffer.alloc(0)), FormatError);
  });

  it('never has an all-zero nonce or key', () => {
    const zero = Buffer.alloc(16);
    assert.throws(() => seal(key, Buffer.from('x'), zero), FormatError);
    assert.throws(() => open(key, Buffer.concat([zero, randomBytes(40)])), FormatError);
    assert.throws(() => seal({ ...key, encrypt: Buffer.alloc(32) }, Buffer.from('x')), FormatError);
    assert.throws(() => seal({ ...key, macK: zero }, Buffer.from('x')), FormatError);
    assert.throws(() => seal({ ...key, macR: zero }, Buffer.from('x')), FormatError);
    assert.throws(() => seal({ ...key, macR: randomBytes(15) }, Buffer.from('x')), FormatError);
  });
});
