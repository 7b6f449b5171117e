import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadConfig, openPlatform, silentLog } from '@octobox/server';
import { startPostgres } from '@octobox/sources/testing';
import pg from 'pg';
import { jsonLines, type Running, Workshop } from '../../testing/octobox.ts';

interface VaultTold {
  readonly rotating: boolean;
  readonly problems: readonly string[];
  readonly keys: readonly { fingerprint: string; state: string; secrets: number; held: boolean }[];
  readonly secrets: readonly { owner: string; owner_name?: string; name: string; version: number }[];
}

const openedIn = (shop: Workshop) =>
  openPlatform(loadConfig({ env: {}, dataFolder: shop.at('data') }), { log: silentLog });

const told = async (shop: Workshop): Promise<VaultTold> =>
  jsonLines((await shop.call(['vault', 'status', '--json'])).stdout)[0] as unknown as VaultTold;

async function everyFile(folder: string): Promise<{ path: string; bytes: Buffer }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async ({ parentPath, name }) => {
        const path = join(parentPath, name);
        return { path, bytes: await readFile(path) };
      }),
  );
}

/** The arguments of every process, looked at again and again until `done`. */
async function argumentsSeenUntil(done: Promise<unknown>): Promise<Set<string>> {
  const seen = new Set<string>();
  let isDone = false;
  void done.finally(() => {
    isDone = true;
  });
  while (!isDone) {
    for (const id of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      seen.add(await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => ''));
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return seen;
}

describe('the password of a protected database', () => {
  it('is in no file, no output, no log and no argument, and works all the same', async () => {
    await using postgres = await startPostgres();
    await using shop = await Workshop.open();
    const canary = 'Canary4711zyx';
    const client = new pg.Client(postgres.connection('postgres'));
    await client.connect();
    await client.query(`create role keeper superuser login password '${canary}'`);
    await client.end();
    const location = postgres.location('postgres').replace('postgres@', 'keeper@');
    const options = { env: { PGPASSWORD: canary, OCTOBOX_LOG_LEVEL: 'trace' } };
    const outcomes = [await shop.run(['protect', location, '--name', 'Shop', '-vv'], options)];
    const backup = shop.start(['backup', '-vv'], { env: { OCTOBOX_LOG_LEVEL: 'trace' } });
    backup.child.stdin?.end();
    const seen = await argumentsSeenUntil(backup.ended);
    outcomes.push(await backup.ended);
    assert.ok([...seen].some((line) => line.includes('pg_dump')));
    // While the database is open its write-ahead log is there as well.
    const platform = await openedIn(shop);
    const [source] = await platform.catalog.sources();
    assert.ok(source !== undefined);
    assert.equal(await platform.catalog.sourcePassword(source), canary);
    const files = await everyFile(shop.folder);
    await platform.stop();
    assert.ok(files.some(({ path }) => path.endsWith('octobox.db-wal')));
    outcomes.push(await shop.call(['vault', 'status']), await shop.call(['vault', 'status', '--json']));
    for (const { code, stdout, stderr } of outcomes) {
      assert.equal(code, 0, stderr);
      assert.ok(!(stdout + stderr).includes(canary));
    }
    const encoded = [
      Buffer.from(canary),
      Buffer.from(canary).toString('hex'),
      Buffer.from(canary, 'utf16le'),
    ];
    // Base64 of the canary at each of the three places that it may begin at.
    for (const before of ['', 'x', 'xy']) {
      encoded.push(
        Buffer.from(before + canary)
          .toString('base64')
          .slice(before.length === 0 ? 0 : 4, 16),
      );
    }
    for (const { path, bytes } of [...files, ...(await everyFile(shop.folder))]) {
      for (const text of encoded) assert.ok(!bytes.includes(text), path);
    }
    for (const line of seen) assert.ok(!line.includes(canary), line);
    assert.deepEqual(
      (await told(shop)).secrets.map(({ owner_name, name, version }) => [owner_name, name, version]),
      [['postgres', `password for ${source.location}`, 1]],
    );

    // The key is gone for good, and with it the password: a new key, and the password once more.
    await rm(shop.at('data/vault.pem'));
    await rm(shop.at('data/vault.pub'));
    assert.equal((await shop.call(['vault', 'rotate', '--key-lost'])).code, 4);
    const without = await shop.call(['protect', location]);
    assert.equal(without.code, 1);
    assert.match(without.stderr, /needs the vault key [0-9a-f]{16}/);
    const given = await shop.call(['protect', location], { env: { PGPASSWORD: canary } });
    assert.equal(given.code, 0, given.stderr);
    assert.match(given.stdout, /^postgres: password renewed$/m);
    assert.equal((await shop.call(['vault', 'rotate'])).code, 0);
    assert.equal((await shop.call(['vault', 'status'])).code, 0);
    await using last = await openedIn(shop);
    assert.equal(await last.catalog.sourcePassword(source), canary);
  });
});

describe('octobox vault', () => {
  let shop: Workshop;
  const databases = 45;
  before(async () => {
    shop = await Workshop.open();
    await using platform = await openedIn(shop);
    await platform.catalog.addService({ name: 'Shop', criticality: 'critical' });
    for (let n = 0; n < databases; n++) {
      await platform.catalog.addSource({
        serviceId: 'shop',
        kind: 'postgresql',
        name: `db ${n}`,
        location: `postgres://shop:secret-${n}@db.internal/shop${n}`,
        drillSchedule: null,
      });
    }
  });
  after(() => shop[Symbol.asyncDispose]());

  const assertAllOpen = async (): Promise<void> => {
    await using platform = await openedIn(shop);
    for (const source of await platform.catalog.sources()) {
      assert.equal(await platform.catalog.sourcePassword(source), source.name.replace('db ', 'secret-'));
    }
  };

  it('status lists what is sealed, and nothing of it', async () => {
    const { code, stdout, stderr } = await shop.call(['vault', 'status']);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^key [0-9a-f]{16} {2}3072 bits, current for .*, 45 secrets$/m);
    assert.match(
      stdout,
      /^db 17 +password for postgres:\/\/shop@db\.internal\/shop17 +1 +[\d.]+ .*s +[0-9a-f]{16}$/m,
    );
    assert.doesNotMatch(stdout, /secret-/);
  });

  it('rotate goes on after kill -9, and everything opens before, between and after', async () => {
    const before = await told(shop);
    const rotate = (): Running =>
      shop.start(['vault', 'rotate', '--json'], { env: { RESTIC_PROGRESS_FPS: '100' } });
    const killed = rotate();
    let text = '';
    killed.child.stdout?.on('data', (chunk: string) => {
      text += chunk;
      if (/"secrets_done":[1-9]/.test(text)) killed.child.kill('SIGKILL');
    });
    assert.equal((await killed.ended).code, null);
    const between = await told(shop);
    assert.equal(between.rotating, true);
    assert.ok(between.keys.every(({ held, secrets }) => held && secrets > 0 && secrets < databases));
    assert.equal((await shop.call(['vault', 'status'])).code, 4);
    await assertAllOpen();

    const { code, stdout, stderr } = await rotate().ended;
    assert.equal(code, 0, stderr);
    const result = jsonLines(stdout).at(-1);
    assert.deepEqual(
      [result?.message_type, result?.resumed, result?.finished],
      ['vault_rotated', true, true],
    );
    const afterwards = await told(shop);
    const current = afterwards.keys.find(({ state }) => state === 'current');
    assert.deepEqual([current?.secrets, current?.held, afterwards.problems], [databases, true, []]);
    assert.notEqual(current?.fingerprint, before.keys[0]?.fingerprint);
    assert.deepEqual(
      (await readdir(shop.at('data'))).filter((name) => name.includes('.pem')),
      ['vault.pem'],
    );
    await assertAllOpen();
  });

  it('a key that is lost, exposed or wrong is told with what to do', async () => {
    const file = shop.at('data/vault.pem');
    await chmod(file, 0o640);
    const exposed = await shop.call(['vault', 'status']);
    assert.equal(exposed.code, 1);
    assert.match(exposed.stderr, /others can get at the vault's key file .*0640/);
    assert.match(exposed.stderr, /chmod 600/);
    await chmod(file, 0o600);
    await rename(file, shop.at('aside'));
    const lost = await shop.call(['vault', 'status']);
    assert.equal(lost.code, 4);
    assert.match(lost.stdout, /^problem: 45 secrets cannot be opened here: the key [0-9a-f]{16} is not/m);
    const refused = await shop.call(['vault', 'rotate']);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /vault\.pem is missing/);
    assert.match(refused.stderr, /--key-lost/);
    await rename(shop.at('aside'), file);
    assert.equal((await shop.call(['vault', 'status'])).code, 0);
  });

  it('takes the passwords of an earlier version over when something is opened for more than a look', async () => {
    const platform = await openedIn(shop);
    const { id } = await platform.catalog.source('db 0');
    await platform.catalog.changeSource(id, { password: 'as it was' });
    await platform.stop();
    await mkdir(shop.at('data/secrets'), { mode: 0o700 });
    await writeFile(shop.at('data/secrets', id), 'older', { mode: 0o600 });
    await shop.call(['status']);
    assert.ok((await readdir(shop.at('data'))).includes('secrets'));
    await using again = await openedIn(shop);
    assert.ok(!(await readdir(shop.at('data'))).includes('secrets'));
    assert.equal(await again.catalog.sourcePassword(await again.catalog.source(id)), 'as it was');
  });
});
