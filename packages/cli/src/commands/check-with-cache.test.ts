import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Repository } from '@octobox/repository';
import { TEST_PASSWORD, WEAK_KDF } from '@octobox/repository/testing';
import { LocalStorage } from '@octobox/storage';
import { type RestServer, startRestServer } from '@octobox/storage/testing';
import { jsonLines, type Outcome, Workshop } from '../testing/octobox.ts';

describe('octobox check --with-cache', () => {
  let shop: Workshop;
  let rest: RestServer;
  const call = (...args: string[]): Promise<Outcome> =>
    shop.call(['-r', `rest:${rest.url}`, '--layers', 'none', ...args]);
  const filesOf = async (kind: string): Promise<string[]> =>
    (await readdir(join(rest.folder, kind), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
  const readsOf = async (...args: string[]): Promise<number> => {
    const { code, stdout, stderr } = await call('check', '--json', ...args);
    assert.equal(code, 0, stderr);
    const storage = jsonLines(stdout).at(-1)?.storage as { requests: { read: number } };
    return storage.requests.read;
  };
  /** Changes a byte of each, for as long as it takes. */
  const whileDamaged = async (paths: readonly string[], look: () => Promise<void>): Promise<void> => {
    const sound = await Promise.all(paths.map((path) => readFile(path)));
    for (const [at, path] of paths.entries()) {
      const bytes = Buffer.from(sound[at] ?? '');
      bytes[20] = (bytes[20] ?? 0) ^ 1;
      await rm(path);
      await writeFile(path, bytes);
    }
    await look();
    for (const [at, path] of paths.entries()) await writeFile(path, sound[at] ?? '');
  };

  before(async () => {
    shop = await Workshop.open();
    rest = await startRestServer();
    await writeFile(shop.at('file'), 'x'.repeat(100_000));
    const storage = new LocalStorage(rest.folder);
    await (await Repository.init(storage, { password: TEST_PASSWORD, kdf: WEAK_KDF })).close();
    assert.equal((await call('backup', shop.at('file'))).code, 0);
    assert.equal((await call('ls', 'latest')).code, 0, 'which fills the cache');
  });
  after(async () => {
    await rest.stop();
    await shop[Symbol.asyncDispose]();
  });

  it('reads what has no copy in the cache, and no copy at all with --no-cache', async () => {
    const whole = await readsOf();
    // An index file, a snapshot, and a folder with its header.
    assert.ok((await readsOf('--with-cache')) <= whole - 3);
    assert.equal(await readsOf('--with-cache', '--no-cache'), whole);
    assert.match((await call('check', '--with-cache')).stdout, /copies in the cache/);
    assert.doesNotMatch((await call('check')).stdout, /cache/);
  });

  it('sees what is missing, but of what has a copy no damage; without it all is seen', async () => {
    for (const kind of ['index', 'snapshots']) {
      await whileDamaged(await filesOf(kind), async () => {
        assert.equal((await call('check')).code, 1, kind);
        assert.equal((await call('check', '--with-cache')).code, 0, kind);
      });
    }
    const packs = await filesOf('data');
    const kept = await Promise.all(packs.map((path) => readFile(path)));
    for (const path of packs) await rm(path);
    const { code, stdout } = await call('check', '--with-cache');
    assert.equal(code, 1);
    assert.match(stdout, /pack .* is missing/);
    for (const [at, path] of packs.entries()) await writeFile(path, kept[at] ?? '');
  });

  it('reads data from the storage, whatever the cache holds, and takes nothing for proved', async () => {
    assert.equal((await call('ls', 'latest')).code, 0);
    const { code, stdout } = await call('check', '--with-cache', '--read-data');
    assert.equal(code, 0);
    assert.doesNotMatch(stdout, /no data was read/);
    assert.deepEqual(await readdir(shop.at('home/.local/state/octobox/verified')).catch(() => []), []);
    const packs = await filesOf('data');
    await whileDamaged(packs, async () => {
      const damaged = await call('check', '--with-cache', '--read-data', '--json');
      assert.equal(damaged.code, 1);
      const summary = jsonLines(damaged.stdout).at(-1) as { broken_packs: string[] };
      assert.equal(summary.broken_packs.length, packs.length);
    });
  });
});
