import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { commonPasswords } from './common-passwords.ts';
import { PasswordHashing, recommendedParameters } from './password-hashing.ts';
import { objection } from './password-rules.ts';
import { formatPhc, parsePhc } from './phc-string.ts';

const weak = { memory: 64, passes: 1, lanes: 1 };
const accepted = async (password: string, options: { secondFactor?: boolean; about?: string[] } = {}) =>
  (await objection({ password, secondFactor: options.secondFactor ?? false, about: options.about ?? [] })) ===
  undefined;

describe('the rules of passwords', () => {
  it('asks for 15 characters alone, for 8 with a second factor, and for nothing else', async () => {
    assert.equal(await accepted('fern lamp otter'), true);
    assert.equal(await accepted('fern lamp otte'), false);
    assert.equal(await accepted('fernlamp', { secondFactor: true }), true);
    assert.equal(await accepted('fernlam', { secondFactor: true }), false);
    // 15 characters of two UTF-16 units each, none of them a letter, a digit or a sign of ASCII.
    assert.equal(await accepted('🦉🌲🔥🌊🪨🌙🍄🐚🌾🦋🧭🪵🐌🌋🫐'), true);
  });

  it('takes 128 characters and more, and ends somewhere', async () => {
    const long = Array.from({ length: 128 }, (_, i) => String.fromCodePoint(0x61 + ((i * i) % 25))).join('');
    assert.equal(await accepted(`${long}!?`), true);
    assert.equal(await accepted(Array.from({ length: 300 }, (_, i) => `${i}`).join(' ')), false);
    // 200 characters, each composed of three: what signing in would cut off must not be chosen.
    const composed = Array.from({ length: 200 }, (_, i) => `${'aeo'[(i + (i >> 3)) % 3]}\u0323\u0302`).join(
      '',
    );
    assert.ok([...composed.normalize('NFKC')].length <= 256);
    assert.equal(await accepted(composed), false);
  });

  it('refuses what is tried first', async () => {
    for (const password of ['password1', 'Football', 'QWERTYUIOP', 'iloveyou', '12345678']) {
      assert.equal(await accepted(password, { secondFactor: true }), false, password);
    }
    for (const password of [
      'aaaaaaaaaaaaaaaaaa',
      'passwordpassword',
      '123456789012345',
      'ponmlkjihgfedcba',
      'abcabcabcabcabcabc',
    ]) {
      assert.equal(await accepted(password), false, password);
    }
    for (const password of [
      'password12345678',
      'Password123456789!',
      'administrator2024',
      'letmeinletmeinletmein',
      'qwertyuiopasdfghjklzxcvbnm',
      '1qaz2wsx3edc4rfv5tgb',
      '123456789abcdef',
      '          abcdef',
      'iloveyou + sunshine',
    ]) {
      assert.equal(await accepted(password), false, password);
    }
    // A sentence may have common words in it.
    for (const password of [
      'my password is a river',
      'sunshine on a football pitch',
      'princess, dolphins, sunshine and iloveyou',
    ]) {
      assert.equal(await accepted(password), true, password);
    }
    const common = await commonPasswords();
    assert.ok(!common.has('#!') && !common.has(''));
  });

  it('refuses what is made of the person or the organisation', async () => {
    const about = ['Ada Lovelace', 'augusta.byron@example.com', 'Analytical Engines'];
    for (const password of ['adA lovelace!!!', 'augusta.byron1842', 'Analytical Engines1']) {
      assert.equal(await accepted(password, { about }), false, password);
    }
    // In another order, without what was between, with what counts or walks behind it.
    for (const password of [
      'adalovelace123456',
      'Lovelace-Ada-2024',
      'augustaexample1234',
      'byron.engines.qwerty',
    ]) {
      assert.equal(await accepted(password, { about }), false, password);
    }
    for (const password of ['ada counts every wheel', 'the example of engines']) {
      assert.equal(await accepted(password, { about }), true, password);
    }
  });
});

describe('the hash of a password', () => {
  it('is Argon2id as other programs make it', async () => {
    const hashing = new PasswordHashing(weak);
    // Of the tests of the reference implementation (github.com/P-H-C/phc-winner-argon2, src/test.c).
    const theirs = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4';
    assert.equal(await hashing.verify(theirs, 'password'), true);
    assert.equal(await hashing.verify(theirs, 'Password'), false);
    const made = await hashing.hash('correct horse');
    assert.match(made, /^\$argon2id\$v=19\$m=64,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    assert.equal(await hashing.verify(made, 'correct horse'), true);
    assert.equal(await hashing.verify(made, 'correct hors'), false);
  });

  it('is the same for characters that were composed otherwise', async () => {
    const hashing = new PasswordHashing(weak);
    assert.equal(await hashing.verify(await hashing.hash('caf\u00e9 at night'), 'cafe\u0301 at night'), true);
  });

  it('is outdated when the parameters have risen, and can still be verified', async () => {
    const old = await new PasswordHashing(weak).hash('x');
    const today = new PasswordHashing({ ...weak, memory: 128 });
    assert.equal(today.isOutdated(old), true);
    assert.equal(today.isOutdated(await today.hash('x')), false);
    assert.equal(await today.verify(old, 'x'), true);
  });

  it('is read back as it was written, and nothing else is read', () => {
    const phc = { parameters: recommendedParameters, salt: Buffer.alloc(16, 7), hash: Buffer.alloc(32, 9) };
    const text = formatPhc(phc);
    assert.deepEqual(parsePhc(text), phc);
    for (const other of [
      '',
      'x',
      text.replace('argon2id', 'argon2i'),
      text.replace('v=19', 'v=16'),
      text.replace('m=65536', 'm=9999999'),
      text.replace('t=3', 't=0'),
      text.replace('p=4', 'p=200'),
      `${text}$`,
      text.slice(0, 40),
    ]) {
      assert.equal(parsePhc(other), undefined, other);
    }
  });

  it('is not made for everybody at once', async () => {
    const hashing = new PasswordHashing(weak);
    const made = await Promise.allSettled(Array.from({ length: 40 }, () => hashing.hash('x')));
    const refused = made.filter((one) => one.status === 'rejected');
    assert.equal(refused.length, 6);
    assert.ok(refused.every((one) => (one as PromiseRejectedResult).reason.code === 'server.sign-in-busy'));
    assert.ok(await hashing.hash('x'));
  });
});
