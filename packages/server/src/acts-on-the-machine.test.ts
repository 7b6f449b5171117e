import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { AuditLog } from './audit/index.ts';
import { migrations } from './migrations.ts';
import { openPlatform } from './open-platform.ts';
import { configFrom, openDatabase, silentLog, systemClock } from './platform/index.ts';
import { type DatabaseMaker, onEachDatabase } from './testing/temporary-database.ts';

const origin = { actor: { id: 'root', name: 'root', kind: 'system' } } as const;

async function stage(databases: DatabaseMaker, vault: (folder: string) => string = () => '') {
  const settings = await databases.upToDate();
  const folder = await mkdtemp(join(tmpdir(), 'octobox-acts-'));
  const site = join(folder, 'site');
  await mkdir(join(site, 'images'), { recursive: true });
  for (let i = 0; i < 6; i++) await writeFile(join(site, 'images', `${i}`), `image ${i}`);
  const text = `listen: 127.0.0.1:0\noffsite: { paris: { location: ${join(folder, 'paris')} } }\n${vault(folder)}`;
  const file = { path: join(folder, 'octobox.yaml'), text };
  const config = { ...configFrom({ env: {}, dataFolder: join(folder, 'data'), file }), database: settings };
  const platform = await openPlatform(config, { log: silentLog });
  await platform.repository.init();
  await platform.catalog.addService({ name: 'Web shop', criticality: 'critical' });
  const source = await platform.catalog.addSource({
    ...{ serviceId: 'web-shop', name: 'Shop files', location: site, schedule: 'every 1h' },
    kind: 'files',
  });
  const database = await openDatabase(settings, migrations);
  const log = new AuditLog({ database, clock: systemClock });
  return {
    ...{ platform, source, site },
    removeKey: () =>
      database.change((t) => t.deleteFrom('vault_secrets').where('name', '=', 'identity').execute()),
    /** The acts of that person, the oldest first. */
    acts: async () =>
      (await log.entries({ limit: 99 })).filter((entry) => entry.origin.actor?.id === 'root').reverse(),
    async [Symbol.asyncDispose]() {
      await database.close();
      await platform.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

onEachDatabase((databases) => {
  describe('what somebody does at the command line of the machine', () => {
    it('is in the audit log, as what is done in the console is', async () => {
      await using s = await stage(databases);
      const { platform, source } = s;
      await platform.runNow.backup(source.id, { origin });
      await platform.runNow.backup(source.id);
      await platform.runNow.drill(source.id, { origin });
      await platform.runNow.mirror('paris', { acceptLoss: true, origin });
      await rm(join(s.site, 'images'), { recursive: true });
      await platform.runNow.backup(source.id);
      await platform.sources.acceptChange(source.id, origin, 'They moved');
      await platform.sources.acceptChange(source.id, origin);
      await platform.runNow.restore(source.id, { origin });
      const subject = `source:${source.id}`;
      assert.deepEqual(
        (await s.acts()).map((act) => [act.action, act.subject]),
        [
          ['backup.asked', subject],
          ['drill.asked', subject],
          ['mirror.asked', 'repository:paris'],
          ['source.change-accepted', subject],
          ['restore.asked', subject],
        ],
      );
      const [, , mirror, accepted, restore] = await s.acts();
      assert.equal(mirror?.after?.acceptLoss, true);
      assert.ok(Number(accepted?.before?.findings) > 0);
      assert.equal(accepted?.after?.reason, 'They moved');
      assert.equal(typeof restore?.after?.job, 'number');
    });

    it('is there when keys of the platform are made anew, which says first which, and leaves the key of the vault', async () => {
      await using s = await stage(databases);
      const { platform } = s;
      await platform.startConsole();
      assert.deepEqual(await platform.vault.lostOwnKeys(), []);
      await s.removeKey();
      const lost = await platform.vault.lostOwnKeys();
      assert.deepEqual(
        lost.map(({ name, error: { code } }) => [name, code]),
        [['identity', 'server.vault-key-replaced']],
      );
      const outdated = { code: 'server.plan-outdated' };
      await assert.rejects(platform.vault.renewOwnKeys(['session-signing'], origin), outdated);
      const { keys } = await platform.vault.report();
      await platform.vault.renewOwnKeys(['identity'], origin);
      assert.deepEqual(await platform.vault.lostOwnKeys(), []);
      assert.deepEqual(
        (await platform.vault.report()).keys.map(({ fingerprint }) => fingerprint),
        keys.map(({ fingerprint }) => fingerprint),
      );
      const acts = await s.acts();
      assert.deepEqual(
        acts.filter(({ action }) => action === 'own-keys.renewed').map(({ after }) => after),
        [{ keys: 'identity' }],
      );
    });

    it('makes keys of the platform anew also where the key of a command is given up for lost and is not', async () => {
      await using s = await stage(databases, keyCommandIn);
      await s.platform.startConsole();
      await s.removeKey();
      const result = await s.platform.vault.rotate({ keyLost: true }, origin);
      assert.deepEqual([result.finished, result.rewrapped], [true, 0]);
      assert.deepEqual(await s.platform.vault.lostOwnKeys(), []);
    });

    it('is there of each step by which the key of the vault changes', async () => {
      await using s = await stage(databases);
      const { platform } = s;
      const { fingerprint } = await platform.vault.prepareRotation(origin);
      await platform.vault.prepareRotation(origin);
      await platform.vault.rotate({}, origin);
      const key = { key: fingerprint };
      assert.deepEqual(
        (await s.acts()).map((act) => [act.action, act.after]),
        [
          ['vault-key.rotation-prepared', key],
          ['vault-key.rotation-begun', key],
          ['vault-key.rotation-ended', key],
        ],
      );
      const [, begun] = await s.acts();
      assert.match(String(begun?.before?.key), /^[0-9a-f]{64}$/);
      await platform.vault.rotate({ keyLost: true }, origin);
      assert.equal((await s.acts()).at(-2)?.after?.keyLost, true);
    });
  });
});

/** The lines of octobox.yaml for a key that OpenSSL holds. */
function keyCommandIn(folder: string): string {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const [own, published] = [join(folder, 'own.pem'), join(folder, 'own.pub')];
  writeFileSync(own, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  writeFileSync(published, publicKey.export({ type: 'spki', format: 'pem' }));
  const padding = ['-pkeyopt', 'rsa_padding_mode:oaep', '-pkeyopt', 'rsa_oaep_md:sha256'];
  const command = JSON.stringify(['openssl', 'pkeyutl', '-decrypt', '-inkey', own, ...padding]);
  return `vault: { keyCommand: { command: ${command}, publicKeyFile: ${published} } }\n`;
}
