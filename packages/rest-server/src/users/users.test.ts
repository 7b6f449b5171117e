import assert from 'node:assert/strict';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Served } from '../testing/served.ts';
import { hashPassword, isPasswordHash, isPasswordOf } from './password-hash.ts';
import { addUser, parseUsers, readUsers, removeUser, setPassword } from './user-file.ts';

/** Of `U*U`, from the tests of Openwall's crypt_blowfish; with the prefix that `htpasswd -B` writes. */
const BCRYPT = '$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW';

describe('passwords of users', () => {
  it('are hashed with Argon2id, each with a salt of its own', async () => {
    const [first, second] = [await hashPassword('a long password'), await hashPassword('a long password')];
    assert.notEqual(first, second);
    assert.ok(isPasswordHash(first));
    assert.equal(await isPasswordOf(first, 'a long password'), true);
    assert.equal(await isPasswordOf(first, 'a long passworD'), false);
  });

  it('are known by the hashes that other programs make', async () => {
    // The reference implementation of Argon2: echo -n password | argon2 somesalt -id -t 2 -k 256 -p 1
    const argon2 = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4';
    assert.equal(await isPasswordOf(argon2, 'password'), true);
    assert.equal(await isPasswordOf(argon2, 'Password'), false);
    for (const hash of [BCRYPT, BCRYPT.replace('$2y', '$2a')]) {
      assert.equal(await isPasswordOf(hash, 'U*U'), true);
      assert.equal(await isPasswordOf(hash, 'U*V'), false);
    }
    assert.equal(isPasswordHash(BCRYPT.slice(0, -1)), false, 'one character too few is no hash');
  });

  it('are refused when their hash is weak, or would stop the server', () => {
    for (const hash of [
      '{SHA}fEqNCco3Yq9h5ZUglD3CZJT4lBs=',
      '$apr1$x$y',
      'plain',
      '$2y$31$'.padEnd(60, 'x'),
    ]) {
      assert.throws(() => parseUsers(`# ok\nalice:${hash}\n`, 'file'), /file, line 2: .*(weak|hash)/);
    }
  });

  it('stand in a file whose mistakes are named by line', () => {
    for (const [text, says] of [
      ['a/b:x', /line 1: the name/],
      ['keys:x', /line 1: the name/],
      [`bob:${BCRYPT}\nbob:${BCRYPT}`, /line 2: .*twice/],
      [`bob:${BCRYPT}:quota=x`, /quota=<bytes>/],
    ] as const) {
      assert.throws(() => parseUsers(text, 'file'), says);
    }
    assert.deepEqual(parseUsers(`bob:${BCRYPT}:quota=5\n`, 'file').get('bob'), {
      name: 'bob',
      hash: BCRYPT,
      quota: 5,
    });
  });
});

describe('who may use the server', () => {
  let served: Served;
  let users: string;
  before(async () => {
    const root = await Served.folder();
    users = join(root, '.htpasswd');
    await writeFile(users, `# by hand\nbob:${BCRYPT}\n`);
    await addUser(users, { name: 'alice', password: 'alices-password' });
    served = await Served.open({ users }, root);
  });
  after(() => served[Symbol.asyncDispose]());

  const alice = ['alice', 'alices-password'] as const;

  it('is asked for a name and a password', async () => {
    const answer = await served.send('GET', '/alice/web/data/');
    assert.equal(answer.status, 401);
    assert.match(answer.headers['www-authenticate'] ?? '', /^Basic realm=/);
    for (const as of [
      ['alice', 'wrong-password'],
      ['nobody', 'alices-password'],
      ['alice', ''],
      ['', ''],
    ] as const) {
      assert.equal(await served.status('GET', '/alice/web/data/', { as }), 401);
    }
    for (const authorization of ['Basic', 'Basic ???', 'Bearer abc', `Basic ${'A'.repeat(5000)}`]) {
      assert.equal(await served.status('GET', '/alice/web/data/', { headers: { authorization } }), 401);
    }
  });

  it('reaches the own repositories, and sees no sign of those of others', async () => {
    assert.equal(await served.status('POST', '/alice/web/?create=true', { as: alice }), 200);
    assert.equal(await served.status('GET', '/alice/web/data/', { as: alice }), 200);
    const bob = ['bob', 'U*U'] as const;
    assert.equal(await served.status('POST', '/bob/web/?create=true', { as: bob }), 200);
    assert.equal(await served.status('GET', '/alice/web/data/', { as: bob }), 403);
    for (const path of ['/bob/web/data/', '/alicex/data/', '/config', '/data/', '/Alice/web/data/']) {
      assert.equal(await served.status('GET', path, { as: alice }), 403, path);
    }
    assert.equal(await served.status('POST', '/bob/x/?create=true', { as: alice }), 403);
    assert.equal(await served.status('GET', '/alice/../bob/data/', { as: alice }), 400);
  });

  it('changes while the server runs', async () => {
    const carol = ['carol', 'carols-password'] as const;
    const eventually = async (
      as: readonly [string, string],
      wanted: number,
      path = '/carol/r/data/',
    ): Promise<void> => {
      const until = Date.now() + 60_000;
      while ((await served.status('GET', path, { as })) !== wanted) {
        assert.ok(Date.now() < until, `still not ${wanted}`);
        await sleep(100);
      }
    };
    await addUser(users, { name: 'carol', password: carol[1] });
    await eventually(carol, 404);
    await setPassword(users, 'carol', 'another-password');
    await eventually(carol, 401);
    assert.equal(await served.status('GET', '/carol/r/data/', { as: ['carol', 'another-password'] }), 404);
    await writeFile(users, `${await readFile(users, 'utf8')}broken\n`);
    const isRefused = (): boolean =>
      served.log.some(({ level, fields }) => level === 'error' && /line/.test(String(fields.reason)));
    for (const until = Date.now() + 60_000; !isRefused(); await sleep(100)) {
      assert.ok(Date.now() < until, 'the broken file was never seen');
      assert.equal(await served.status('GET', '/carol/r/data/', { as: ['carol', 'another-password'] }), 404);
    }
    assert.equal(await served.status('GET', '/carol/r/data/', { as: ['carol', 'another-password'] }), 404);
    await writeFile(users, (await readFile(users, 'utf8')).replace('broken\n', ''));
    await removeUser(users, 'carol');
    await eventually(['carol', 'another-password'], 401);
    assert.equal(await served.status('GET', '/alice/web/data/', { as: alice }), 200);
    await rm(users);
    await eventually(alice, 401, '/alice/web/data/');
  });

  it('is logged by name, never with a password', async () => {
    const text = JSON.stringify(served.log);
    assert.match(text, /"user":"alice"/);
    for (const secret of [
      'alices-password',
      'wrong-password',
      Buffer.from('alice:alices').toString('base64'),
    ]) {
      assert.ok(!text.includes(secret.slice(0, 14)), secret);
    }
  });
});

