import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { acquireLock, Repository } from '@octobox/repository';
import { TEST_PASSWORD } from '@octobox/repository/testing';
import { LocalStorage } from '@octobox/storage';
import { jsonLines, Workshop } from './testing/octobox.ts';

describe('the command line', () => {
  let shop: Workshop;
  before(async () => {
    shop = await Workshop.withRepository();
    await mkdir(shop.at('src'), { recursive: true });
    for (let at = 0; at < 3000; at++) await writeFile(shop.at('src', `a-file-with-a-long-name-${at}`), '');
    await shop.onRepository(['backup', 'src']);
  });
  after(() => shop[Symbol.asyncDispose]());

  const wrong: {
    what: string;
    args: string[];
    env?: Record<string, string>;
    code: number;
    says: RegExp[];
  }[] = [
    {
      what: 'an unknown verb',
      args: ['snapshts'],
      code: 1,
      says: [/unknown command 'snapshts'/, /Did you mean snapshots/],
    },
    {
      what: 'an unknown option',
      args: ['snapshots', '--jsn'],
      code: 1,
      says: [/unknown option '--jsn'/, /--json/],
    },
    {
      what: 'an option without its value',
      args: ['snapshots', '--repo'],
      code: 1,
      says: [/argument missing/],
    },
    { what: 'a value that is none', args: ['snapshots', '--latest', 'x'], code: 1, says: [/whole number/] },
    { what: 'a list of none', args: ['snapshots', '--latest', '0'], code: 1, says: [/whole number from 1/] },
    {
      what: 'an unknown option of what is below a verb',
      args: ['kit', 'create', '--to', 'kits'],
      code: 1,
      says: [/unknown option '--to'/, /See octobox kit create --help/],
    },
    { what: 'a superfluous argument', args: ['prune', 'now'], code: 1, says: [/too many arguments/] },
    {
      what: 'no repository',
      args: ['snapshots'],
      env: { RESTIC_REPOSITORY: '' },
      code: 1,
      says: [/no repository is given/, /-r/],
    },
    {
      what: 'no repository, but a password file',
      args: ['snapshots'],
      env: { RESTIC_REPOSITORY: '', RESTIC_PASSWORD: '', RESTIC_PASSWORD_FILE: import.meta.filename },
      code: 1,
      says: [/no repository is given/, /-r/],
    },
    {
      what: 'a missing repository',
      args: ['snapshots', '-r', '/no/where'],
      code: 10,
      says: [/no repository at \/no\/where/],
    },
    {
      what: 'a kind of storage that is unknown',
      args: ['snapshots', '-r', 'gopher:https://k:geheimnis@x/y'],
      code: 1,
      says: [/gopher:/, /s3:https/],
    },
    {
      what: 'a secret in a location',
      args: ['snapshots', '-r', 's3:https://k:geheimnis@x/y'],
      code: 1,
      says: [/AWS_SECRET_ACCESS_KEY/],
    },
    {
      what: 'a wrong password',
      args: ['snapshots'],
      env: { RESTIC_PASSWORD: 'falsch' },
      code: 12,
      says: [/the password does not open the only key/],
    },
    {
      what: 'no password in a pipe',
      args: ['snapshots'],
      env: { RESTIC_PASSWORD: '' },
      code: 1,
      says: [/no password is given/, /--password-file/],
    },
    {
      what: 'a stream without a password beside it',
      args: ['backup', '--stdin'],
      env: { RESTIC_PASSWORD: '' },
      code: 1,
      says: [/standard input is what is backed up, and no password is given/, /--password-file/],
    },
    {
      what: 'a list of files without a password beside it',
      args: ['backup', '--files-from', '-'],
      env: { RESTIC_PASSWORD: '' },
      code: 1,
      says: [/standard input is the list of files/],
    },
    {
      what: 'a password file that is missing',
      args: ['snapshots', '-p', 'nowhere'],
      code: 1,
      says: [/password file nowhere does not exist/],
    },
    {
      what: 'a password program that fails',
      args: ['snapshots', '--password-command', 'sh -c "exit 4"'],
      code: 1,
      says: [/exit code 4/],
    },
    {
      what: 'a snapshot that is not there',
      args: ['ls', 'abcdef'],
      code: 1,
      says: [/no snapshot matches abcdef/],
    },
    {
      what: 'a path that is not in the snapshot',
      args: ['dump', 'latest', '/nope'],
      code: 1,
      says: [/holds no \/nope/],
    },
    {
      what: 'a restore of a folder that is not in the snapshot',
      args: ['restore', 'latest:/nope', '--target', 'nowhere'],
      code: 1,
      says: [/^octobox: .*\/nope/],
    },
    { what: 'a restore without a target', args: ['restore', 'latest'], code: 1, says: [/--target/] },
  ];
  for (const { what, args, env, code, says } of wrong) {
    it(`${what} ends with ${code}, says what and what to do, and prints no result`, async () => {
      const outcome = await shop.onRepository(args, { env: { ...env } });
      assert.equal(outcome.code, code, outcome.stderr);
      for (const part of says) assert.match(outcome.stderr, part);
      assert.equal(outcome.stdout, '');
      assert.doesNotMatch(outcome.stderr, /geheimnis|\n {4}at /, 'no secret and no stack');

      const asJson = await shop.onRepository(['--json', ...args], { env: { ...env } });
      assert.equal(asJson.code, code);
      const [message] = jsonLines(asJson.stderr).slice(-1);
      assert.equal(message?.message_type, 'exit_error');
      assert.equal(message?.code, code);
    });
  }

  it('a repository that is locked ends with 11 and names the holder; --retry-lock waits for it', async () => {
    const repository = await Repository.open(new LocalStorage(shop.repository), { password: TEST_PASSWORD });
    const lock = await acquireLock(repository, { kind: 'exclusive' });
    const refused = await shop.onRepository(['snapshots']);
    assert.equal(refused.code, 11);
    assert.match(refused.stderr, new RegExp(`process ${process.pid} `));
    assert.equal((await shop.onRepository(['snapshots', '--no-lock'])).code, 0);

    const kept = await shop.onRepository(['unlock']);
    assert.match(kept.stdout, /no lock was removed\n.*stays/);
    const removed = await shop.onRepository(['unlock', '--remove-all', '--json']);
    assert.equal(JSON.parse(removed.stdout).removed, 1);
    assert.equal((await shop.onRepository(['snapshots'])).code, 0);
    await lock[Symbol.asyncDispose]();
    await repository.close();
  });

  it('options of the repository may stand before the verb or behind it, and go before the environment', async () => {
    await writeFile(shop.at('password'), `${TEST_PASSWORD}\n`);
    await writeFile(shop.at('place'), `${shop.repository}\n`);
    for (const args of [
      ['-r', shop.repository, '-p', 'password', 'snapshots'],
      ['snapshots', '--repo', shop.repository, '--password-file', 'password'],
      ['snapshots', '--repository-file', 'place', '--password-command', `printf '%s\\n' ${TEST_PASSWORD}`],
    ]) {
      const { code, stderr } = await shop.run(args, {
        env: { RESTIC_REPOSITORY: '/elsewhere', RESTIC_PASSWORD: 'falsch' },
      });
      assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
    }
  });

  it('passwords are taken line by line from standard input, as from the end of a pipe', async () => {
    const env = { RESTIC_REPOSITORY: shop.repository };
    const run = (args: string[], input: string) => shop.run(args, { env, input });
    for (const input of [TEST_PASSWORD, `${TEST_PASSWORD}\nmore\n`, `${TEST_PASSWORD}\r\n`]) {
      const { code, stderr } = await run(['snapshots'], input);
      assert.equal(code, 0, stderr);
    }
    assert.equal((await run(['snapshots'], 'falsch\n')).code, 12);
    assert.equal((await run(['key', 'add'], `${TEST_PASSWORD}\nanother\n`)).code, 0);
    assert.equal((await run(['snapshots'], 'another\n')).code, 0);
    assert.match((await run(['key', 'add'], `${TEST_PASSWORD}\n`)).stderr, /no new password is given/);
    assert.match((await run(['snapshots'], 'x'.repeat(100_000))).stderr, /its line has no end/);
  });

  it('key and repair alone show what they can do, as those of restic', async () => {
    for (const verb of ['key', 'repair']) {
      const { code, stdout, stderr } = await shop.call([verb]);
      assert.deepEqual([code, stderr], [0, ''], verb);
      assert.match(stdout, new RegExp(`^Usage: octobox ${verb} `));
      const mistyped = await shop.call([verb, 'nonsense']);
      assert.deepEqual([mistyped.code, mistyped.stdout], [1, ''], verb);
    }
  });

  it('a password file and a password command at once are refused', async () => {
    const { code, stderr } = await shop.onRepository([
      'snapshots',
      '-p',
      'password',
      '--password-command',
      'x',
    ]);
    assert.equal(code, 1);
    assert.match(stderr, /at once/);
  });

  it('a reader who leaves early ends it without a word', async () => {
    const { child, ended } = shop.start(['ls', 'latest', '-l'], { env: shop.access });
    child.stdout?.once('data', () => child.stdout?.destroy());
    const { code, stderr } = await ended;
    // Three thousand lines may fit into the pipe before it is closed; then nothing was cut off.
    assert.ok(code === 141 || code === 0, `${code}`);
    assert.doesNotMatch(stderr, /EPIPE|Error/);
    assert.equal((await shop.onRepository(['prune', '-n'])).code, 0, 'no lock is left');
  });

  it('tells of its caches in JSON, too', async () => {
    assert.equal((await shop.run(['cache', '--json'])).stdout, '[]\n');
    const cleaned = await shop.run(['cache', '--cleanup', '--json']);
    assert.deepEqual(JSON.parse(cleaned.stdout), { message_type: 'summary', removed: 0 });
  });

  it('says its version, and lists its verbs when nothing is asked', async () => {
    assert.match((await shop.run(['version'])).stdout, /^octobox \d+\.\d+\.\d+ on Node 26/);
    const help = await shop.run([]);
    assert.equal(help.code, 0);
    for (const verb of ['protect', 'serve', 'backup', 'restore', 'drill', 'status', 'demo']) {
      assert.match(help.stdout, new RegExp(`^  ${verb} `, 'm'));
    }
  });
});
