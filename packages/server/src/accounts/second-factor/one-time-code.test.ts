import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crockford, decodeBase32, encodeBase32, rfc4648 } from './base32.ts';
import { enrolmentOf, newSecret } from './enrolment.ts';
import { type HotpAlgorithm, hotp, matchingStep, stepAt } from './one-time-code.ts';
import { newRecoveryCodes, recoveryCodeHash } from './recovery-codes.ts';

const ascii = (length: number): Buffer => Buffer.from('1234567890'.repeat(7).slice(0, length));

describe('one-time codes', () => {
  it('are those of RFC 4226, appendix D', () => {
    const codes = '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'.split(' ');
    assert.deepEqual(
      codes.map((_, counter) => hotp(ascii(20), counter)),
      codes,
    );
  });

  it('are those of RFC 6238, appendix B', () => {
    const vectors: readonly (readonly [number, string, string, string])[] = [
      [59, '94287082', '46119246', '90693936'],
      [1_111_111_109, '07081804', '68084774', '25091201'],
      [1_111_111_111, '14050471', '67062674', '99943326'],
      [1_234_567_890, '89005924', '91819424', '93441116'],
      [2_000_000_000, '69279037', '90698825', '38618901'],
      [20_000_000_000, '65353130', '77737706', '47863826'],
    ];
    const keys: readonly (readonly [HotpAlgorithm, number])[] = [
      ['sha1', 20],
      ['sha256', 32],
      ['sha512', 64],
    ];
    for (const [seconds, ...codes] of vectors) {
      const step = stepAt(new Date(seconds * 1_000));
      const got = keys.map(([algorithm, length]) => hotp(ascii(length), step, { digits: 8, algorithm }));
      assert.deepEqual(got, codes, String(seconds));
    }
  });

  it('are taken from the half minute before and after, and from no other', () => {
    const key = ascii(20);
    const at = new Date('2026-11-26T12:00:10Z');
    const step = stepAt(at);
    for (const distance of [-1, 0, 1]) {
      assert.equal(matchingStep(key, hotp(key, step + distance), at), step + distance);
    }
    for (const distance of [-2, 2])
      assert.equal(matchingStep(key, hotp(key, step + distance), at), undefined);
    for (const none of ['', '12345', '1234567', '１２３４５６']) {
      assert.equal(matchingStep(key, none, at), undefined);
    }
  });
});

describe('base32', () => {
  it('is that of RFC 4648, section 10, without padding', () => {
    for (const [plain, text] of [
      ['', ''],
      ['f', 'MY'],
      ['fo', 'MZXQ'],
      ['foo', 'MZXW6'],
      ['foob', 'MZXW6YQ'],
      ['fooba', 'MZXW6YTB'],
      ['foobar', 'MZXW6YTBOI'],
    ] as const) {
      assert.equal(encodeBase32(Buffer.from(plain), rfc4648), text);
      assert.equal(decodeBase32(text, rfc4648)?.toString(), plain);
    }
    assert.equal(decodeBase32('MZ1W6', rfc4648), undefined);
    assert.equal(new Set(crockford).size, 32);
  });
});

describe('what a person copies', () => {
  it('is a URI that apps know, also with a colon in the name', () => {
    const secret = newSecret();
    assert.match(secret, /^[A-Z2-7]{32}$/);
    const uri = new URL(enrolmentOf(secret, { email: 'ada+x@example.com', organisation: 'A: B & C' }).uri);
    assert.equal(decodeURIComponent(uri.pathname), '/Octobox A  B & C:ada+x@example.com');
    assert.deepEqual([...uri.searchParams.values()], [secret, 'Octobox A  B & C', 'SHA1', '6', '30']);
  });

  it('is a recovery code, however it is typed', () => {
    const codes = newRecoveryCodes();
    assert.equal(new Set(codes).size, 10);
    for (const code of codes) {
      assert.match(code, /^[0-9a-hjkmnp-tv-z]{6}(-[0-9a-hjkmnp-tv-z]{6}){3}$/);
      const typed = code.replaceAll('-', ' ').toUpperCase().replaceAll('0', 'O').replaceAll('1', 'l');
      assert.equal(recoveryCodeHash(typed), recoveryCodeHash(code));
    }
  });
});