describe('a server that began without users', () => {
  it('lets everybody in until their file appears; then only them, also when it goes again', async () => {
    const root = await Served.folder();
    const users = join(root, '.htpasswd');
    await using served = await Served.open({ awaitedUsers: users }, root);
    const eventually = async (
      wanted: number,
      options: { as?: readonly [string, string] } = {},
    ): Promise<void> => {
      const until = Date.now() + 60_000;
      while ((await served.status('GET', '/alice/web/data/', options)) !== wanted) {
        assert.ok(Date.now() < until, `still not ${wanted}`);
        await sleep(50);
      }
    };
    assert.equal(await served.status('GET', '/alice/web/data/'), 404);
    await writeFile(users, 'broken\n');
    await eventually(401);
    const as = ['alice', 'alices-password'] as const;
    await rm(users);
    await addUser(users, { name: as[0], password: as[1] });
    await eventually(404, { as });
    assert.equal(await served.status('GET', '/alice/web/data/'), 401);
    assert.equal(await served.status('GET', '/bob/web/data/', { as }), 403);
    await rm(users);
    await eventually(401, { as });
    assert.equal(await served.status('GET', '/alice/web/data/'), 401);
  });
});

describe('the file of users', () => {
  let folder: string;
  before(async () => {
    folder = await Served.folder();
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('is changed one user at a time, keeps the rest as it is, and is open to its owner only', async () => {
    const path = join(folder, 'users');
    await addUser(path, { name: 'a', password: '12345678', quota: 7 });
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    await writeFile(path, `# note\n${await readFile(path, 'utf8')}bob:${BCRYPT}\n`);
    await addUser(path, { name: 'b', password: '12345678' });
    await setPassword(path, 'a', '87654321');
    await removeUser(path, 'bob');
    const text = await readFile(path, 'utf8');
    assert.match(text, /^# note\na:\$argon2id\$[^\n]+:quota=7\nb:\$argon2id\$[^\n]+\n$/);
    assert.equal(await isPasswordOf((await readUsers(path)).get('a')?.hash ?? '', '87654321'), true);
  });

  it('refuses what cannot be, and leaves nothing behind', async () => {
    const path = join(folder, 'more');
    await addUser(path, { name: 'a', password: '12345678' });
    const text = await readFile(path, 'utf8');
    await assert.rejects(addUser(path, { name: 'a', password: '12345678' }), {
      code: 'rest-server.user-exists',
    });
    await assert.rejects(addUser(path, { name: 'a:b', password: '12345678' }), {
      code: 'rest-server.user-name',
    });
    await assert.rejects(addUser(path, { name: 'b', password: '1234567' }), {
      code: 'rest-server.password-weak',
    });
    await assert.rejects(setPassword(path, 'b', '12345678'), { code: 'rest-server.user-unknown' });
    await assert.rejects(removeUser(path, 'b'), { code: 'rest-server.user-unknown' });
    assert.equal(await readFile(path, 'utf8'), text);
    await writeFile(`${path}.new`, '');
    await assert.rejects(removeUser(path, 'a'), { code: 'rest-server.users-busy' });
  });
});
