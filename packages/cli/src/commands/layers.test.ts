import assert from 'node:assert/strict';
import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { restic, TEST_PASSWORD } from '@octobox/repository/testing';
import { encryptSmall, PassphraseRecipient, parseCryptKey, X25519Identity } from '@octobox/storage';
import { peelLayers } from '@octobox/storage/testing';
import { jsonLines, type Outcome, type RunOptions, Workshop } from '../testing/octobox.ts';

describe('a repository with layers on the command line', () => {
  let shop: Workshop;
  let keys: string;
  before(async () => {
    shop = await Workshop.open();
    await writeFile(join(await shop.folderFor('source'), 'file'), 'content\n');
    const made = await run(['init', '--json', '--layers', 'all']);
    assert.equal(made.code, 0, made.stderr);
    const [report] = jsonLines(made.stdout);
    assert.deepEqual(report?.layers, ['crypt', 'age']);
    keys = String(report?.layer_keys);
  });
  after(() => shop[Symbol.asyncDispose]());

  const run = (args: readonly string[], options: RunOptions = {}): Promise<Outcome> =>
    shop.onRepository(args, options);

  it('init wrote keys that only their owner can read, and nothing plain into the repository', async () => {
    assert.ok(keys.startsWith(shop.at('home', '.config', 'octobox', 'keyring')));
    for (const name of ['crypt-key', 'age-recipients', 'drill-identity', 'recovery-identity'])
      assert.equal((await stat(join(keys, name))).mode & 0o777, 0o600);
    assert.ok((await readdir(shop.repository)).includes('config.bin.age'));
    assert.ok(!(await readdir(shop.repository)).includes('config'));
  });

  it('verbs work on it without being told of the layers', async () => {
    for (const args of [
      ['backup', 'source'],
      ['check', '--read-data'],
      ['forget', '--keep-last', '1', '--prune'],
      ['restore', 'latest', '--target', 'restored'],
    ]) {
      const { code, stderr } = await run(args);
      assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
    }
    const restored = shop.at('restored', 'source', 'file');
    assert.equal(await readFile(restored, 'utf8'), 'content\n');
  });

  it('comes back with age, rclone and restic alone, by the identity of the recovery officer', async () => {
    const crypt = parseCryptKey(await readFile(join(keys, 'crypt-key'), 'utf8'), 'crypt-key');
    const identityFile = join(keys, 'recovery-identity');
    const workplace = shop.at('peeled');
    const plain = await peelLayers({ repository: shop.repository, identityFile, crypt, workplace });
    await restic(['check', '--read-data'], { repository: plain, password: TEST_PASSWORD });
  });

  it('no password of the repository may be the key of another layer, also not one that comes later', async () => {
    const crypt = parseCryptKey(await readFile(join(keys, 'crypt-key'), 'utf8'), 'crypt-key');
    const before = await readdir(join(shop.repository, 'keys'));
    const identity =
      /AGE-SECRET-KEY-\S+/.exec(await readFile(join(keys, 'drill-identity'), 'utf8'))?.[0] ?? '';
    for (const [action, secret] of [
      ['add', crypt.password],
      ['passwd', crypt.salt],
      ['passwd', identity],
    ] as const) {
      assert.ok(secret);
      await writeFile(shop.at('taken'), `${secret}\n`);
      const refused = await shop.call(['key', action, '--new-password-file', shop.at('taken')]);
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /are the same/);
      assert.ok(!refused.stderr.includes(secret));
    }
    assert.deepEqual(await readdir(join(shop.repository, 'keys')), before);
  });

  it('keys can lie elsewhere, and every way to name them works', async () => {
    const env = { XDG_CONFIG_HOME: shop.at('empty') };
    assert.equal((await run(['snapshots'], { env })).code, 1);
    assert.equal((await run(['snapshots', '--layer-keys', keys], { env })).code, 0);
    const single = {
      ...env,
      OCTOBOX_CRYPT_PASSWORD_FILE: join(keys, 'crypt-key'),
      OCTOBOX_AGE_IDENTITY_FILE: join(keys, 'recovery-identity'),
    };
    assert.equal((await run(['snapshots'], { env: single })).code, 0);
  });

  it('says which layer has no key, or the wrong one', async () => {
    const none = await run(['snapshots', '--layers', 'none']);
    assert.equal(none.code, 1);
    assert.match(none.stderr, /lies in the crypt layer \(rclone\) and the age layer, and no key/);
    const age = await run(['snapshots', '--layers', 'age']);
    assert.match(age.stderr, /lies in the crypt layer \(rclone\), and no key/);
    await writeFile(shop.at('wrong'), 'another password\n');
    const wrong = await run(['snapshots', '--crypt-password-file', shop.at('wrong')]);
    assert.equal(wrong.code, 12);
    assert.match(wrong.stderr, /the crypt layer \(rclone\) of .* cannot be opened/);
    const identity = await readFile(join(keys, 'drill-identity'));
    await writeFile(shop.at('locked'), encryptSmall(identity, [new PassphraseRecipient('open sesame', 10)]));
    const passphrase = ['--age-identity-file', shop.at('locked'), '--age-passphrase-file', shop.at('wrong')];
    const closed = await run(['snapshots', ...passphrase]);
    assert.match(closed.stderr, /the passphrase does not open the identity file .*locked/);
    assert.equal(closed.code, 12);
    const again = await run(['init']);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /holds a repository already/);
  });

  it('init keeps the recipients it was given with an identity, so that later backups are for all of them', async () => {
    const [officer, own] = [X25519Identity.generate(), X25519Identity.generate()];
    await writeFile(shop.at('own-identity'), `${own.exportSecret()}\n`);
    const env = {
      RESTIC_REPOSITORY: shop.at('officers'),
      OCTOBOX_AGE_IDENTITY_FILE: shop.at('own-identity'),
    };
    const given = [officer, own].flatMap(({ recipient }) => ['--age-recipient', String(recipient)]);
    const made = await run(['init', '--layers', 'age', ...given], { env });
    assert.equal(made.code, 0, made.stderr);
    assert.equal((await run(['backup', 'source'], { env })).code, 0);
    await writeFile(shop.at('officer-identity'), `${officer.exportSecret()}\n`);
    const env2 = { ...env, OCTOBOX_AGE_IDENTITY_FILE: shop.at('officer-identity') };
    const restored = await run(['restore', 'latest', '--target', 'by-officer'], { env: env2 });
    assert.equal(restored.code, 0, restored.stderr);
    await rm(shop.at('officers'), { recursive: true });
    const other = await run(['init', '--layers', 'age', '--age-recipient', String(own.recipient)], { env });
    assert.equal(other.code, 1);
    assert.match(other.stderr, /names other recipients than those that are given/);
  });

  it('writes nothing for other recipients than those of the repository, and reads all the same', async () => {
    const [officer, own, stranger] = [1, 2, 3].map(() => X25519Identity.generate());
    await writeFile(shop.at('own-identity'), `${own?.exportSecret()}\n`);
    const env = {
      RESTIC_REPOSITORY: shop.at('two-readers'),
      OCTOBOX_AGE_IDENTITY_FILE: shop.at('own-identity'),
    };
    const as = (...readers: (X25519Identity | undefined)[]): string[] =>
      readers.flatMap((reader) => ['--age-recipient', String(reader?.recipient)]);
    assert.equal((await run(['init', '--layers', 'age', ...as(officer, own)], { env })).code, 0);
    assert.equal((await run(['backup', 'source', ...as(own, officer)], { env })).code, 0);
    const lacking = await run(['backup', 'source', ...as(own)], { env });
    assert.equal(lacking.code, 1);
    assert.match(
      lacking.stderr,
      new RegExp(`${officer?.recipient} could not read what is written now[\\s\\S]*layers recipients --add`),
    );
    const more = await run(['tag', '--add', 'x', ...as(own, officer, stranger)], { env });
    assert.equal(more.code, 1);
    assert.match(
      more.stderr,
      new RegExp(`${stranger?.recipient} could read what is written now, and nothing`),
    );
    const { code, stdout } = await run(['snapshots', '--json', ...as(own)], { env });
    assert.equal(code, 0);
    assert.equal((JSON.parse(stdout) as unknown[]).length, 1);
  });

  it('init names the key files it made, and no others', async () => {
    const made = await run(['init', '--layers', 'crypt'], {
      env: { RESTIC_REPOSITORY: shop.at('crypt-alone') },
    });
    assert.match(made.stderr, /one more layer, crypt/);
    assert.doesNotMatch(made.stderr, /identity|Three keys/);
  });

  it('refuses one key for two layers, and makes nothing', async () => {
    await writeFile(shop.at('same'), `${TEST_PASSWORD}\n`);
    const place = shop.at('another');
    const made = await run([
      'init',
      '-r',
      place,
      '--layers',
      'all',
      '--crypt-password-file',
      shop.at('same'),
    ]);
    assert.equal(made.code, 1);
    assert.match(made.stderr, /the password of the crypt layer and the repository password are the same/);
    await assert.rejects(stat(place));
  });

  it('a repository without layers stays as it is, also for a machine with keys for others', async () => {
    const env = { RESTIC_REPOSITORY: shop.at('bare') };
    assert.equal((await run(['init'], { env })).code, 0);
    await restic(['snapshots'], { repository: shop.at('bare') });
    assert.equal((await run(['backup', 'source'], { env })).code, 0);
    const asked = await run(['snapshots', '--layers', 'all'], { env });
    assert.match(asked.stderr, /there is no key for the crypt layer/);
    const given = await run(['snapshots', '--layer-keys', keys], { env });
    assert.match(given.stderr, /does not lie in the crypt layer \(rclone\) and the age layer/);
    await rm(shop.at('bare'), { recursive: true });
  });

  it('what is damaged inside of the layers is put aside as it lies there, and repaired', async () => {
    const names = await readdir(join(shop.repository, 'data'), { recursive: true, withFileTypes: true });
    const packs = names.filter((one) => one.isFile());
    for (const { parentPath, name } of packs) {
      const path = join(parentPath, name);
      const bytes = await readFile(path);
      bytes[bytes.length - 20] = (bytes.at(-20) ?? 0) ^ 1;
      await chmod(path, 0o600);
      await writeFile(path, bytes);
    }
    const ids = packs.map(({ name }) => name.slice(0, 64));
    const mended = await run(['repair', 'packs', ...ids]);
    assert.equal(mended.code, 1, mended.stderr);
    assert.match(mended.stderr, /a copy is in pack-[0-9a-f]{64}\.bin\.age\n[\s\S]*blobs are lost/);
    for (const { name } of packs) assert.ok((await stat(shop.at(`pack-${name}`))).size > 0);
    assert.equal((await run(['repair', 'snapshots', '--forget'])).code, 0);
    assert.equal((await run(['check', '--read-data'])).code, 0);
  });
});
