import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { acquireLock, Repository } from '@octobox/repository';
import { TEST_PASSWORD } from '@octobox/repository/testing';
import {
  formatRecipients,
  KeyFolder,
  openLayers,
  openStorage,
  rewrapAge,
  X25519Identity,
} from '@octobox/storage';
import { jsonLines, Workshop } from '../testing/octobox.ts';

describe('other keys for a repository in layers', () => {
  let shop: Workshop;
  let keys: string;
  before(async () => {
    shop = await Workshop.open();
    const source = await shop.folderFor('source');
    for (const name of ['a', 'b']) await writeFile(join(source, name), `content of ${name}`);
    keys = shop.at('keys');
    await run('init', '--layers', 'all');
    await run('backup', 'source');
  });
  after(() => shop[Symbol.asyncDispose]());

  const run = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await shop.onRepository([...args, '--layer-keys', keys]);
    assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
    return stdout;
  };

  const stored = (): string[] =>
    readdirSync(shop.repository, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.parentPath !== shop.at('repository', 'tmp'))
      .map((entry) => join(entry.parentPath, entry.name));

  /**
   * Kills the command in the moment when it has changed some files and not all of them. A busy machine may see that
   * moment too late; then everything is put back, and it is tried again.
   */
  const killHalfway = async (...args: string[]): Promise<void> => {
    const before = new Map(stored().map((path) => [path, readFileSync(path)]));
    const folders = [shop.repository, keys];
    for (const folder of folders) cpSync(folder, `${folder}.before`, { recursive: true });
    for (;;) {
      const { child, ended } = shop.start([...args, '--layer-keys', keys], { env: shop.access });
      const changed = (): number =>
        [...before].filter(([path, bytes]) => {
          try {
            return !readFileSync(path).equals(bytes);
          } catch {
            return true;
          }
        }).length;
      while (changed() === 0 && child.exitCode === null) await sleep(2);
      child.kill('SIGKILL');
      const { stderr } = await ended;
      const after = changed();
      assert.ok(after > 0, `it changed nothing: ${stderr}`);
      if (after < before.size) break;
      for (const folder of folders) {
        rmSync(folder, { recursive: true });
        cpSync(`${folder}.before`, folder, { recursive: true });
      }
    }
    for (const folder of folders) rmSync(`${folder}.before`, { recursive: true });
  };

  it('the identity of this machine cannot be shut out, and a wrong password changes nothing', async () => {
    const before = await readFile(join(keys, 'age-recipients'), 'utf8');
    const own = before.split('\n')[1] ?? '';
    const shut = await shop.onRepository(['layers', 'recipients', '--remove', own, '--layer-keys', keys]);
    assert.equal(shut.code, 1);
    assert.match(shut.stderr, /could no longer read what it writes/);
    const wrong = await shop.onRepository(['layers', 'password', '--layer-keys', keys], {
      env: { RESTIC_PASSWORD: 'wrong' },
    });
    assert.equal(wrong.code, 12);
    assert.equal(await readFile(join(keys, 'age-recipients'), 'utf8'), before);
    assert.equal(await new KeyFolder(keys).holds('earlier-crypt-key'), false);
  });

  it('a recipient that is added can read, also after a kill in the middle; one that is removed cannot', async () => {
    const officer = X25519Identity.generate();
    await writeFile(shop.at('officer'), `${officer.exportSecret()}\n`);
    const recovery = (await readFile(join(keys, 'age-recipients'), 'utf8')).split('\n')[0] ?? '';
    const change = ['layers', 'recipients', '--add', String(officer.recipient), '--remove', recovery];
    const status = () => shop.onRepository(['layers', 'status', '--json', '--layer-keys', keys]);
    const cutOff = /the change of recipients was cut off.*run `octobox layers recipients`/;
    assert.doesNotMatch((await status()).stdout, cutOff);
    await killHalfway(...change);
    const told = await status();
    assert.equal(told.code, 4);
    assert.match(told.stdout, cutOff);
    await run('unlock', '--remove-all');
    const other = ['layers', 'recipients', '--remove', String(X25519Identity.generate().recipient)];
    const refused = await shop.onRepository([...other, '--layer-keys', keys]);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /is no recipient of this repository[\s\S]*cut off: end it first/);
    await run(...change);
    assert.doesNotMatch((await status()).stdout, cutOff);
    await run('snapshots', '--age-identity-file', shop.at('officer'));
    const again = jsonLines(await run('layers', 'recipients', '--json')).at(-1);
    assert.equal(again?.rewritten, 0);
    const idle = await shop.onRepository(['layers', 'recipients', '--layer-keys', keys]);
    assert.match(idle.stderr, /can read: age1/);
    assert.doesNotMatch(idle.stderr, /out of date/);
    const changing = ['layers', 'recipients', '--add', String(X25519Identity.generate().recipient)];
    const changed = await shop.onRepository([...changing, '--layer-keys', keys]);
    assert.match(changed.stderr, /kits that were made before are out of date/);
    const gone = [
      'snapshots',
      '--age-identity-file',
      join(keys, 'recovery-identity'),
      '--age-recipient',
      recovery,
    ];
    const { code, stderr } = await shop.onRepository([...gone, '--layer-keys', keys]);
    assert.equal(code, 12, stderr);
    assert.match(stderr, /encrypted for other recipients/);
  });

  it('an identity alone reads, and writes nothing that other recipients could not read', async () => {
    const alone = (identity: string, ...args: string[]) =>
      shop.onRepository([
        ...args,
        ...['--layer-keys', shop.at('no-keys'), '--crypt-password-file', join(keys, 'crypt-key')],
        ...['--age-identity-file', identity],
      ]);
    const drill = join(keys, 'drill-identity');
    assert.equal((await alone(drill, 'snapshots')).code, 0);
    const before = stored().length;
    const refused = await alone(drill, 'backup', 'source');
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /no key folder names the age recipients[\s\S]*--age-recipient/);
    assert.equal(stored().length, before);
    const all = await alone(drill, 'backup', 'source', '--age-recipients-file', join(keys, 'age-recipients'));
    assert.equal(all.code, 0, all.stderr);
  });

  it('who waited while the recipients were changed writes nothing for the earlier ones', async () => {
    const base = await openStorage(shop.repository);
    const folder = new KeyFolder(keys);
    const layered = await openLayers(base, await folder.layerKeys());
    const repository = await Repository.open(layered, { password: TEST_PASSWORD });
    const lock = await acquireLock(repository, { kind: 'exclusive' });
    const before = stored()
      .filter((path) => path.includes('/data/'))
      .sort();
    await writeFile(shop.at('source', 'c'), 'written while somebody waited');
    const waiting = shop.start(['backup', 'source', '--retry-lock', '5m', '--layer-keys', keys], {
      env: shop.access,
    });
    let said = '';
    waiting.child.stderr?.on('data', (text: string) => {
      said += text;
    });
    while (!said.includes('waiting') && waiting.child.exitCode === null) await sleep(20);
    // What `layers recipients` does, which has the repository for itself.
    const { identities = [] } = (await folder.layerKeys()).age ?? {};
    const own = identities.map(({ recipient }) => recipient);
    const recipients = [...own, X25519Identity.generate().recipient];
    await folder.write('age-recipients', formatRecipients(recipients));
    await rewrapAge(base, { recipients, identities });
    await lock.release();
    await repository.close();
    const { code, stderr } = await waiting.ended;
    assert.equal(code, 1, stderr);
    assert.match(stderr, /got other keys meanwhile[\s\S]*Run it again/);
    assert.deepEqual(
      stored()
        .filter((path) => path.includes('/data/'))
        .sort(),
      before,
    );
    await run('backup', 'source');
  });

  it('a new password of crypt survives a kill in the middle: both open, and then only the new one', async () => {
    const old = await readFile(join(keys, 'crypt-key'));
    await killHalfway('layers', 'password');
    await run('snapshots', '--no-lock');
    const status = await shop.onRepository(['layers', 'status', '--json', '--layer-keys', keys]);
    assert.equal(status.code, 4);
    assert.match(status.stdout, /not introduced everywhere yet/);
    const begun = await readFile(join(keys, 'crypt-key'), 'utf8');
    await run('unlock', '--remove-all');
    await run('layers', 'password');
    assert.equal(await readFile(join(keys, 'crypt-key'), 'utf8'), begun);
    assert.equal(await new KeyFolder(keys).holds('earlier-crypt-key'), false);
    assert.ok(!stored().some((path) => path.endsWith('.next')));
    await run('check', '--read-data');
    await writeFile(shop.at('old'), old);
    const earlier = ['snapshots', '--crypt-password-file', shop.at('old'), '--layer-keys', keys];
    assert.equal((await shop.onRepository(earlier)).code, 12);
  });
});
