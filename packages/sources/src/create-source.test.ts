import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLocation } from './create-source.ts';

test('a location names its kind, in one spelling', () => {
  const cases: [string, string, string, string][] = [
    ['postgres://shop@db.internal/shop', 'postgresql', 'postgres://shop@db.internal:5432/shop', 'shop'],
    ['postgresql://a%40b@[::1]:5433/x%20y', 'postgresql', 'postgres://a%40b@[::1]:5433/x%20y', 'x y'],
    [
      'postgres:///shop?host=/run/pg&user=me&port=5434&sslmode=disable',
      'postgresql',
      'postgres:///shop?host=%2Frun%2Fpg&port=5434&user=me&sslmode=disable',
      'shop',
    ],
    ['sqlite:/srv/shop.db', 'sqlite', 'sqlite:/srv/shop.db', 'shop.db'],
    ['sqlite:///srv/shop.db', 'sqlite', 'sqlite:/srv/shop.db', 'shop.db'],
    ['/srv/www/', 'files', '/srv/www', 'www'],
    ['/srv//a/../www/.', 'files', '/srv/www', 'www'],
    ['/', 'files', '/', '/'],
  ];
  for (const [text, kind, location, name] of cases) {
    const parsed = parseLocation(text);
    assert.deepEqual([parsed.kind, parsed.location, parsed.name], [kind, location, name]);
    assert.equal(parseLocation(parsed.location).location, location, 'reads its own spelling');
    assert.equal(parsed.create().kind, kind);
  }
});

test('a location names the machine that is connected to, and none for what is on this one', () => {
  assert.equal(parseLocation('postgres://u@[fe80::1]/x').host, 'fe80::1');
  assert.equal(parseLocation('postgres://u@h/x?host=169.254.169.254').host, '169.254.169.254');
  for (const own of ['postgres:///x?host=/run/pg', '/srv', 'sqlite:/srv/x']) {
    assert.equal(parseLocation(own).host, undefined);
  }
});

test('a password in a location is split off and never shown', () => {
  const parsed = parseLocation('postgres://shop:s%2Fcret@db/shop');
  assert.equal(parsed.password, 's/cret');
  assert.equal(parsed.location, 'postgres://shop@db:5432/shop');
  assert.ok(!JSON.stringify(parsed.create()).includes('cret'));
  assert.ok(!parsed.create().label.includes('cret'));
});

test('anything else is refused with what to write', () => {
  const wrong = [
    '',
    'shop.db',
    'srv/www',
    'mysql://root@db/shop',
    'sqlite:shop.db',
    'postgres://db.internal',
    'postgres://u@h/a/b',
    'postgres://u@h/db?sslmode=maybe',
    'postgres://u@h/db?hots=x',
    'postgres://u@h:99999/db',
    'postgres://u@h/%zz',
    'postgres://u@/db',
  ];
  for (const text of wrong) {
    assert.throws(() => parseLocation(text), { code: 'source.location' }, text);
  }
  assert.throws(
    () => parseLocation('mysql://root:hush@db/shop'),
    (error: Error) => !error.message.includes('hush'),
  );
});
