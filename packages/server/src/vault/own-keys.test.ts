import assert from 'node:assert/strict';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ManualClock } from '../testing/manual-clock.ts';
import { type DatabaseMaker, onEachDatabase } from '../testing/temporary-database.ts';
import { writeVaultKey } from '../testing/temporary-vault-key.ts';
import { KeyFile } from './key-file.ts';
import { OwnKeys } from './own-keys.ts';
import { Vault } from './vault.ts';

async function stage(databases: DatabaseMaker) {
  const temporary = await databases.open();
  const { database, folder } = temporary;
  const clock = new ManualClock('2026-11-26T12:00:00Z');
  const node = async (name: string) => {
    await writeVaultKey(join(folder, name));
    const holder = new KeyFile(join(folder, name), { bits: 2_048 });
    const vault = new Vault({ database, clock, holder });
    return { vault, keys: new OwnKeys({ database, vault, folder: join(folder, name) }) };
  };
  const secret = { owner: 'platform', name: 'identity' };
  return {
    ...temporary,
    node,
    ...(await node('a')),
    file: join(folder, 'a', 'vault.seen.identity'),
    remove: () =>
      database.change((t) => t.deleteFrom('vault_secrets').where('name', '=', 'identity').execute()),
    replace: (vault: Vault, key: string) => database.change((t) => vault.seal(t, secret, key)),
    [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose](),
  };
}
const code = 'server.vault-key-replaced';

onEachDatabase((databases) => {
  describe('a key of the platform', () => {
    it('is made once, by whoever of many asks first, and is the same on every node', async () => {
      await using s = await stage(databases);
      const b = await s.node('b');
      let first = 0;
      const ask = (keys: OwnKeys) => keys.get('identity', async () => void first++);
      const made = await Promise.all([s.keys, b.keys, s.keys, b.keys].map(ask));
      assert.deepEqual([new Set(made).size, first], [1, 1]);
      assert.equal(Buffer.from(made[0] ?? '', 'base64url').length, 32);
      assert.equal(await (await s.node('c')).keys.known('identity'), made[0]);
    });

    it('is known by a fingerprint in a file of its user, that tells nothing of it', async () => {
      await using s = await stage(databases);
      const key = await s.keys.get('identity');
      const text = await readFile(s.file, 'utf8');
      assert.match(text, /^[0-9a-f]{64}\n$/);
      assert.ok(!text.includes(key));
      assert.equal((await stat(s.file)).mode & 0o777, 0o600);
    });

    it('is made no second time where it was seen, and is no other one', async () => {
      await using s = await stage(databases);
      const key = await s.keys.get('identity');
      await s.remove();
      for (const look of [() => s.keys.get('identity'), () => s.keys.known('identity')])
        await assert.rejects(look(), { code, message: /is gone/ });
      await s.replace(s.vault, 'A'.repeat(43));
      await assert.rejects(s.keys.get('identity'), { code, message: /is not the one/ });
      // The good copy of the database is put back.
      await s.replace(s.vault, key);
      assert.equal(await s.keys.get('identity'), key);
    });

    it('is made anew once somebody on the machine says so; whole ones stay', async () => {
      await using s = await stage(databases);
      const [key, book] = [await s.keys.get('identity'), await s.keys.get('book-of-the-vault')];
      assert.deepEqual(await s.keys.dropLost(), []);
      await s.remove();
      assert.deepEqual(await s.keys.dropLost(), ['identity']);
      assert.notEqual(await s.keys.get('identity'), key);
      assert.equal(await s.keys.get('book-of-the-vault'), book);
      await rm(join(s.folder, 'a', 'vault.pem'));
      await rm(join(s.folder, 'a', 'vault.pub'), { force: true });
      assert.deepEqual(await s.keys.dropLost(), ['identity', 'book-of-the-vault']);
    });

    it('is taken as it is found in a folder that has seen none, as after a restore to a new machine', async () => {
      await using s = await stage(databases);
      const key = await s.keys.get('identity');
      await mkdir(join(s.folder, 'new'));
      assert.equal(await (await s.node('new')).keys.get('identity'), key);
    });
  });
});
