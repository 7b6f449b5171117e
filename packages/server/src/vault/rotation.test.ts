import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { systemClock } from '../platform/index.ts';
import { type DatabaseMaker, onEachDatabase } from '../testing/temporary-database.ts';
import { writeVaultKey } from '../testing/temporary-vault-key.ts';
import { inspectVault } from './inspection.ts';
import { type TemporaryToken, temporaryToken } from './key-command/temporary-token.ts';
import { KeyFile } from './key-file.ts';
import { type KeyCommands, KeyRing } from './key-ring.ts';
import { Rotation, type RotationProgress } from './rotation.ts';
import { Vault } from './vault.ts';

const name = (n: number) => ({ owner: `source:${String(n).padStart(3, '0')}`, name: 'password' });

async function stage(databases: DatabaseMaker, secrets: number) {
  const temporary = await databases.open();
  const { database, folder } = temporary;
  const keys = new KeyFile(folder, { bits: 2_048 });
  const vault = new Vault({ database, clock: systemClock, holder: keys });
  await vault.prepare();
  await database.change(async (transaction) => {
    for (let n = 0; n < secrets; n++) await vault.seal(transaction, name(n), `secret ${n}`);
  });
  return {
    ...temporary,
    keys,
    vault,
    rotation: new Rotation({ database, clock: systemClock, keys }),
    seal: (n: number, text: string) => database.change((t) => vault.seal(t, name(n), text)),
    report: () => inspectVault({ database, keys }),
    files: async () => (await readdir(folder)).filter((each) => each.startsWith('vault.')).sort(),
    async assertAllOpen() {
      for (let n = 0; n < secrets; n++) assert.equal(await vault.open(name(n)), `secret ${n}`);
    },
    [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose](),
  };
}

/** Stops a rotation when so many secrets are done. */
function stopAt(done: number) {
  const controller = new AbortController();
  const onProgress = (progress: RotationProgress): void => {
    if (progress.done >= done) controller.abort();
  };
  return { signal: controller.signal, onProgress };
}

