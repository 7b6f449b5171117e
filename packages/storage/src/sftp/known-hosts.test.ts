import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fingerprint, KnownHosts } from './known-hosts.ts';

describe('known hosts', () => {
  let folder: string;
  const keys: { line: string; blob: Buffer; fingerprint: string }[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'octobox-known-'));
    for (const type of ['ed25519', 'rsa']) {
      const file = join(folder, type);
      execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file]);
      const [kind = '', key = ''] = (await readFile(`${file}.pub`, 'utf8')).split(' ');
      const shown =
        execFileSync('ssh-keygen', ['-lf', `${file}.pub`], { encoding: 'utf8' }).split(' ')[1] ?? '';
      keys.push({ line: `${kind} ${key}`, blob: Buffer.from(key, 'base64'), fingerprint: shown });
    }
  });
  after(() => rm(folder, { recursive: true, force: true }));
  const key = (at: number) => {
    const found = keys[at];
    assert.ok(found);
    return found;
  };

  it('tell a known key from another one and from an unknown host', () => {
    const hosts = new KnownHosts([`# a comment\n\nBackup.example,10.0.0.7 ${key(0).line} somebody\n`]);
    assert.equal(hosts.check('backup.example', 22, key(0).blob), 'known');
    assert.equal(hosts.check('10.0.0.7', 22, key(0).blob), 'known');
    assert.equal(hosts.check('backup.example', 22, key(1).blob), 'changed');
    assert.equal(hosts.check('other.example', 22, key(0).blob), 'unknown');
    assert.equal(hosts.check('backup.example', 2222, key(0).blob), 'unknown');
  });

  it('know ports, patterns and exceptions', () => {
    const hosts = new KnownHosts([
      `[host]:2222 ${key(0).line}\n*.example.org,!bad.example.org ${key(1).line}\n`,
    ]);
    assert.equal(hosts.check('host', 2222, key(0).blob), 'known');
    assert.equal(hosts.check('host', 22, key(0).blob), 'unknown');
    assert.equal(hosts.check('a.example.org', 22, key(1).blob), 'known');
    assert.equal(hosts.check('bad.example.org', 22, key(1).blob), 'unknown');
  });

  it('read the hashed names that ssh-keygen makes', async () => {
    const file = join(folder, 'known_hosts');
    await writeFile(file, `secret.example ${key(0).line}\n[secret.example]:2222 ${key(1).line}\n`);
    execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' });
    const text = await readFile(file, 'utf8');
    assert.doesNotMatch(text, /secret/);
    const hosts = new KnownHosts([text]);
    assert.equal(hosts.check('secret.example', 22, key(0).blob), 'known');
    assert.equal(hosts.check('secret.example', 2222, key(1).blob), 'known');
    assert.equal(hosts.check('other.example', 22, key(0).blob), 'unknown');
  });

  it('never trust a revoked key, nor a line for a certificate authority', () => {
    const hosts = new KnownHosts([
      `host ${key(0).line}\n@revoked host ${key(0).line}\n@cert-authority * ${key(1).line}\n`,
    ]);
    assert.equal(hosts.check('host', 22, key(0).blob), 'revoked');
    assert.equal(hosts.check('other', 22, key(1).blob), 'unknown');
  });

  it('tell by which keys a host is known, and show fingerprints as ssh-keygen does', () => {
    const hosts = new KnownHosts([`host ${key(1).line}\n`]);
    assert.deepEqual(hosts.typesOf('host', 22), ['rsa-sha2-512', 'rsa-sha2-256']);
    for (const { blob, fingerprint: shown } of keys) assert.equal(fingerprint(blob), shown);
  });
});
