import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { systemClock, type Writer } from '../platform/index.ts';
import { type DatabaseMaker, onEachDatabase } from '../testing/temporary-database.ts';
import { inspectVault } from './inspection.ts';
import { KeyFile } from './key-file.ts';
import { type SecretName, Vault } from './vault.ts';

const run = promisify(execFile);
const [one, two] = ['source:1', 'source:2'].map((owner) => ({ owner, name: 'password' })) as [
  SecretName,
  SecretName,
];

async function stage(databases: DatabaseMaker) {
  const temporary = await databases.open();
  const { database, folder } = temporary;
  const keys = new KeyFile(folder, { bits: 2_048 });
  const vault = new Vault({ database, clock: systemClock, holder: keys });
  return {
    ...temporary,
    keys,
    vault,
    seal: (secret: SecretName, text: string) => database.change((t) => vault.seal(t, secret, text)),
    sql: (text: string) => database.change((t) => sql.raw(text).execute(t as Writer)),
    [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose](),
  };
}

onEachDatabase((databases) => {
  describe('the vault', () => {
    it('opens what was sealed last, and nothing that was removed', async () => {
      await using s = await stage(databases);
      assert.equal(await s.vault.open(one), undefined);
      await s.seal(one, 'pässword 🔑');
      await s.seal(two, '');
      assert.equal(await s.vault.open(one), 'pässword 🔑');
      assert.equal(await s.vault.open(two), '');
      await s.seal(one, 'second');
      assert.equal(await s.vault.open(one), 'second');
      const report = await inspectVault(s);
      assert.deepEqual(
        report.secrets.map(({ owner, version }) => [owner, version]),
        [
          ['source:1', 2],
          ['source:2', 1],
        ],
      );
      await s.database.change((transaction) => s.vault.remove(transaction, one));
      assert.equal(await s.vault.open(one), undefined);
      assert.equal(await s.vault.open(two), '');
    });

    it('lets nothing of a secret get into a file', async () => {
      await using s = await stage(databases);
      await s.seal(one, 'canary-5d1f');
      await s.seal(one, 'canary-5d1f again');
      const files = (await readdir(s.folder)).map((name) => join(s.folder, name));
      if (s.settings.kind === 'sqlite') files.push(s.settings.file, `${s.settings.file}-wal`);
      const texts = await Promise.all(files.map((file) => readFile(file)));
      const tables = await Promise.all(
        (['vault_keys', 'vault_secrets'] as const).map((table) =>
          s.database.read.selectFrom(table).selectAll().execute(),
        ),
      );
      for (const bytes of [...texts, Buffer.from(JSON.stringify(tables))]) {
        for (const encoding of ['utf8', 'base64', 'hex'] as const) {
          assert.ok(!bytes.includes(Buffer.from('canary-5d1f').toString(encoding).slice(0, 12)));
        }
        assert.ok(!bytes.includes(Buffer.from('canary-5d1f', 'utf16le')));
      }
    });

    it('refuses what somebody with SQL has moved, renamed, renumbered or changed', async () => {
      await using s = await stage(databases);
      const column = (from: string, what: string): string =>
        `update vault_secrets set ${what} = (select ${what} from vault_secrets where owner = '${from}')
       where owner = 'source:1'`;
      for (const statement of [
        column('source:2', 'sealed'),
        `update vault_secrets set owner = case owner when 'source:1' then 'source:2' else 'source:1' end
       where owner = 'source:3' or owner = 'source:1'`,
        `update vault_secrets set version = 7 where owner = 'source:1'`,
        `update vault_secrets set sealed = substr(sealed, 1, length(sealed) - 4) where owner = 'source:1'`,
        `update vault_secrets set sealed = 'no base64 !' where owner = 'source:1'`,
        `update vault_secrets set sealed = sealed || '\n' where owner = 'source:1'`,
        `update vault_secrets set sealed = '' where owner = 'source:1'`,
      ]) {
        await s.sql('delete from vault_secrets');
        await s.seal(one, 'zebra');
        if (!statement.includes('case')) await s.seal(two, 'walrus');
        await s.sql(statement);
        const victim = statement.includes('case') ? two : one;
        await assert.rejects(
          s.vault.open(victim),
          (error: Error & { code?: string; advice?: string }) =>
            error.code === 'server.vault-damaged' &&
            error.message.includes(`password of ${victim.owner}`) &&
            !/zebra|walrus/.test(error.message) &&
            error.advice !== undefined,
          statement,
        );
      }
      await s.sql('delete from vault_secrets');
      await s.seal(one, 'zebra');
      await s.sql(`update vault_secrets set name = 'token'`);
      await assert.rejects(s.vault.open({ ...one, name: 'token' }), { code: 'server.vault-damaged' });
    });

    it('seals for no key that somebody with SQL has entered', async () => {
      await using s = await stage(databases);
      await s.seal(one, 'mine');
      await s.sql(
        `insert into vault_keys select '${'e'.repeat(64)}', bits, 'retiring', since from vault_keys`,
      );
      await s.sql(`update vault_keys set state = 'retired' where state = 'current'`);
      await s.sql(`update vault_keys set state = 'current' where state = 'retiring'`);
      await assert.rejects(s.seal(two, 'other'), { code: 'server.vault-wrong-key' });
      assert.equal(await s.vault.open(one), 'mine');
    });

    it('never makes a new key in place of one that is lost', async () => {
      await using s = await stage(databases);
      await s.seal(one, 'mine');
      await rename(s.keys.path, join(s.folder, 'aside'));
      await assert.rejects(s.vault.open(one), { code: 'server.vault-key-missing' });
      // The public half is there still: what comes in can be sealed.
      await s.seal(two, 'later');
      await rm(s.keys.publicPath);
      await assert.rejects(s.seal(two, 'more'), { code: 'server.vault-key-missing' });
      await assert.rejects(readFile(s.keys.path), { code: 'ENOENT' });
      await new KeyFile(s.folder, { bits: 2_048 }).first();
      await assert.rejects(s.vault.open(one), { code: 'server.vault-wrong-key' });
      await assert.rejects(s.seal(one, 'more'), { code: 'server.vault-wrong-key' });
      await rename(join(s.folder, 'aside'), s.keys.path);
      assert.equal(await s.vault.open(one), 'mine');
      assert.equal(await s.vault.open(two), 'later');
    });

    it('begins with one key, however many processes begin', async () => {
      await using s = await stage(databases);
      const at = (path: string): string => JSON.stringify(import.meta.resolve(path));
      const { settings: where } = s;
      const settings =
        where.kind === 'sqlite'
          ? JSON.stringify(where)
          : `{ ...${JSON.stringify({ ...where, password: undefined })}, password: new Secret(${JSON.stringify(where.password?.reveal())}) }`;
      const script = (n: number): string => `
      import { openDatabase, Secret, systemClock } from ${at('../platform/index.ts')};
      import { migrations } from ${at('../migrations.ts')};
      import { KeyFile, Vault } from ${at('./index.ts')};
      const database = await openDatabase(${settings}, migrations);
      const holder = new KeyFile(${JSON.stringify(s.folder)}, { bits: 2048 });
      const vault = new Vault({ database, clock: systemClock, holder });
      await database.change((t) => vault.seal(t, { owner: 'source:${n}', name: 'password' }, 'secret ${n}'));
      await database.close();`;
      await Promise.all(
        [1, 2].map((n) => {
          const running = run(process.execPath, ['--input-type=module', '-']);
          running.child.stdin?.end(script(n));
          return running;
        }),
      );
      assert.equal((await inspectVault(s)).keys.length, 1);
      assert.equal(await s.vault.open(one), 'secret 1');
      assert.equal(await s.vault.open(two), 'secret 2');
      assert.deepEqual((await readdir(s.folder)).filter((name) => name.startsWith('vault')).sort(), [
        'vault.pem',
        'vault.pub',
      ]);
    });
  });
});
