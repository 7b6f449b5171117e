import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Repository } from '@octobox/repository';
import { restic, resticBinary, TEST_PASSWORD, WEAK_KDF } from '@octobox/repository/testing';
import { LocalStorage } from '@octobox/storage';
import { makeCertificate } from '@octobox/storage/testing';
import { jsonLines, type Running, Workshop } from '../../testing/octobox.ts';

interface Serving {
  readonly url: string;
  readonly running: Running;
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

/** The real command, once it has said where it listens. */
async function serving(shop: Workshop, ...options: string[]): Promise<Serving> {
  const args = ['repository', 'serve', 'served', '--listen', '127.0.0.1:0', '--keep-free', '0', '--json'];
  const running = shop.start([...args, ...options]);
  const first = once(running.child.stdout ?? running.child, 'data').then(([text]) => String(text));
  const told = await Promise.race([
    first,
    running.ended.then(({ stderr }) => Promise.reject(new Error(stderr))),
  ]);
  const { url } = JSON.parse(told) as { url: string };
  return {
    url,
    running,
    async end(signal = 'SIGTERM') {
      running.child.kill(signal);
      return (await running.ended).code;
    },
  };
}

const as = (url: string, user: string, repository: string): string =>
  `rest:${url.replace('://', `://${user}:${user}s-password@`)}${user}/${repository}/`;

/** restic tries a failed request again for 15 minutes: it is ended when it has said what it has to say. */
function resticSaying(pattern: RegExp, repository: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(resticBinary(), ['--no-cache', ...args], {
      env: {
        PATH: process.env.PATH,
        HOME: '/',
        RESTIC_REPOSITORY: repository,
        RESTIC_PASSWORD: TEST_PASSWORD,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    const hear = (piece: Buffer): void => {
      said += piece;
      if (pattern.test(said)) child.kill('SIGKILL');
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', reject);
    child.on('close', () => (pattern.test(said) ? resolve(said) : reject(new Error(`restic said: ${said}`))));
  });
}

/** Made on the server, with a password that costs little to try. */
async function makeRepository(folder: string): Promise<void> {
  const made = await Repository.init(new LocalStorage(folder), { password: TEST_PASSWORD, kdf: WEAK_KDF });
  await made.close();
}

async function workshopWithUsers(): Promise<Workshop> {
  const shop = await Workshop.open();
  await mkdir(shop.at('served'));
  await mkdir(shop.at('www'));
  await writeFile(shop.at('www/index.html'), 'hello\n');
  await writeFile(shop.at('www/photo.jpg'), randomBytes(3_000_000));
  for (const name of ['alice', 'bob']) {
    const args = [
      'repository',
      'user',
      'add',
      name,
      '--users',
      'served/.htpasswd',
      '--new-password-file',
      '-',
    ];
    const { code, stderr } = await shop.run(args, { input: `${name}s-password\n` });
    assert.equal(code, 0, stderr);
  }
  return shop;
}

describe('stock restic and octobox repository serve', () => {
  let shop: Workshop;
  before(async () => {
    shop = await workshopWithUsers();
  });
  after(() => shop[Symbol.asyncDispose]());

  it('over TLS with an own authority: init, backup, check, restore; users see nothing of each other', async () => {
    await using tls = await makeCertificate();
    const server = await serving(shop, '--tls-cert', tls.certificate, '--tls-key', tls.key);
    try {
      const repository = as(server.url, 'alice', 'web');
      const peer = (args: string[], accept = [0]) =>
        restic([...args, '--cacert', tls.certificate], { repository, cwd: shop.folder, accept });
      await peer(['init']);
      await peer(['backup', 'www', '--host', 'web1']);
      await writeFile(shop.at('www/new.txt'), 'new');
      await peer(['backup', 'www', '--host', 'web1']);
      await peer(['check', '--read-data']);
      await peer(['restore', 'latest', '--target', shop.at('back')]);
      assert.deepEqual(
        await readFile(shop.at('back/www/photo.jpg')),
        await readFile(shop.at('www/photo.jpg')),
      );
      await peer(['forget', '--keep-last', '1', '--prune']);
      await peer(['check', '--read-data']);

      await resticSaying(/certificate/, repository, ['snapshots']);
      const stranger = repository.replace('alice:alices-password', 'bob:bobs-password');
      const cacert = ['--cacert', tls.certificate];
      await assert.rejects(restic(['snapshots', ...cacert], { repository: stranger }), /403|below \/bob\//);
      const wrong = repository.replace('alices-password', 'other');
      await assert.rejects(restic(['snapshots', ...cacert], { repository: wrong }), /401/);
      // What was served is an ordinary repository of this machine.
      await restic(['check', '--read-data'], { repository: shop.at('served/alice/web') });
    } finally {
      assert.equal(await server.end(), 0);
    }
    const { stderr } = await server.running.ended;
    for (const secret of ['alices-password', 'bobs-password', TEST_PASSWORD])
      assert.ok(!stderr.includes(secret));
    assert.ok(jsonLines(stderr).some(({ method, user }) => method === 'POST' && user === 'alice'));
  });

  it('append-only: a backup goes in, nothing is forgotten; with delayed deletion all of it comes back', async () => {
    let server = await serving(shop, '--append-only');
    let repository = as(server.url, 'alice', 'kept');
    const peer = (args: string[], accept = [0]) => restic(args, { repository, cwd: shop.folder, accept });
    try {
      await makeRepository(shop.at('served/alice/kept'));
      await peer(['backup', 'www']);
      await peer(['backup', 'www']);
      await resticSaying(/append-only: nothing is deleted/, repository, ['forget', '--keep-last', '1']);
      await peer(['unlock']);
      assert.equal(JSON.parse((await peer(['snapshots', '--json'])).stdout).length, 2);
      assert.deepEqual(await readdir(shop.at('served/alice/kept/locks')), []);
    } finally {
      assert.equal(await server.end(), 0);
    }
    server = await serving(shop, '--append-only', '--delayed-deletion', '30d');
    repository = as(server.url, 'alice', 'kept');
    try {
      const [{ id }] = JSON.parse((await peer(['snapshots', '--json'])).stdout);
      await peer(['forget', id, '--prune']);
      await peer(['check', '--read-data']);
      assert.equal(JSON.parse((await peer(['snapshots', '--json'])).stdout).length, 1);
      const args = ['repository', 'undelete', 'served/alice/kept'];
      const plan = await shop.run([...args, '--dry-run']);
      assert.match(plan.stdout, /would bring back 1 snapshot/);
      assert.equal(JSON.parse((await peer(['snapshots', '--json'])).stdout).length, 1);
      const [back] = jsonLines((await shop.run([...args, '--json'])).stdout);
      assert.equal(back?.snapshots, 1);
      await peer(['check', '--read-data']);
      assert.equal(JSON.parse((await peer(['snapshots', '--json'])).stdout).length, 2);
      const later = await shop.run([...args, '--deleted-since', '2026-01-01']);
      assert.match(later.stdout, /brought back 0 snapshots, 0 indexes and 0 packs/);
    } finally {
      assert.equal(await server.end(), 0);
    }
  });

  it('a quota is told before the disk is full, in words that restic shows', async () => {
    const server = await serving(shop, '--user-quota', '2M');
    try {
      const repository = as(server.url, 'bob', 'web');
      await makeRepository(shop.at('served/bob/web'));
      await resticSaying(/quota of user bob exceeded/, repository, ['backup', shop.at('www')]);
      await restic(['unlock'], { repository });
      await restic(['check', '--read-data'], { repository });
    } finally {
      assert.equal(await server.end(), 0);
    }
  });

  it('killed in the middle of an upload, it leaves no half file', async () => {
    const folder = shop.at('served/alice/cut');
    await makeRepository(folder);
    const server = await serving(shop);
    const bytes = randomBytes(1_000_000);
    const name = createHash('sha256').update(bytes).digest('hex');
    const unfinished = (): Promise<string[]> => readdir(join(folder, 'tmp')).catch((): string[] => []);
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    const authorization = Buffer.from('alice:alices-password').toString('base64');
    socket.write(
      `POST /alice/cut/data/${name} HTTP/1.1\r\nhost: x\r\nauthorization: Basic ${authorization}\r\ncontent-length: ${bytes.length}\r\n\r\n`,
    );
    socket.write(bytes.subarray(0, 600_000));
    for (let turn = 0; (await unfinished()).length === 0; turn++) {
      assert.ok(turn < 2400, 'the upload never began');
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    await server.end('SIGKILL');
    socket.destroy();
    const again = await serving(shop);
    try {
      const repository = as(again.url, 'alice', 'cut');
      assert.deepEqual(
        await readdir(join(folder, 'data', name.slice(0, 2))).then((all) => all.includes(name)),
        false,
      );
      await restic(['check', '--read-data'], { repository });
      await restic(['backup', shop.at('www')], { repository });
      assert.deepEqual(await unfinished(), []);
      await restic(['check', '--read-data'], { repository });
    } finally {
      assert.equal(await again.end(), 0);
    }
  });

  it('keeps what octobox itself writes there in three layers', async () => {
    const server = await serving(shop, '--append-only');
    try {
      const env = { RESTIC_REPOSITORY: as(server.url, 'alice', 'layered'), RESTIC_PASSWORD: TEST_PASSWORD };
      for (const args of [['init'], ['backup', 'www'], ['check', '--read-data']]) {
        const { code, stderr } = await shop.run(args, { env });
        assert.equal(code, 0, stderr);
      }
      assert.ok((await readdir(shop.at('served/alice/layered'))).includes('config.bin.age'));
      assert.deepEqual(await readdir(shop.at('served/alice/layered/locks')), []);
    } finally {
      assert.equal(await server.end(), 0);
    }
  });

  it('without users says that everybody is let in, where the first is to be written, and takes that one', async () => {
    await mkdir(shop.at('open/alice/web'), { recursive: true });
    const args = ['repository', 'serve', 'open', '--listen', '127.0.0.1:0', '--json'];
    const running = shop.start(args);
    const [told] = await once(running.child.stdout ?? running.child, 'data');
    const { url } = JSON.parse(String(told)) as { url: string };
    try {
      const path = 'alice/web/config';
      assert.equal((await fetch(`${url}${path}`)).status, 404);
      const add = [
        'repository',
        'user',
        'add',
        'alice',
        '--users',
        'open/.htpasswd',
        '--new-password-file',
        '-',
      ];
      assert.equal((await shop.run(add, { input: 'alices-password\n' })).code, 0);
      for (const until = Date.now() + 60_000; (await fetch(`${url}${path}`)).status !== 401; await sleep(100))
        assert.ok(Date.now() < until, 'everybody is let in still');
    } finally {
      running.child.kill('SIGTERM');
    }
    const { stderr } = await running.ended;
    const warning = jsonLines(stderr).find(({ level }) => level === 'warn');
    assert.match(String(warning?.msg), /everybody is let in/);
    assert.equal(warning?.users, shop.at('open/.htpasswd'));
  });

  it('says why it does not start', async () => {
    await rm(shop.at('served/none'), { force: true });
    const cases: [string[], RegExp][] = [
      [['served/none'], /there is no folder .*served\/none\n.*Make it/],
      [['served', '--listen', '0.0.0.0:0'], /in the clear\n.*--tls-cert/],
      [['www', '--listen', '0.0.0.0:0'], /everybody/],
      [['served', '--delayed-deletion', '30d'], /--append-only/],
      [['served', '--tls-cert', 'tls.pem'], /belong together/],
      [['served', '--users', 'nowhere'], /users .*nowhere does not exist\n.*user add/],
      [['served', '--shared-repositories', '--user-quota', '1G'], /private/],
      [['served', '--listen', 'x'], /host:port/],
    ];
    for (const [args, says] of cases) {
      const { code, stderr } = await shop.run(['repository', 'serve', ...args]);
      assert.equal(code, 1, args.join(' '));
      assert.match(stderr, says);
    }
  });
});