onEachDatabase((databases) => {
  describe('the rotation of the vault’s key', () => {
    it('wraps everything for a new key, leaves the content, and the old key is gone', async () => {
      await using s = await stage(databases, 5);
      const content = async (): Promise<string[]> =>
        (await s.database.read.selectFrom('vault_secrets').select('sealed').orderBy('owner').execute()).map(
          ({ sealed }) => Buffer.from(sealed, 'base64').subarray(295).toString('base64'),
        );
      const [before, earlier] = [await s.report(), await content()];
      const seen: RotationProgress[] = [];
      const result = await s.rotation.run({ onProgress: (progress) => void seen.push(progress) });
      assert.deepEqual([result.finished, result.resumed, result.rewrapped], [true, false, 5]);
      assert.deepEqual(seen[0], { done: 0, total: 5 });
      assert.deepEqual(seen.at(-1), { done: 5, total: 5 });
      assert.deepEqual(await content(), earlier);
      await s.assertAllOpen();
      assert.deepEqual(await s.files(), ['vault.pem', 'vault.pub']);
      const after = await s.report();
      assert.deepEqual(after.keys.map(({ state, secrets, held }) => [state, secrets, held]).sort(), [
        ['current', 5, true],
        ['retired', 0, false],
      ]);
      assert.ok(
        after.secrets.every(
          ({ version, fingerprint }) => version === 1 && fingerprint === result.fingerprint,
        ),
      );
      assert.deepEqual(
        after.secrets.map(({ sealedAt }) => sealedAt),
        before.secrets.map(({ sealedAt }) => sealedAt),
      );
      assert.equal(await s.keys.publicKey(result.fingerprint).then(({ bits }) => bits), 2_048);
    });

    it('is interrupted and goes on with the same key; both open meanwhile', async () => {
      await using s = await stage(databases, 22);
      await assert.rejects(s.rotation.run(stopAt(20)), { name: 'AbortError' });
      assert.deepEqual(await s.files(), ['vault.next.pem', 'vault.pem', 'vault.pub']);
      const half = await s.report();
      assert.equal(half.rotating, true);
      const [current, retiring] = ['current', 'retiring'].map((state) =>
        half.keys.find((key) => key.state === state),
      );
      assert.ok(current !== undefined && current.secrets >= 20 && current.held);
      assert.ok(retiring !== undefined && retiring.secrets > 0 && retiring.held);
      await s.assertAllOpen();
      await s.seal(99, 'meanwhile');
      await s.seal(21, 'secret 21');
      assert.equal((await s.report()).secrets.at(-1)?.fingerprint, current.fingerprint);
      const result = await s.rotation.run();
      assert.deepEqual(
        [result.finished, result.resumed, result.fingerprint],
        [true, true, current.fingerprint],
      );
      await s.assertAllOpen();
      assert.equal(await s.vault.open(name(99)), 'meanwhile');
      assert.deepEqual(await s.files(), ['vault.pem', 'vault.pub']);
    });

    it('goes on from every step of its end and of its beginning', async () => {
      await using s = await stage(databases, 3);
      // The next key's file is there, and the database does not know it yet.
      const offered = await s.keys.offerNext(await s.keys.makePair());
      await s.assertAllOpen();
      await s.seal(50, 'meanwhile');
      assert.equal((await s.rotation.run()).fingerprint, offered.fingerprint);
      // The new file took its place, and the database was not told: as if that commit had never been.
      await s.database.change((t) =>
        sql`update vault_keys set state = 'retiring' where state = 'retired'`.execute(t),
      );
      await s.assertAllOpen();
      const last = await s.rotation.run();
      assert.deepEqual([last.finished, last.resumed], [true, false]);
      assert.deepEqual((await s.report()).keys.map(({ state }) => state).sort(), [
        'current',
        'retired',
        'retired',
      ]);
      await s.assertAllOpen();
    });

    it('loses nothing when many run at once, while others seal and open', async () => {
      await using s = await stage(databases, 10);
      let isDone = false;
      const work = async (): Promise<number> => {
        let rounds = 0;
        for (; !isDone; rounds++) {
          await s.seal(rounds % 10, `secret ${rounds % 10}`);
          assert.equal(await s.vault.open(name((rounds * 7) % 10)), `secret ${(rounds * 7) % 10}`);
        }
        return rounds;
      };
      const working = work();
      const other = new Rotation({ database: s.database, clock: systemClock, keys: s.keys });
      const rotating = (async () => {
        for (let i = 0; i < 2; i++) await Promise.all([s.rotation.run(), other.run()]);
      })().finally(() => {
        isDone = true;
      });
      const [rounds] = await Promise.all([working, rotating]);
      assert.ok(rounds > 0);
      await s.rotation.run();
      await s.assertAllOpen();
      assert.deepEqual(await s.files(), ['vault.pem', 'vault.pub']);
    });

    it('needs no pause on a second machine that was given the next key before', async () => {
      await using s = await stage(databases, 4);
      const there = join(s.folder, 'there');
      await mkdir(there);
      const elsewhere = new KeyFile(there);
      await copyFile(s.keys.path, elsewhere.path);
      const vault = new Vault({ database: s.database, clock: systemClock, holder: elsewhere });
      const next = await s.rotation.prepare();
      assert.equal((await s.rotation.prepare()).fingerprint, next.fingerprint);
      await copyFile(s.keys.nextPath, elsewhere.nextPath);
      const assertOpensThere = async (): Promise<void> => {
        for (let n = 0; n < 4; n++) assert.equal(await vault.open(name(n)), `secret ${n}`);
      };
      await assertOpensThere();
      const late = join(s.folder, 'late');
      await mkdir(late);
      await copyFile(s.keys.nextPath, new KeyFile(late).nextPath);
      assert.equal((await s.rotation.run()).fingerprint, next.fingerprint);
      await assertOpensThere();
      await s.database.change((transaction) => vault.seal(transaction, name(0), 'secret 0'));
      const other = new Rotation({ database: s.database, clock: systemClock, keys: elsewhere });
      const ended = await other.run();
      assert.deepEqual([ended.finished, ended.resumed, ended.rewrapped], [true, true, 0]);
      assert.deepEqual((await readdir(there)).sort(), ['vault.pem', 'vault.pub']);
      await assertOpensThere();
      // A third machine missed that, and another rotation: it does not lead the others back to its key.
      await s.rotation.run();
      const third = new Rotation({ database: s.database, clock: systemClock, keys: new KeyFile(late) });
      await assert.rejects(third.run(), { code: 'server.vault-wrong-key' });
      await s.assertAllOpen();
    });

    it('tells what it cannot open, keeps the old key for it, and ends when it was given again', async () => {
      await using s = await stage(databases, 3);
      await s.database.change((t) =>
        sql`update vault_secrets set sealed = 'AAAA' where owner = 'source:001'`.execute(t),
      );
      const result = await s.rotation.run();
      assert.deepEqual([result.finished, result.rewrapped], [false, 2]);
      assert.deepEqual(
        result.unreadable.map(({ owner, error }) => [owner, error.code]),
        [['source:001', 'server.vault-damaged']],
      );
      assert.ok((await s.files()).includes('vault.next.pem'));
      await s.seal(1, 'secret 1');
      assert.equal((await s.rotation.run()).finished, true);
      await s.assertAllOpen();
    });

    it('begins without the old key only when that is said to be lost, and takes it when it is back', async () => {
      await using s = await stage(databases, 2);
      const aside = join(s.folder, 'aside');
      await rename(s.keys.path, aside);
      await rm(s.keys.publicPath);
      await assert.rejects(s.rotation.run(), { code: 'server.vault-key-missing', advice: /--key-lost/ });
      assert.deepEqual(await s.files(), []);
      const lost = await s.rotation.run({ keyLost: true });
      assert.deepEqual([lost.finished, lost.unreadable.length], [false, 2]);
      await s.seal(0, 'secret 0');
      assert.equal(await s.vault.open(name(0)), 'secret 0');
      await rename(aside, s.keys.path);
      const found = await s.rotation.run();
      assert.deepEqual([found.finished, found.rewrapped], [true, 1]);
      await s.assertAllOpen();
    });
  });

  describe('the rotation between key files and key commands', () => {
    let token: TemporaryToken;
    before(async () => {
      token = await temporaryToken();
    });
    after(() => token[Symbol.asyncDispose]());

    it('goes from the file to the token, to another key of it, and back, and goes on where it was cut off', async () => {
      await using temporary = await databases.open();
      const [first, second] = [await token.makeKey('first'), await token.makeKey('second')];
      const { database, folder } = temporary;
      await writeVaultKey(folder);
      const holding = (commands: KeyCommands) => {
        const keys = new KeyRing(new KeyFile(folder, { bits: 2_048 }), commands);
        const vault = new Vault({ database, clock: systemClock, holder: keys });
        return {
          vault,
          rotation: new Rotation({ database, clock: systemClock, keys }),
          report: () => inspectVault({ database, keys }),
          async assertAllOpen() {
            for (let n = 0; n < 3; n++) assert.equal(await vault.open(name(n)), `secret ${n}`);
          },
        };
      };
      const files = async () => (await readdir(folder)).filter((each) => each.startsWith('vault.')).sort();

      const file = holding({});
      await file.vault.prepare();
      await database.change(async (t) => {
        for (let n = 0; n < 3; n++) await file.vault.seal(t, name(n), `secret ${n}`);
      });

      // A token that is away never becomes the one that is needed.
      const away = { ...first, environment: { ...first.environment, SOFTHSM2_CONF: '/dev/null' } };
      await assert.rejects(holding({ keyCommand: away }).rotation.run(), {
        code: 'server.vault-key-refused',
      });
      assert.equal((await file.report()).keys.length, 1);

      const inToken = holding({ keyCommand: first });
      await inToken.assertAllOpen();
      await assert.rejects(inToken.rotation.run({ signal: AbortSignal.abort() }), { name: 'AbortError' });
      assert.equal((await inToken.report()).rotating, true);
      await database.change((t) => inToken.vault.seal(t, name(1), 'secret 1'));
      await inToken.assertAllOpen();
      assert.ok((await files()).includes('vault.pem'));
      const done = await inToken.rotation.run();
      assert.deepEqual([done.finished, done.resumed], [true, true]);
      assert.deepEqual(await files(), []);
      await inToken.assertAllOpen();
      assert.equal((await inToken.report()).rotating, false);
      await assert.rejects(inToken.rotation.run(), {
        code: 'server.vault-key-current',
        advice: /formerKeyCommand/,
      });
      await assert.rejects(file.vault.open(name(0)), {
        code: 'server.vault-key-missing',
        advice: /keyCommand/,
      });

      const other = holding({ keyCommand: second, formerKeyCommand: first });
      assert.deepEqual((({ finished, rewrapped }) => [finished, rewrapped])(await other.rotation.run()), [
        true,
        3,
      ]);
      await other.assertAllOpen();
      // Who has missed that does not lead the others back.
      await assert.rejects(inToken.rotation.run(), { code: 'server.vault-wrong-key' });
      await assert.rejects(holding({ keyCommand: first, formerKeyCommand: second }).rotation.run(), {
        code: 'server.vault-wrong-key',
        message: /was the vault's key before/,
      });
      await holding({ keyCommand: second }).assertAllOpen();

      await assert.rejects(file.rotation.run(), { code: 'server.vault-key-missing' });
      const back = holding({ formerKeyCommand: second });
      assert.deepEqual((({ finished, rewrapped }) => [finished, rewrapped])(await back.rotation.run()), [
        true,
        3,
      ]);
      await file.assertAllOpen();
      assert.deepEqual(await files(), ['vault.pem', 'vault.pub']);
      assert.equal((await file.report()).rotating, false);
    });
  });
});
