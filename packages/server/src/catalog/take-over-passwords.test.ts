import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { silentLog } from '../platform/index.ts';
import { temporaryCatalog } from '../testing/temporary-catalog.ts';
import { type DatabaseMaker, onEachDatabase } from '../testing/temporary-database.ts';
import { takeOverPasswords } from './take-over-passwords.ts';

/** Two databases as an earlier version left them: each password in a file named after its source. */
async function stage(databases: DatabaseMaker) {
  const temporary = await temporaryCatalog(databases);
  const { catalog, vault, database, folder } = temporary;
  await catalog.addService({ name: 'Shop', criticality: 'critical' });
  const ids: string[] = [];
  for (const name of ['one', 'two']) {
    const location = `postgres://shop@db.internal/${name}`;
    ids.push((await catalog.addSource({ serviceId: 'shop', kind: 'postgresql', name, location })).id);
  }
  const secrets = join(folder, 'secrets');
  await mkdir(secrets, { mode: 0o700 });
  const [one = '', two = ''] = ids;
  const write = (name: string, text: string): Promise<void> =>
    writeFile(join(secrets, name), text, { mode: 0o600 });
  await write(one, 'canary one');
  await write(two, 'canary two\n');
  return {
    ...temporary,
    password: async (id: string) => catalog.sourcePassword(await catalog.source(id)),
    one,
    two,
    secrets,
    write,
    takeOver: () => takeOverPasswords({ folder: secrets, database, vault, log: silentLog }),
    [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose](),
  };
}

onEachDatabase((databases) => {
  describe('the passwords of an earlier version', () => {
    it('are sealed, and their files are gone', async () => {
      await using s = await stage(databases);
      await s.write(`${s.one}.new`, 'canary draft');
      await s.takeOver();
      assert.equal(await s.password(s.one), 'canary one');
      assert.equal(await s.password(s.two), 'canary two\n');
      await assert.rejects(readdir(s.secrets), { code: 'ENOENT' });
      const files = (await readdir(s.folder)).map((name) => join(s.folder, name));
      if (s.settings.kind === 'sqlite') files.push(s.settings.file, `${s.settings.file}-wal`);
      for (const file of files) assert.ok(!(await readFile(file)).includes('canary'), file);
      await s.takeOver();
    });

    it('are not lost, and not taken for newer, when it is cut off in between', async () => {
      await using s = await stage(databases);
      // Sealed, and then the process ended before it could remove the file.
      await s.takeOver();
      await mkdir(s.secrets);
      await s.write(s.one, 'canary one');
      await s.catalog.changeSource(s.one, { password: 'changed since' });
      await s.takeOver();
      assert.equal(await s.password(s.one), 'changed since');
      await assert.rejects(readdir(s.secrets), { code: 'ENOENT' });
    });

    it('stay where they are as long as what is sealed cannot be opened', async () => {
      await using s = await stage(databases);
      await s.vault.prepare();
      await chmod(join(s.folder, 'vault.pem'), 0o644);
      await assert.rejects(s.takeOver(), { code: 'server.vault-key-exposed' });
      assert.deepEqual((await readdir(s.secrets)).sort(), [s.one, s.two].sort());
      await chmod(join(s.folder, 'vault.pem'), 0o600);
      await s.takeOver();
      assert.equal(await s.password(s.one), 'canary one');
    });

    it('of removed sources go, and what belongs to no source stays', async () => {
      await using s = await stage(databases);
      await s.catalog.removeSource('two');
      await s.write('somebody’s notes', 'mine');
      await s.takeOver();
      assert.deepEqual(await readdir(s.secrets), ['somebody’s notes']);
      assert.deepEqual(
        await s.database.read
          .selectFrom('vault_secrets')
          .select('owner')
          .execute()
          .then((rows) => rows.map(({ owner }) => owner)),
        [`source:${s.one}`],
      );
    });

    it('are taken over once by two at the same time', async () => {
      await using s = await stage(databases);
      await Promise.all([s.takeOver(), s.takeOver()]);
      assert.equal(await s.password(s.one), 'canary one');
      const rows = await s.database.read.selectFrom('vault_secrets').select('version').execute();
      assert.deepEqual(
        rows.map(({ version }) => version),
        [1, 1],
      );
    });
  });
});
