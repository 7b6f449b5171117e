import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { PassphraseRecipient } from '../layers/age/passphrase.ts';
import { encryptSmall } from '../layers/age/small-file.ts';
import { X25519Identity } from '../layers/age/x25519.ts';
import { KeyFolder } from './key-folder.ts';
import { keyFolderOf } from './keyring.ts';

const location = 's3:https://host/bucket/prefix';

describe('the folder with the keys of a repository', () => {
  let base: string;
  let folder: KeyFolder;
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'octobox-keyring-'));
    folder = keyFolderOf(location, { XDG_CONFIG_HOME: base });
  });
  afterEach(() => rm(base, { recursive: true, force: true }));

  it('is made with keys of both layers, open to its owner alone', async () => {
    assert.equal(await folder.create({ location, layers: ['crypt', 'age'] }), true);
    assert.deepEqual((await readdir(folder.path)).sort(), [
      'age-recipients',
      'crypt-key',
      'drill-identity',
      'recovery-identity',
      'repository',
    ]);
    assert.equal((await stat(folder.path)).mode & 0o777, 0o700);
    for (const name of await readdir(folder.path))
      assert.equal((await stat(join(folder.path, name))).mode & 0o777, 0o600);
    assert.deepEqual(await folder.openToOthers(), []);
    const { crypt, age, holdsRecovery } = await folder.load();
    assert.ok((crypt?.password.length ?? 0) >= 43 && crypt?.salt !== crypt?.password);
    assert.equal(age?.recipients.length, 2);
    assert.equal(String(age?.recipients[1]), String(age?.identities[0]?.recipient));
    assert.equal(holdsRecovery, true);
  });

  it('is left as it is when it is there', async () => {
    await folder.create({ location, layers: ['crypt'] });
    const before = await readFile(folder.file('crypt-key'), 'utf8');
    assert.equal(await folder.create({ location, layers: ['crypt'] }), false);
    assert.equal(await readFile(folder.file('crypt-key'), 'utf8'), before);
    assert.equal((await readdir(join(folder.path, '..'))).length, 1);
  });

  it('has no recovery identity when the recovery officer gave a recipient', async () => {
    const officer = X25519Identity.generate();
    await folder.create({ location, layers: ['age'], recipients: [officer.recipient] });
    const { crypt, age, holdsRecovery } = await folder.load();
    assert.equal(crypt, undefined);
    assert.equal(holdsRecovery, false);
    assert.deepEqual(
      age?.recipients.map(String),
      [officer.recipient, age?.identities[0]?.recipient].map(String),
    );
  });

  it('opens an identity file with a passphrase by asking for it', async () => {
    await folder.create({ location, layers: ['age'] });
    const secret = await readFile(folder.file('drill-identity'));
    await rm(folder.file('drill-identity'));
    await writeFile(
      folder.file('drill-identity'),
      encryptSmall(secret, [new PassphraseRecipient('pass', 10)]),
    );
    await assert.rejects(folder.load(), {
      code: 'storage.layer-configuration',
      message: /needs a passphrase/,
    });
    const { age } = await folder.load(async () => 'pass');
    assert.equal(age?.identities.length, 1);
  });

  it('says which line of which file is wrong, and never what it holds', async () => {
    await folder.create({ location, layers: ['crypt', 'age'] });
    const secret = await readFile(folder.file('drill-identity'), 'utf8');
    await folder.write('drill-identity', secret.replace(/.\n$/, '\n'));
    await assert.rejects(folder.load(), (error: Error) => {
      assert.match(error.message, /line 3 of .*drill-identity/);
      assert.ok(!error.message.includes('AGE-SECRET-KEY-1Q'.slice(0, 16)));
      return true;
    });
    await folder.write('drill-identity', secret);
    await folder.write('crypt-key', 'one\ntwo\nthree\n');
    await assert.rejects(folder.load(), /crypt-key is no key/);
  });

  it('names the files that others may read', async () => {
    await folder.create({ location, layers: ['crypt'] });
    await chmod(folder.file('crypt-key'), 0o644);
    assert.deepEqual(await folder.openToOthers(), [folder.file('crypt-key')]);
  });
});

describe('the keyring', () => {
  it('has a folder for every location, whatever stands behind its last slash', () => {
    const env = { XDG_CONFIG_HOME: '/config' };
    const path = keyFolderOf('/srv/backup', env).path;
    assert.match(path, /^\/config\/octobox\/keyring\/srv-backup-[0-9a-f]{16}$/);
    assert.equal(keyFolderOf('/srv/backup/', env).path, path);
    assert.notEqual(keyFolderOf('/srv-backup', env).path, path);
    assert.match(
      keyFolderOf('../../etc', { HOME: '/home/a' }).path,
      /^\/home\/a\/\.config\/octobox\/keyring\/etc-/,
    );
  });

  it('takes a folder that somebody named', () => {
    assert.equal(new KeyFolder('/keys').file('crypt-key'), '/keys/crypt-key');
  });
});
