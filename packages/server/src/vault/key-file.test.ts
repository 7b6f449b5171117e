import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { KeyFile } from './key-file.ts';
import { keyHolderContract } from './key-holder-contract.ts';
import { wrapKey } from './wrapping.ts';

async function open() {
  const folder = await mkdtemp(join(tmpdir(), 'octobox-vault-'));
  const holder = new KeyFile(folder, { bits: 2_048 });
  return { folder, holder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

describe('the key file', () => {
  keyHolderContract(open);

  it('is made at first need, for its owner alone, of 3072 bits unless told otherwise', async () => {
    await using s = await open();
    const key = await new KeyFile(s.folder).first();
    assert.equal(key.bits, 3_072);
    assert.deepEqual((await readdir(s.folder)).sort(), ['vault.pem', 'vault.pub']);
    assert.equal((await stat(s.holder.path)).mode & 0o777, 0o600);
    assert.match(await readFile(s.holder.path, 'utf8'), /^-----BEGIN PRIVATE KEY-----\n/);
  });

  it('is refused as soon as others can get at it', async () => {
    await using s = await open();
    const { fingerprint } = await s.holder.first();
    for (const mode of [0o640, 0o604, 0o601, 0o620, 0o660]) {
      await chmod(s.holder.path, mode);
      await assert.rejects(s.holder.unwrap(fingerprint, Buffer.alloc(256)), {
        code: 'server.vault-key-exposed',
        advice: /chmod 600/,
      });
      await assert.rejects(s.holder.first(), { code: 'server.vault-key-exposed' });
    }
    await chmod(s.holder.path, 0o400);
    assert.equal((await s.holder.first()).fingerprint, fingerprint);
  });

  it('is refused when it is weak, damaged, of another kind, or a link', async () => {
    await using s = await open();
    const made = (...args: string[]) =>
      execFileSync('openssl', ['genpkey', ...args], { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
    const good = made('-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048');
    const cases: readonly [string, RegExp][] = [
      [made('-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024'), /1024 bits is too weak/],
      [made('-algorithm', 'ED25519'), /no RSA key/],
      [good.slice(0, 600), /no private key/],
      ['', /no private key/],
    ];
    for (const [pem, message] of cases) {
      await writeFile(s.holder.path, pem, { mode: 0o600 });
      await assert.rejects(s.holder.first(), { code: 'server.vault-key-unusable', message });
    }
    await writeFile(s.holder.path, good);
    assert.equal((await s.holder.first()).bits, 2_048);
    await rename(s.holder.path, join(s.folder, 'elsewhere'));
    await symlink('elsewhere', s.holder.path);
    await assert.rejects(s.holder.first(), { code: 'server.vault-key-unusable', message: /link/ });
  });

  it('seals with the public half alone, and then says what is missing to open', async () => {
    await using s = await open();
    const { fingerprint } = await s.holder.first();
    await rm(s.holder.path);
    const key = await s.holder.publicKey(fingerprint);
    assert.equal((await s.holder.first()).fingerprint, fingerprint);
    const wrapped = wrapKey(key, Buffer.alloc(32));
    const missing = {
      code: 'server.vault-key-missing',
      message: /vault\.pem is missing/,
      advice: /Put its copy back/,
    };
    await assert.rejects(s.holder.unwrap(fingerprint, wrapped), missing);
    await writeFile(s.holder.publicPath, 'nothing');
    await assert.rejects(s.holder.publicKey(fingerprint), { code: 'server.vault-key-unusable' });
    await rm(s.holder.publicPath);
    await assert.rejects(s.holder.publicKey(fingerprint), missing);
  });
});
