import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { Repository } from '@octobox/repository';
import { TEST_PASSWORD, WEAK_KDF } from '@octobox/repository/testing';
import { KeyFolder, LocalStorage, openLayers } from '@octobox/storage';
import { jsonLines, type Outcome, Workshop } from '../../testing/octobox.ts';

const run = promisify(execFile);

/** The indented lines below a heading: what a person would copy to a shell. */
function commandsBelow(heading: string, text: string): string {
  const section = text.slice(text.indexOf(heading)).split('\n').slice(1);
  const from = section.findIndex((line) => line.startsWith('    '));
  const to = section.findIndex((line, at) => at > from && line !== '' && !line.startsWith('    '));
  return section
    .slice(from, to)
    .map((line) => line.slice(4))
    .join('\n');
}

describe('recovery kits', () => {
  let shop: Workshop;
  const location = (): string => shop.at('repository');
  const env = (): Record<string, string> => ({
    RESTIC_REPOSITORY: location(),
    RESTIC_PASSWORD: TEST_PASSWORD,
    OCTOBOX_LAYER_KEYS: shop.at('keys'),
  });
  const kit = (...args: string[]): Promise<Outcome> => shop.run(['kit', ...args], { env: env() });
  const alone = (...args: string[]): Promise<Outcome> => shop.run(['kit', ...args]);
  const files = async (folder: string, ending: string): Promise<string[]> =>
    (await readdir(shop.at(folder)))
      .filter((name) => name.endsWith(ending))
      .map((name) => shop.at(folder, name));

  before(async () => {
    shop = await Workshop.open();
    const keys = new KeyFolder(shop.at('keys'));
    await keys.create({ location: location(), layers: ['crypt', 'age'] });
    const { crypt, age } = await keys.load();
    const base = new LocalStorage(location());
    await base.create();
    const storage = await openLayers(base, { crypt, age });
    await (await Repository.init(storage, { password: TEST_PASSWORD, kdf: WEAK_KDF })).close();
    await mkdir(shop.at('www/images'), { recursive: true });
    await writeFile(shop.at('www/index.html'), 'hello\n');
    await writeFile(shop.at('www/images/photo.jpg'), randomBytes(2_000_000));
    const { code, stderr } = await shop.run(['backup', 'www'], { env: env() });
    assert.equal(code, 0, stderr);
  });
  after(() => shop[Symbol.asyncDispose]());

  it('that were never made are a problem', async () => {
    const { code, stderr } = await kit('status');
    assert.equal(code, 4);
    assert.match(stderr, /ever made: run octobox kit create/);
  });

  it('are written for their owner only, each with one secret, and never over others', async () => {
    await writeFile(shop.at('passphrase'), 'a long passphrase\n');
    const made = await kit('create', '-O', 'kits', '--kit-passphrase-file', 'passphrase');
    assert.equal(made.code, 0, made.stderr);
    assert.equal((await readdir(shop.at('kits'))).length, 9);
    assert.equal((await stat(shop.at('kits'))).mode & 0o777, 0o700);
    for (const name of await readdir(shop.at('kits'))) {
      assert.equal((await stat(shop.at('kits', name))).mode & 0o777, 0o600, name);
    }
    const text = async (of: string): Promise<string> =>
      readFile((await files('kits', `${of}.txt`))[0] ?? '', 'utf8');
    const [host, server, officer] = [await text('backup-host'), await text('server'), await text('officer')];
    const [cryptPassword = ''] = (await readFile(shop.at('keys/crypt-key'), 'utf8')).split('\n');
    for (const [secret, holder] of [
      [TEST_PASSWORD, host],
      [cryptPassword, server],
      ['AGE-SECRET-KEY-1', officer],
    ] as const) {
      for (const one of [host, server, officer]) assert.equal(one.includes(secret), one === holder);
      assert.ok(!made.stdout.includes(secret) && !made.stderr.includes(secret));
    }
    assert.match(made.stderr, /recovery identity is still on this machine/);
    const again = await kit('create', '-O', 'kits');
    assert.equal(again.code, 1);
    assert.match(again.stderr, /kits exists already\n.*never overwritten/);
    assert.deepEqual(
      (await readdir(shop.folder)).filter((name) => name.startsWith('kits.')),
      [],
    );
  });

  it('recover everything with age, rclone and restic in an empty folder', async () => {
    const empty = shop.at('empty');
    await mkdir(join(empty, 'home'), { recursive: true });
    const bin = {
      PATH: process.env.PATH,
      HOME: join(empty, 'home'),
      RESTIC_CACHE_DIR: join(empty, 'c'),
    };
    const [first = ''] = await files('kits', 'recovery-officer.txt');
    const fetching = commandsBelow('FETCHING THE FILES', await readFile(first, 'utf8'));
    // As a change of keys leaves it that is killed before the new config file is in its place.
    const config = join(location(), 'config.bin.age');
    await rename(config, `${config}.next`);
    await run('sh', ['-c', fetching], { cwd: empty, env: bin });
    await rename(`${config}.next`, config);
    for (const custodian of ['recovery-officer', 'server', 'backup-host']) {
      const [path = ''] = await files('kits', `${custodian}.txt`);
      const commands = commandsBelow('RECOVERY WITH STOCK TOOLS', await readFile(path, 'utf8'));
      assert.match(commands, /^set -e; umask 077\n/);
      await run('sh', ['-c', commands], { cwd: empty, env: bin });
    }
    for (const name of ['index.html', 'images/photo.jpg']) {
      const restored = await readFile(join(empty, 'restored', shop.at('www'), name)).catch(() =>
        readFile(join(empty, 'restored/www', name)),
      );
      assert.ok(restored.equals(await readFile(shop.at('www', name))), name);
    }
  });

  it('recover everything with octobox, too', async () => {
    const empty = shop.at('empty');
    const officer = commandsBelow(
      'RECOVERY WITH OCTOBOX',
      await readFile((await files('kits', 'officer.txt'))[0] ?? '', 'utf8'),
    );
    const server = commandsBelow(
      'RECOVERY WITH OCTOBOX',
      await readFile((await files('kits', 'server.txt'))[0] ?? '', 'utf8'),
    );
    const host = commandsBelow(
      'RECOVERY WITH OCTOBOX',
      await readFile((await files('kits', 'host.txt'))[0] ?? '', 'utf8'),
    );
    for (const commands of [officer, server]) await run('sh', ['-c', commands], { cwd: empty });
    const words = /^octobox (.*)$/m.exec(host)?.[1]?.replaceAll("'", '').split(' ') ?? [];
    const { code, stderr } = await shop.run(
      words.map((word) => (word === 'restored' ? 'by-octobox' : word)),
      { cwd: empty },
    );
    assert.equal(code, 0, stderr);
    await access(join(empty, 'by-octobox'));
  });

  it('are proved by restoring with nothing but them, from text or from encrypted files', async () => {
    assert.match((await kit('status')).stderr, /never verified/);
    await rm(shop.at('data'), { recursive: true, force: true });
    const texts = await alone('verify', ...(await files('kits', '.txt')));
    assert.equal(texts.code, 0, texts.stderr);
    assert.match(texts.stdout, /is proved: restored 2 files/);
    assert.equal((await kit('status')).code, 0);
    const encrypted = [
      ...(await files('kits', 'host.age')),
      ...(await files('kits', 'server.txt')),
      ...(await files('kits', 'officer.txt')),
    ];
    const sealed = await alone('verify', '--json', '--kit-passphrase-file', 'passphrase', ...encrypted);
    const [result] = jsonLines(sealed.stdout);
    assert.deepEqual([result?.files, result?.bytes, result?.recorded], [2, 2_000_006, true]);
    await writeFile(shop.at('wrong'), 'another passphrase');
    const wrong = await alone('verify', '--kit-passphrase-file', 'wrong', ...encrypted);
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /cannot be opened/);
    assert.deepEqual(await readdir(join(location(), 'locks')), []);
  });

  it('that are not whole prove nothing', async () => {
    const all = await files('kits', '.txt');
    const some = await alone('verify', ...all.slice(1));
    assert.equal(some.code, 4);
    assert.match(some.stderr, /lack the repository password/);
    const text = await readFile(all[0] ?? '', 'utf8');
    await writeFile(
      shop.at('typed'),
      text.replace(/repository-id (.)/, (_, digit) => `repository-id ${digit === 'a' ? 'b' : 'a'}`),
    );
    const typed = await alone('verify', shop.at('typed'), ...all.slice(1));
    assert.equal(typed.code, 1);
    assert.match(typed.stderr, /line \d+ has a typing error/);
    const moved = await alone('verify', '--at', shop.at('nowhere'), ...all);
    assert.equal(moved.code, 4);
    assert.match((await alone('verify', ...(await files('kits', '.pdf')))).stderr, /for printing/);
  });

  it('can be shares, any two of which suffice', async () => {
    const made = await kit('create', '-O', 'shares', '--shares', '2/3');
    assert.equal(made.code, 0, made.stderr);
    const texts = await files('shares', '.txt');
    assert.equal(texts.length, 5);
    const [one = '', , three = ''] = texts.filter((name) => name.includes('-share-'));
    const others = texts.filter((name) => !name.includes('-share-'));
    const verified = await alone('verify', one, three, ...others);
    assert.equal(verified.code, 0, verified.stderr);
    const identity = await alone('combine', three, one);
    assert.match(identity.stdout, /^# public key: age1\S+\nAGE-SECRET-KEY-1\S+\n$/);
    assert.ok(
      (await readFile(shop.at('keys/recovery-identity'), 'utf8')).includes(
        identity.stdout.split('\n')[1] ?? '-',
      ),
    );
    const cwd = shop.at('by-shares');
    await mkdir(cwd);
    const byHand = async (path: string): Promise<unknown> => {
      const commands = commandsBelow('RECOVERY WITH STOCK TOOLS', await readFile(path, 'utf8'));
      return run('sh', ['-c', commands], { cwd, env: { PATH: process.env.PATH, COPY: location() } });
    };
    await assert.rejects(byHand(three), /1 of 2 needed shares/);
    await byHand(one);
    assert.equal(
      await readFile(join(cwd, 'age-identity.txt'), 'utf8'),
      `${identity.stdout.split('\n')[1]}\n`,
      'with python3 and age alone',
    );
    assert.ok((await readdir(join(cwd, '1-without-age'))).includes('config.bin'));
    assert.match((await alone('verify', one, ...others)).stderr, /1 of 2 needed shares/);
    const mixed = await alone('verify', one, three, ...(await files('kits', 'server.txt')));
    assert.match(mixed.stderr, /different sets/);
  });

  it('are stale after a change of a key', async () => {
    assert.equal((await kit('status')).code, 0);
    const recipients = await readFile(shop.at('keys/age-recipients'), 'utf8');
    await writeFile(shop.at('keys/age-recipients'), recipients.split('\n').slice(1).join('\n'));
    const age = await kit('status', '--json');
    assert.equal(age.code, 4);
    const [{ problems }] = jsonLines(age.stdout) as unknown as [{ problems: { code: string }[] }];
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['stale'],
    );
    await writeFile(shop.at('keys/age-recipients'), recipients);
    const [key = ''] = await readdir(join(location(), 'keys'));
    await writeFile(
      join(location(), 'keys', `${'0'.repeat(64)}.bin.age`),
      await readFile(join(location(), 'keys', key)),
    );
    assert.match((await kit('status')).stderr, /older than a change of the passwords of the repository/);
  });
});
