import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { withoutUnseenSigns } from '../platform/index.ts';
import { onEachDatabase } from '../testing/temporary-database.ts';
import { declarationStage } from './declaration-stage.ts';

const settings = `# our own
listen: 127.0.0.1:9000 # not the default

services:
  # the shop earns our money
  shop:
    name: 'The shop' # for customers
    sources:
      Database:
        location: postgres://shop@\${DB_HOST}/shop
        password: \${SHOP_PASSWORD}
        schedule: 60m
      # pictures
      Files: { location: /srv/www, excludes: ['*.tmp'] }
page:
  title: Status
`;
const env = { DB_HOST: 'db.internal', SHOP_PASSWORD: 'canary-1' };

onEachDatabase((databases) => {
  describe('an export', () => {
    it('of what was applied is the same file', async () => {
      await using s = await declarationStage(databases);
      await s.apply(settings, { env });
      assert.equal(await s.export(settings, env), settings);
    });

    it('changes in the file what is different, and keeps remarks, settings and references', async () => {
      await using s = await declarationStage(databases);
      await s.apply(settings, { env });
      await s.catalog.changeService('shop', { criticality: 'high', name: 'Shop' });
      await s.catalog.changeSource('Database', { schedule: 'every 2h', options: {} });
      await s.catalog.changeSource('Files', { options: { excludes: ['${x}'] } });
      await s.catalog.addService({ name: 'Wiki', criticality: 'low' });
      await s.catalog.addSource({ serviceId: 'wiki', kind: 'files', name: 'Pages', location: '/srv/wiki' });
      const text = await s.export(settings, env);
      for (const kept of [
        '# our own',
        'listen: 127.0.0.1:9000 # not the default',
        '# the shop earns our money',
        '# pictures',
        'location: postgres://shop@${DB_HOST}/shop',
        'password: ${SHOP_PASSWORD}',
        'title: Status',
        'schedule: 2h',
        '$${x}',
        'criticality: high',
        'drills: 1d',
        'schedule: on demand',
      ]) {
        assert.ok(text.includes(kept), `${kept}\n${text}`);
      }
      assert.deepEqual(await s.apply(text, { env, prune: true }), []);
      assert.equal(await s.export(text, env), text);
    });

    it('writes anew what cannot be read, and no secret', async () => {
      await using s = await declarationStage(databases);
      await s.apply(settings, { env });
      const text = await s.export(settings, {});
      assert.match(text, /# our own\n.*# not the default\n.*title: Status/s);
      assert.match(text, / {8}# password: kept in the vault\n {6}Files:/);
      assert.doesNotMatch(text, /canary|SHOP_PASSWORD/);
      assert.deepEqual(await s.apply(text, { prune: true }), []);
      const anchors = settings.replace("['*.tmp']", "&x ['*.tmp']");
      assert.deepEqual(await s.apply(await s.export(anchors, env), { prune: true }), []);
      for (const empty of ['', '# only a remark\n', 'services: 7\n', 'services:\n', '{}\n']) {
        const made = await s.export(empty);
        assert.deepEqual(await s.apply(made, { prune: true }), [], made);
        if (empty.startsWith('#')) assert.match(made, /# only a remark/);
      }
    });

    it('has services and sources in the order of the file that was applied, and then of their creation', async () => {
      await using s = await declarationStage(databases);
      const file = `services:
  zoo:
    criticality: low
    sources:
      Zebras: { location: /srv/z, schedule: "\${EVERY}" }
      Apes: { location: /srv/a }
      Moles: { location: /srv/m }
  shop: {}
  bank: { criticality: high }
`;
      const env = { EVERY: '6h' };
      const order = ['zoo', 'Zebras', 'Apes', 'Moles', 'shop', 'bank'];
      const orderIn = (text: string) =>
        [...text.matchAll(/^ +("?)([\w ]+)\1:( \{\}|$)/gm)]
          .map(([, , name]) => name)
          .filter((name) => name !== 'sources');
      await s.apply(file, { env });
      assert.deepEqual(orderIn(await s.export()), order);
      await s.catalog.addService({ name: 'Added', criticality: 'critical' });
      assert.deepEqual(orderIn(await s.export()), [...order, 'added']);
      // One that is written anew because it cannot be read is in the order in which it stood.
      const turned = file.replace('  shop: {}\n', '').replace('services:\n', 'services:\n  shop: {}\n');
      const anew = orderIn(await s.export(turned));
      assert.deepEqual(anew, ['shop', ...order.filter((name) => name !== 'shop'), 'added']);
    });

    it('drops from the file what is not in the catalog, moves what moved', async () => {
      await using s = await declarationStage(databases);
      const two = `${settings}`.replace(
        'page:',
        '  wiki:\n    criticality: low\n  gone: { sources: { x: { location: /x } } }\npage:',
      );
      await s.apply(two, { env });
      await s.catalog.removeService('gone');
      await s.catalog.removeSource('Files');
      const wiki = await s.catalog.service('wiki');
      await s.catalog.changeSource('Database', { serviceId: wiki.id });
      const text = await s.export(two, env);
      assert.doesNotMatch(text, /gone|Files/);
      assert.deepEqual(await s.apply(text, { env, prune: true }), []);
    });

    it('of random catalogs applies without change', async () => {
      await using s = await declarationStage(databases);
      const name = fc
        .string({ unit: 'binary', minLength: 1, maxLength: 12 })
        .map((x) => withoutUnseenSigns(x.trim()))
        .filter((x) => x !== '');
      const objective = fc.oneof(
        fc.integer({ min: 1, max: 10_000_000 }),
        fc.constantFrom(0.5, 3_600, 86_400),
      );
      const rhythm = fc.constantFrom(
        'every 1h',
        'every 6h',
        'every 90m',
        '0 3 * * * Europe/Berlin',
        '*/5 * * * *',
      );
      const source = fc.record({
        name,
        kind: fc.constantFrom('files', 'sqlite', 'postgresql'),
        path: fc.constantFrom('/srv', '/srv//a/', '/s r/${v}', '/ü: #x', '/__proto__'),
        excludes: fc.array(name, { maxLength: 3 }),
        schedule: fc.option(rhythm),
        drills: fc.option(rhythm),
        rpo: fc.option(objective),
        secret: fc.boolean(),
      });
      const service = fc.record({
        slug: fc.stringMatching(/^[a-z0-9]{1,5}(-[a-z0-9]{1,3})?$/),
        name,
        criticality: fc.constantFrom('critical', 'high', 'normal', 'low'),
        rpo: fc.option(objective),
        sources: fc.array(source, { maxLength: 4 }),
      });
      let earlier = '';
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(service, { selector: ({ slug }) => slug, maxLength: 5 }),
          async (services) => {
            await s.apply('services: {}', { prune: true });
            const taken = new Set<string>();
            for (const { slug, name, criticality, rpo, sources } of services) {
              await s.catalog.addService({
                slug,
                name,
                criticality,
                ...(rpo === null ? {} : { rpoSeconds: rpo }),
              });
              for (const one of sources) {
                if (taken.has(one.name)) continue;
                taken.add(one.name);
                const location = {
                  files: one.path,
                  sqlite: `sqlite:${one.path.replace(/\/$/, '/x')}`,
                  postgresql: `postgres://a${one.secret ? ':canary' : ''}@db/${encodeURIComponent(one.name)}`,
                }[one.kind];
                const isFit = one.kind !== 'postgresql' || !one.name.includes('/');
                if (!isFit) continue;
                await s.catalog.addSource({
                  serviceId: slug,
                  kind: one.kind,
                  name: one.name,
                  location,
                  ...(one.kind === 'files' ? { options: { excludes: one.excludes } } : {}),
                  ...(one.schedule === null ? {} : { schedule: one.schedule }),
                  drillSchedule: one.drills,
                  ...(one.rpo === null ? {} : { rpoSeconds: one.rpo }),
                });
              }
            }
            // Over the file of another catalog, and over none.
            for (const before of [earlier, '']) {
              const text = await s.export(before);
              assert.doesNotMatch(text, /canary/);
              assert.deepEqual(await s.apply(text, { prune: true }), []);
              assert.equal(await s.export(text), text);
              earlier = text;
            }
          },
        ),
        { numRuns: databases.kind === 'sqlite' ? 40 : 10 },
      );
    });

    const count = databases.kind === 'sqlite' ? 500 : 60;
    it(`of ${count} services and ${4 * count} sources applies without change, in bounded time`, async () => {
      await using s = await declarationStage(databases);
      const lines = ['services:'];
      for (let i = 0; i < count; i++) {
        lines.push(
          `  service-${i}:`,
          `    criticality: ${['critical', 'high', 'normal', 'low'][i % 4]}`,
          '    sources:',
        );
        for (let j = 0; j < 4; j++) {
          lines.push(
            `      source ${i} ${j}: { location: /srv/${i}/${j}, schedule: ${1 + (j % 3)}h, excludes: ['*.${i}'] }`,
          );
        }
      }
      const text = `${lines.join('\n')}\n`;
      const started = performance.now();
      assert.equal((await s.apply(text)).length, 5 * count);
      assert.equal(await s.export(text), text);
      const anew = await s.export('');
      assert.deepEqual(await s.apply(anew, { prune: true }), []);
      assert.deepEqual(await s.apply(text, { prune: true }), []);
      const seconds = (performance.now() - started) / 1_000;
      assert.ok(seconds < 60, `${seconds} s`);
    });
  });
});
