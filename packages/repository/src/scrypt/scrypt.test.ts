import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { pbkdf2Sync, randomBytes, randomInt, scryptSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { compileRomix, mixBlocks } from './mix.ts';
import { type ScryptParameters, scrypt } from './scrypt.ts';

const byNode = (password: string, salt: Uint8Array, length: number, { N, r, p }: ScryptParameters): Buffer =>
  scryptSync(password, salt, length, { N, r, p, maxmem: 2 ** 30 });

const pbkdf2 = (password: string, salt: Uint8Array, length: number): Buffer =>
  pbkdf2Sync(password, salt, 1, length, 'sha256');

describe('scrypt', () => {
  // RFC 7914, section 12.
  for (const { password, salt, key, ...parameters } of [
    {
      password: 'password',
      salt: 'NaCl',
      ...{ N: 1024, r: 8, p: 16 },
      key: 'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640',
    },
    {
      password: 'pleaseletmein',
      salt: 'SodiumChloride',
      ...{ N: 16384, r: 8, p: 1 },
      key: '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887',
    },
  ]) {
    it(`gives what RFC 7914 says for ${password}`, async () => {
      assert.equal((await scrypt(password, Buffer.from(salt), 64, parameters)).toString('hex'), key);
    });
  }

  it('gives what Node gives for any parameters, with few and many blocks, in this thread and in another', async () => {
    for (let i = 0; i < 24; i++) {
      const parameters = { N: 2 ** randomInt(1, 13), r: randomInt(1, 12), p: randomInt(1, 7) };
      const password = randomBytes(randomInt(0, 40)).toString('latin1');
      const salt = randomBytes(randomInt(0, 80));
      const length = randomInt(1, 130);
      const key = await scrypt(password, salt, length, parameters, { here: i % 2 === 0 });
      assert.deepEqual(key, byNode(password, salt, length, parameters), JSON.stringify(parameters));
    }
  });

  it('mixes small tables too, which no thread would be started for', () => {
    const module = compileRomix();
    for (const [N, r, p] of [
      [2, 1, 1],
      [2, 1, 2],
      [4, 3, 5],
      [16, 1, 7],
    ] as const) {
      // Whoever has the blocks before and after has scrypt: both its ends are PBKDF2.
      const password = 'p';
      const salt = Buffer.from('s');
      const mixed = Buffer.alloc(128 * r * p);
      mixed.set(pbkdf2(password, salt, mixed.length));
      Array.from(mixBlocks(module, mixed, N, r));
      assert.deepEqual(pbkdf2(password, mixed, 64), byNode(password, salt, 64, { N, r, p }));
    }
  });

  it('derives several keys at the same time, in this thread and in others', async () => {
    const parameters = { N: 16384, r: 8, p: 3 };
    const salts = [1, 2, 3].map((n) => Buffer.from([n]));
    const keys = await Promise.all(
      salts.map((salt, i) => scrypt('x', salt, 64, parameters, { here: i > 0 })),
    );
    for (const [i, salt] of salts.entries()) assert.deepEqual(keys[i], byNode('x', salt, 64, parameters));
  });

  // A thread would end the process there: V8 reserves more than it uses.
  it('is done where address space is limited', { skip: process.platform !== 'linux' }, async () => {
    const parameters = { N: 32768, r: 8, p: 5 };
    const program = `
      import { scrypt } from ${JSON.stringify(import.meta.resolve('./scrypt.ts'))};
      const key = await scrypt('x', Buffer.from('s'), 64, ${JSON.stringify(parameters)});
      process.stdout.write(key.toString('hex'));`;
    const node = [process.execPath, '--input-type=module', '--eval', program];
    const limited = ['-c', 'ulimit -v 4000000; exec "$@"', 'sh', ...node];
    const { stdout } = await promisify(execFile)('sh', limited);
    assert.equal(stdout, byNode('x', Buffer.from('s'), 64, parameters).toString('hex'));
  });
});
