import assert from 'node:assert/strict';
import { chmod, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { NotFoundError } from '../platform/index.ts';
import { onEachDatabase } from '../testing/temporary-database.ts';
import { declarationStage, stepWords } from './declaration-stage.ts';
import type { DeclarationError } from './problems.ts';

const shop = `
services:
  shop:
    name: Shop
    sources:
      Shop database:
        location: postgres://shop@db.internal/shop
        password: \${SHOP_PASSWORD}
      Shop files:
        location: /srv/www
        excludes: ['*.tmp']
  wiki:
    criticality: low
    rto: 1h30m
    sources:
      Wiki:
        location: sqlite:/srv/wiki.db
        schedule: 0 3 * * * Europe/Berlin
        drills: on demand
`;
const env = { SHOP_PASSWORD: 'canary-1' };

onEachDatabase((databases) => {
  describe('a declaration', () => {
    it('becomes the catalog in one go, with the defaults of the policy, and then changes nothing', async () => {
      await using s = await declarationStage(databases);
      assert.deepEqual(await s.apply(shop, { env }), [
        'create service shop',
        'create source Shop database',
        'create source Shop files',
        'create service wiki',
        'create source Wiki',
      ]);
      const [database, files, wiki] = await s.catalog.sources();
      assert.ok(database && files && wiki);
      assert.deepEqual(
        [database, files, wiki].map(({ schedule, drillSchedule, rpoSeconds }) => [
          schedule,
          drillSchedule,
          rpoSeconds,
        ]),
        [
          ['every 1h', 'every 1d', 3_600],
          ['every 6h', 'every 1d', 21_600],
          ['0 3 * * * Europe/Berlin', undefined, 604_800],
        ],
      );
      assert.equal(await s.catalog.sourcePassword(database), 'canary-1');
      assert.equal((await s.catalog.service('wiki')).rtoSeconds, 5_400);
      assert.equal((await s.scheduler.list()).length, 5);
      assert.deepEqual(await s.apply(shop, { env }), []);
      const entries = await s.audit.entries({ limit: 10 });
      assert.equal(entries.length, 5);
      assert.ok(entries.every(({ origin }) => origin.actor?.kind === 'system'));
      assert.doesNotMatch(inspect(entries, { depth: 9 }), /canary/);
    });

    it('changes what is different, moves, and takes away only what it is told to', async () => {
      await using s = await declarationStage(databases);
      await s.apply(shop, { env });
      const before = await s.catalog.sources();
      const other = `
services:
  wiki:
    criticality: normal
    sources:
      Shop files: { location: /srv/web, paths: [/srv/more], oneFileSystem: true, schedule: 3h, rpo: 2d }
      Shop database:
        location: postgres://shop@db.internal/shop
        password: \${SHOP_PASSWORD}
        scratchServer: postgres://scratch@db.internal/postgres
        scratchPassword: \${SCRATCH}
`;
      const secrets = { SHOP_PASSWORD: 'canary-2', SCRATCH: 'canary-3' };
      const words = await s.apply(other, { env: secrets });
      assert.deepEqual(words, [
        'change service wiki; criticality: low → normal; rpo: 1w → 1d; rto: 90m → 4h; rehearse: 90d → 30d',
        'change source Shop files; service: shop → wiki; location: /srv/www → /srv/web; paths: - → /srv/more; excludes: *.tmp → -; oneFileSystem: false → true; schedule: 6h → 3h; drills: 1d → 2w; rpo: 6h → 2d',
        'change source Shop database; service: shop → wiki; scratchServer: - → postgres://scratch@db.internal:5432/postgres; drills: 1d → 2w; password: set → changed; scratchPassword: - → set',
        'leave source Wiki',
        'leave service shop',
      ]);
      const after = await s.catalog.sources();
      assert.deepEqual(
        after.map(({ id }) => id),
        before.map(({ id }) => id),
      );
      const [database] = after;
      assert.ok(database);
      assert.equal(await s.catalog.sourcePassword(database), 'canary-2');
      const { scratchServer = '' } = database.options;
      assert.equal(await s.catalog.scratchPassword(database.id, scratchServer), 'canary-3');
      const nothing = ['leave source Wiki', 'leave service shop'];
      assert.deepEqual(await s.apply(other, { env: secrets }), nothing);
      assert.deepEqual(await s.apply(other, { env: secrets, prune: true }), [
        'remove source Wiki',
        'remove service shop',
      ]);
      await assert.rejects(s.catalog.service('shop'), NotFoundError);
      assert.deepEqual(await s.apply('services: {}', { prune: true }), [
        'remove source Shop database',
        'remove source Shop files',
        'remove service wiki',
      ]);
      assert.deepEqual(await s.database.read.selectFrom('vault_secrets').selectAll().execute(), []);
    });

    it('sends no kept password to another address, and makes no other kind of a source', async () => {
      await using s = await declarationStage(databases);
      await s.apply(shop, { env });
      const moved = shop
        .replace('db.internal', 'evil.example')
        .replace(/ +password.*\n/, '')
        .replace('sqlite:/srv/wiki.db', '/srv/wiki');
      await assert.rejects(s.plan(moved), (error: DeclarationError) => {
        assert.deepEqual(
          error.problems.map(({ line, column }) => [line, column]),
          [
            [7, 19],
            [16, 19],
          ],
        );
        assert.match(error.message, /not sent to another one.*\n.*cannot become files/s);
        return true;
      });
      const given = shop.replace('db.internal', 'other.internal');
      assert.deepEqual(await s.apply(given, { env }), [
        'change source Shop database; location: postgres://shop@db.internal:5432/shop → postgres://shop@other.internal:5432/shop; password: set → changed',
      ]);
      assert.equal(await s.catalog.sourcePassword(await s.catalog.source('Shop database')), 'canary-1');
    });

    it('carries out the plan that was shown or nothing', async () => {
      await using s = await declarationStage(databases);
      const prepared = await s.plan(shop, { env });
      await s.catalog.addService({ name: 'Wiki', criticality: 'low' });
      const outdated = { code: 'server.plan-outdated' };
      await assert.rejects(s.carryOut(prepared), outdated);
      assert.deepEqual((await s.catalog.sources()).length, 0);

      await s.apply(shop, { env });
      const changed = await s.plan(shop, { env: { SHOP_PASSWORD: 'canary-2' } });
      assert.deepEqual(stepWords(changed), ['change source Shop database; password: set → changed']);
      const same = await s.plan(shop.replace('*.tmp', '*.bak'), { env });
      await s.catalog.changeSource('Shop database', { password: 'canary-3' });
      await assert.rejects(s.carryOut(same), outdated);
      assert.doesNotMatch(JSON.stringify(changed.plan) + inspect(changed, { depth: 20 }), /canary/);
    });

    it('says so when the key of the vault is not here, and needs it for nothing but secrets', async () => {
      await using s = await declarationStage(databases);
      await s.apply(shop, { env });
      await rename(join(s.folder, 'vault.pem'), join(s.folder, 'aside'));
      await assert.rejects(s.plan(shop, { env }), { code: 'server.vault-key-missing' });
      assert.deepEqual(await s.apply(shop.replace(/ +password.*\n/, '')), []);
    });

    it('takes a secret from a file that only its owner may read', async () => {
      await using s = await declarationStage(databases);
      const file = join(s.folder, 'password');
      await writeFile(file, 'canary-4\n', { mode: 0o600 });
      const text = shop.replace(/\$\{.*\}/, `file:${file}`);
      await s.apply(text);
      assert.equal(await s.catalog.sourcePassword(await s.catalog.source('Shop database')), 'canary-4');
      await chmod(file, 0o644);
      await assert.rejects(s.plan(text), (error: Error) => {
        assert.match(
          error.message,
          /octobox\.yaml:8:19: "password": .*open to others \(mode 0644\).*chmod 600/,
        );
        assert.doesNotMatch(error.message, /canary/);
        return true;
      });
    });
  });
});
