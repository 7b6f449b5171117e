import assert from 'node:assert/strict';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { InvalidError, NotFoundError, ScheduleError } from '../platform/index.ts';
import { temporaryCatalog } from '../testing/temporary-catalog.ts';
import { onEachDatabase } from '../testing/temporary-database.ts';
import { VaultError } from '../vault/index.ts';

onEachDatabase((databases) => {
  describe('the catalog', () => {
    it('gives a service the objectives of its tier, unless it has its own', async () => {
      await using s = await temporaryCatalog(databases);
      const shop = await s.catalog.addService({ name: 'Café Shop', criticality: 'critical' });
      assert.equal(shop.slug, 'cafe-shop');
      assert.deepEqual([shop.rpoSeconds, shop.rtoSeconds], [3_600, 900]);
      const own = await s.catalog.addService({ name: 'Wiki', criticality: 'low', rpoSeconds: 60 });
      assert.equal(own.rpoSeconds, 60);
      assert.deepEqual(
        (await s.catalog.services()).map(({ slug }) => slug),
        ['cafe-shop', 'wiki'],
      );
      await assert.rejects(s.catalog.addService({ name: 'Wiki', criticality: 'low' }), InvalidError);
      await assert.rejects(s.catalog.service('nothing'), NotFoundError);
    });

    it('gives a slug to a name of any writing, and never that of another service', async () => {
      await using s = await temporaryCatalog(databases);
      const add = async (name: string, slug?: string) =>
        (await s.catalog.addService({ name, criticality: 'low', ...(slug === undefined ? {} : { slug }) }))
          .slug;
      assert.equal(await add('Straße & Łódź, smørrebrød'), 'strasse-lodz-smorrebrod');
      assert.equal(await add('2024'), '2024');
      assert.equal(await add('Shop Магазин'), 'shop');
      assert.deepEqual(
        [await add('Магазин 2024'), await add('other', 'service-2'), await add('受注'), await add('🛒')],
        ['service', 'service-2', 'service-3', 'service-4'],
      );
      await s.catalog.removeService('service-3');
      // A slug that was made up belongs to its name: what was kept of that service is no other's.
      assert.equal(await add('在庫'), 'service-5');
      assert.equal(await add('受注'), 'service-3');
    });

    it('keeps the password of a source sealed, and nowhere else', async () => {
      await using s = await temporaryCatalog(databases);
      const shop = await s.catalog.addService({ name: 'Shop', criticality: 'critical' });
      const source = await s.catalog.addSource({
        serviceId: 'shop',
        kind: 'postgresql',
        name: 'Shop database',
        location: 'postgres://shop:p%40ss-w0rd@db.internal:5433/shop?sslmode=require',
        schedule: 'every 1h',
      });
      assert.equal(source.serviceId, shop.id);
      assert.equal(source.location, 'postgres://shop@db.internal:5433/shop?sslmode=require');
      assert.equal(await s.catalog.sourcePassword(source), 'p@ss-w0rd');
      const rows = JSON.stringify(await s.database.read.selectFrom('sources').selectAll().execute());
      const sealed = JSON.stringify(await s.database.read.selectFrom('vault_secrets').selectAll().execute());
      assert.doesNotMatch(rows + sealed, /p@ss-w0rd|p%40ss-w0rd/);
      if (s.settings.kind !== 'sqlite') return;
      for (const file of [s.settings.file, `${s.settings.file}-wal`]) {
        const bytes = await readFile(file);
        assert.ok(!bytes.includes('p@ss-w0rd') && !bytes.includes('p%40ss-w0rd'), file);
      }
    });

    it('gives the password for the address that it was given for, and for no other', async () => {
      await using s = await temporaryCatalog(databases);
      await s.catalog.addService({ name: 'Shop', criticality: 'critical' });
      const { id } = await s.catalog.addSource({
        serviceId: 'shop',
        kind: 'postgresql',
        name: 'Shop database',
        location: 'postgres://shop:canary@db.internal/shop',
      });
      // Somebody with SQL leads the connection to a server of his own, and then the row of the vault as well.
      const evil = 'postgres://shop@evil.example/shop';
      await s.database.change((t) => t.updateTable('sources').set({ location: evil }).execute());
      const led = await s.catalog.source(id);
      assert.equal(led.location, evil);
      assert.equal(await s.catalog.sourcePassword(led), undefined);
      await s.database.change((t) =>
        t
          .updateTable('vault_secrets')
          .set({ name: `password for ${evil}` })
          .execute(),
      );
      await assert.rejects(s.catalog.sourcePassword(led), { code: 'server.vault-damaged' });
    });

    it('keeps the password of a scratch server apart from its address, too', async () => {
      await using s = await temporaryCatalog(databases);
      await s.catalog.addService({ name: 'Shop', criticality: 'critical' });
      const scratch = (password: string): string => `postgres://scratch${password}@db.internal/postgres`;
      const { id, options } = await s.catalog.addSource({
        serviceId: 'shop',
        kind: 'postgresql',
        name: 'Shop database',
        location: 'postgres://shop@db.internal/shop',
        options: { scratchServer: scratch(':canary-1') },
      });
      assert.equal(options.scratchServer, scratch(''));
      assert.equal(await s.catalog.scratchPassword(id, scratch('')), 'canary-1');
      assert.equal(await s.catalog.sourcePassword(await s.catalog.source(id)), undefined);
      await s.catalog.changeSource(id, { options: { scratchServer: scratch(':canary-2') } });
      assert.equal(await s.catalog.scratchPassword(id, scratch('')), 'canary-2');
      await s.catalog.changeSource(id, { options: { excludes: [] } });
      assert.equal(await s.catalog.scratchPassword(id, scratch('')), 'canary-2');
      assert.doesNotMatch(
        JSON.stringify(await s.database.read.selectFrom('sources').selectAll().execute()),
        /canary/,
      );
      await s.catalog.changeSource(id, { options: { scratchServer: scratch('') } });
      assert.equal(await s.catalog.scratchPassword(id, scratch('')), undefined);
      await s.catalog.changeSource(id, { options: { scratchServer: scratch(':canary-3') } });
      await s.catalog.removeSource(id);
      assert.deepEqual(await s.database.read.selectFrom('vault_secrets').selectAll().execute(), []);
    });

    it('schedules backups and drills with the source, and ends both with it', async () => {
      await using s = await temporaryCatalog(databases);
      await s.catalog.addService({ name: 'Shop', criticality: 'critical' });
      const source = await s.catalog.addSource({
        serviceId: 'shop',
        kind: 'files',
        name: 'Shop files',
        location: '/srv/www',
        schedule: 'every 6h',
      });
      const kinds = async () =>
        (await s.scheduler.list()).map(({ kind, expression }) => `${kind} ${expression}`).sort();
      assert.deepEqual(await kinds(), ['backup every 6h', 'drill every 1d']);
      await s.catalog.changeSource(source.id, { schedule: 'every 3h' });
      assert.deepEqual(await kinds(), ['backup every 3h', 'drill every 1d']);
      await s.catalog.removeSource('Shop files');
      assert.deepEqual(await kinds(), []);
      await assert.rejects(s.catalog.source('Shop files'), NotFoundError);
    });

    it('changes of a source what is given, and leaves the rest as it was', async () => {
      await using s = await temporaryCatalog(databases);
      await s.catalog.addService({ name: 'Shop', criticality: 'critical' });
      const { id } = await s.catalog.addSource({
        serviceId: 'shop',
        kind: 'postgresql',
        name: 'Shop database',
        location: 'postgres://shop:old@db.internal/shop',
        options: { scratchServer: 'postgres://scratch@db.internal/postgres' },
        schedule: 'every 1h',
      });
      const changed = await s.catalog.changeSource(id, { rpoSeconds: 60, password: 'new' });
      assert.deepEqual([changed.rpoSeconds, changed.schedule], [60, 'every 1h']);
      assert.equal(changed.options.scratchServer, 'postgres://scratch@db.internal/postgres');
      assert.equal(await s.catalog.sourcePassword(await s.catalog.source(id)), 'new');

      await s.catalog.changeSource('Shop database', {
        schedule: 'every 3h',
        options: { excludes: ['*.tmp'] },
      });
      const source = await s.catalog.source(id);
      assert.deepEqual([source.rpoSeconds, source.schedule], [60, 'every 3h']);
      assert.deepEqual(source.options.excludes, ['*.tmp']);
      assert.equal(source.options.scratchServer, 'postgres://scratch@db.internal/postgres');
      const backup = (await s.scheduler.list()).find(({ kind }) => kind === 'backup');
      assert.equal(backup?.expression, 'every 3h');
      assert.equal(await s.catalog.sourcePassword(await s.catalog.source(id)), 'new');

      const back = await s.catalog.changeSource(id, { schedule: null, rpoSeconds: null });
      assert.deepEqual([back.rpoSeconds, back.schedule], [3_600, undefined]);
      assert.deepEqual(
        (await s.scheduler.list()).map(({ kind }) => kind),
        ['drill'],
      );
    });

    it('a change that is refused changes nothing, and not the password either', async () => {
      await using s = await temporaryCatalog(databases);
      await s.catalog.addService({ name: 'Shop', criticality: 'critical' });
      const { id } = await s.catalog.addSource({
        serviceId: 'shop',
        kind: 'postgresql',
        name: 'Shop database',
        location: 'postgres://shop:old@db.internal/shop',
        schedule: 'every 1h',
      });
      const before = await s.catalog.source(id);
      const wanted = { password: 'new', rpoSeconds: 60 };
      await assert.rejects(s.catalog.changeSource(id, { ...wanted, schedule: 'often' }), ScheduleError);
      await assert.rejects(s.catalog.changeSource(id, { ...wanted, rpoSeconds: 0 }), InvalidError);
      await assert.rejects(s.catalog.changeSource('nothing', wanted), NotFoundError);
      // What cannot be sealed for the key of this database leaves the rest of the change undone, too.
      const [key, aside] = [join(s.folder, 'vault.pem'), join(s.folder, 'aside')];
      await rename(key, aside);
      await rm(join(s.folder, 'vault.pub'));
      await assert.rejects(
        s.catalog.changeSource(id, { ...wanted, schedule: 'every 3h' }),
        (error) => error instanceof VaultError && error.code === 'server.vault-key-missing',
      );
      await rename(aside, key);
      assert.deepEqual(await s.catalog.source(id), before);
      assert.equal(await s.catalog.sourcePassword(await s.catalog.source(id)), 'old');
      assert.deepEqual((await s.scheduler.list()).map(({ expression }) => expression).sort(), [
        'every 1d',
        'every 1h',
      ]);
    });

    it('changes and removes a service; its slug said again is that service again', async () => {
      await using s = await temporaryCatalog(databases);
      const shop = await s.catalog.addService({ name: 'Shop', criticality: 'critical' });
      const changed = await s.catalog.changeService('shop', { name: 'The shop', rtoSeconds: 60 });
      assert.deepEqual(
        [changed.name, changed.rtoSeconds, changed.rpoSeconds, changed.criticality],
        ['The shop', 60, 3_600, 'critical'],
      );
      await assert.rejects(s.catalog.changeService('shop', { rtoSeconds: 0 }), InvalidError);
      for (const name of [' ', 'a'.repeat(121), 'two\nlines', 'turned \u202eround']) {
        await assert.rejects(s.catalog.changeService('shop', { name }), /^InvalidError: name: /);
        await assert.rejects(s.catalog.addService({ name, criticality: 'low' }), InvalidError);
      }
      const source = { serviceId: 'shop', kind: 'files', name: 'Files', location: '/srv' } as const;
      const first = await s.catalog.addSource({ ...source, schedule: 'every 6h' });
      await s.catalog.removeService('shop');
      assert.deepEqual([await s.catalog.services(), await s.catalog.sources()], [[], []]);
      assert.deepEqual(await s.scheduler.list(), []);
      assert.deepEqual(s.removed, [shop.id]);
      await assert.rejects(s.catalog.service(shop.id), NotFoundError);
      await assert.rejects(s.catalog.addSource(source), NotFoundError);

      const again = await s.catalog.addService({ name: 'Shop', criticality: 'low' });
      assert.deepEqual([again.id, again.criticality, again.createdAt], [shop.id, 'low', shop.createdAt]);
      assert.notEqual((await s.catalog.addSource(source)).id, first.id);
    });

    it('moves a source and its address; the password of the old address goes', async () => {
      await using s = await temporaryCatalog(databases);
      await s.catalog.addService({ name: 'Shop', criticality: 'critical' });
      const wiki = await s.catalog.addService({ name: 'Wiki', criticality: 'low' });
      const { id } = await s.catalog.addSource({
        serviceId: 'shop',
        kind: 'postgresql',
        name: 'Database',
        location: 'postgres://shop@db.internal/shop',
        password: 'canary-1',
        options: { scratchServer: 'postgres://scratch@db.internal/postgres', excludes: ['a'] },
        scratchPassword: 'canary-2',
      });
      const moved = await s.catalog.changeSource(id, {
        serviceId: wiki.id,
        location: 'postgres://shop@other.internal/shop',
        options: { scratchServer: null },
        drillSchedule: null,
      });
      assert.deepEqual(
        [moved.serviceId, moved.drillSchedule, moved.rpoSeconds],
        [wiki.id, undefined, 604_800],
      );
      assert.deepEqual(moved.options, { excludes: ['a'] });
      assert.deepEqual(await s.database.read.selectFrom('vault_secrets').selectAll().execute(), []);
      await assert.rejects(s.catalog.changeSource(id, { location: '/srv' }), InvalidError);
    });

    it('enters every change in the audit log in its transaction, and no password', async () => {
      await using s = await temporaryCatalog(databases);
      const origin = { actor: { id: 'root', name: 'root', kind: 'system' } } as const;
      await s.catalog.addService({ name: 'Shop', criticality: 'critical' }, origin);
      await s.catalog.addSource(
        {
          serviceId: 'shop',
          kind: 'postgresql',
          name: 'Database',
          location: 'postgres://shop:canary@db.internal/shop',
        },
        origin,
      );
      await s.catalog.changeSource('Database', { rpoSeconds: 60, password: 'canary' }, origin);
      await assert.rejects(
        s.catalog.change(origin, async (catalog) => {
          await catalog.addService({ name: 'Wiki', criticality: 'low' });
          throw new Error('not this time');
        }),
        /not this time/,
      );
      await s.catalog.removeService('shop', origin);
      const entries = await s.audit.entries({ limit: 10 });
      assert.deepEqual(
        entries.map(({ action }) => action),
        ['service.removed', 'source.removed', 'source.changed', 'source.added', 'service.added'],
      );
      assert.ok(entries.every(({ origin: { actor } }) => actor?.kind === 'system' && actor.id === 'root'));
      assert.deepEqual(entries[2]?.after, { name: 'Database', rpo_seconds: 60, password: 'given' });
      assert.doesNotMatch(JSON.stringify(entries), /canary/);
    });

    it('refuses what cannot work before it keeps anything', async () => {
      await using s = await temporaryCatalog(databases);
      await s.catalog.addService({ name: 'Shop', criticality: 'critical' });
      const files = { serviceId: 'shop', kind: 'files', name: 'Files', location: '/srv' } as const;
      await s.catalog.addSource(files);
      await assert.rejects(s.catalog.addSource(files), InvalidError);
      await assert.rejects(s.catalog.addSource({ ...files, name: 'B', location: 'relative' }), InvalidError);
      await assert.rejects(s.catalog.addSource({ ...files, name: 'B', schedule: 'often' }), ScheduleError);
      await assert.rejects(
        s.catalog.addSource({
          ...files,
          kind: 'postgresql',
          name: 'Files',
          location: 'postgres://a:hunter2@b/c',
        }),
        (error) => error instanceof InvalidError && !error.message.includes('hunter2'),
      );
      assert.deepEqual(await s.database.read.selectFrom('vault_secrets').selectAll().execute(), []);
      assert.equal((await s.catalog.sources()).length, 1);
    });
  });
});
