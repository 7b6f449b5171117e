import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { onEachDatabase } from '../../testing/temporary-database.ts';
import { apiStage } from '../api-stage.ts';

const shop = { name: 'Shop', criticality: 'critical' };

onEachDatabase((databases) => {
  describe('sources in the API', () => {
    it('looks at a source before it takes it, and at what would be another one', async () => {
      await using s = await apiStage(databases);
      await s.ask('POST', '/services', { key: s.key, body: shop });
      const post = (more: object) =>
        s.ask('POST', '/sources', {
          key: s.key,
          body: { serviceId: 'shop', kind: 'files', name: 'x', ...more },
        });
      const refused = [
        await post({ location: join(s.folder, 'mistyped') }),
        await post({ location: s.site, options: { paths: ['relative'] } }),
        await post({ kind: 'sqlite', location: join(s.site, 'index.html') }),
        await post({ kind: 'postgresql', location: 'postgres://shop:canary@127.0.0.1:5/shop' }),
        await post({ kind: 'postgresql', location: 'postgres://shop:canary@169.254.169.254/shop' }),
      ];
      for (const { status, json, text } of refused) {
        assert.equal(status, 422, text);
        assert.match(json.code, /^source\.|^server\.address-refused$/, text);
        assert.ok(json.advice, text);
        assert.ok(!text.includes('canary'), text);
        const anchor = json.type.split('#')[1];
        assert.ok((await s.ask('GET', '/reference')).text.includes(`id="${anchor}"`));
      }
      assert.deepEqual(await s.platform.catalog.sources(), []);
      const made = await post({ location: s.site });
      assert.equal(made.status, 201, made.text);
      const patch = (body: object) =>
        s.ask('PATCH', `/sources/${made.json.id}`, { key: s.key, body, headers: { 'if-match': '*' } });
      assert.match((await patch({ location: '/mistyped/again' })).json.code, /^source\./);
      assert.equal((await patch({ schedule: 'every 1h' })).status, 200);
    });

    it('names what a source of that kind has no use for, and a schedule that is none', async () => {
      await using s = await apiStage(databases);
      await s.ask('POST', '/services', { key: s.key, body: shop });
      const post = (body: object) =>
        s.ask('POST', '/sources', { key: s.key, body: { serviceId: 'shop', name: 'x', ...body } });
      const files = { kind: 'files', location: s.site };
      const database = { kind: 'postgresql', location: 'postgres://shop@127.0.0.1:5/shop' };
      const fieldsOf = ({ json }: Awaited<ReturnType<typeof post>>) =>
        json.errors?.map(({ field }: { field: string }) => field);
      const scratchServer = 'postgres://u@127.0.0.1/';
      const password = 'canary';
      for (const [body, fields] of [
        [{ ...files, options: { scratchServer }, password }, ['options.scratchServer', 'password']],
        [
          { ...database, options: { paths: ['/x'], oneFileSystem: false } },
          ['options.oneFileSystem', 'options.paths'],
        ],
        [{ kind: 'sqlite', location: '/x', options: { excludes: ['*'] } }, ['options.excludes']],
        [{ ...database, scratchPassword: password }, ['scratchPassword']],
      ] as const) {
        const refused = await post(body);
        assert.equal(refused.json.code, 'api.invalid', refused.text);
        assert.deepEqual(
          fieldsOf(refused),
          fields.map((field) => `body.${field}`),
          refused.text,
        );
        assert.ok(!refused.text.includes(password));
      }
      for (const [body, field] of [
        [{ kind: 'files', location: 'mysql://shop:canary@db/shop' }, 'location'],
        [{ kind: 'files', location: 'relative' }, 'location'],
        [{ ...database, kind: 'files' }, 'location'],
        [{ ...database, options: { scratchServer: 'mysql://u:canary@db/' } }, 'options.scratchServer'],
        [{ ...database, options: { scratchServer: '/tmp' } }, 'options.scratchServer'],
      ] as const) {
        const refused = await post(body);
        assert.deepEqual([refused.status, fieldsOf(refused)], [422, [`body.${field}`]], refused.text);
        assert.ok(!refused.text.includes(password));
      }
      for (const field of ['schedule', 'drillSchedule']) {
        const refused = await post({ ...files, [field]: 'now and then' });
        assert.equal(refused.json.code, 'server.schedule', refused.text);
        assert.deepEqual(fieldsOf(refused), [`body.${field}`]);
      }
      const { id } = (await post(files)).json;
      const patch = (body: object) =>
        s.ask('PATCH', `/sources/${id}`, { key: s.key, body, headers: { 'if-match': '*' } });
      assert.deepEqual(fieldsOf(await patch({ options: { scratchServer } })), ['body.options.scratchServer']);
      assert.deepEqual(fieldsOf(await patch({ drillSchedule: 'never' })), ['body.drillSchedule']);
      assert.deepEqual(fieldsOf(await patch({ location: 'mysql://db/shop' })), ['body.location']);
      assert.equal((await patch({ options: { scratchServer: null, paths: null } })).status, 200);
      const metadata = 'postgres://u@169.254.169.254/x';
      for (const body of [
        { ...database, location: metadata },
        { ...database, options: { scratchServer: metadata } },
      ]) {
        const refused = await post(body);
        assert.deepEqual([refused.status, refused.json.code], [422, 'server.address-refused'], refused.text);
      }
    });

    it('lets a change of a source be accepted by who has seen all of it', async () => {
      await using s = await apiStage(databases);
      await s.ask('POST', '/services', { key: s.key, body: shop });
      const body = { serviceId: 'shop', kind: 'files', name: 'www', location: s.site };
      const { id } = (await s.ask('POST', '/sources', { key: s.key, body })).json;
      const change = '/sources/www/unsettled-change';
      assert.equal((await s.ask('GET', change, { key: s.key })).json.code, 'server.not-found');
      const gone = (object: string) => ({ kind: 'missing', object, summary: `${object} is gone.` }) as const;
      const lacks = (...objects: string[]) =>
        s.platform.monitoring.record(id, { reachable: true, findings: objects.map(gone) });
      await lacks('images');
      const seen = await s.ask('GET', change, { key: s.key });
      assert.deepEqual(seen.json.findings, [gone('images')]);
      const accept = (etag: string | null) =>
        s.ask('POST', `${change}/accept`, {
          key: s.key,
          body: { reason: 'Both moved elsewhere' },
          headers: { 'if-match': etag ?? '' },
        });
      const open = (await s.ask('GET', '/unsettled-changes', { key: s.key })).json.items;
      assert.deepEqual(open, [seen.json]);
      await lacks('images', 'invoices');
      assert.equal((await accept(seen.headers.get('etag'))).json.code, 'api.outdated');
      assert.equal((await s.platform.monitoring.outages.openOf(id))?.state, 'open');
      const { headers } = await s.ask('GET', change, { key: s.key });
      assert.equal((await accept(headers.get('etag'))).status, 204);
      assert.equal(await s.platform.monitoring.outages.openOf(id), undefined);
      const entries = (await s.ask('GET', '/audit-entries?search=change-accepted', { key: s.key })).json
        .items;
      assert.deepEqual(
        entries.map(({ subject, before, after }: Record<string, unknown>) => ({ subject, before, after })),
        [
          {
            subject: `source:${id}`,
            before: { missingSince: seen.json.startedAt, findings: 2 },
            after: { reason: 'Both moved elsewhere' },
          },
        ],
      );
      assert.deepEqual((await s.ask('GET', '/unsettled-changes', { key: s.key })).json.items, []);
    });

    it('says when each source is backed up and rehearsed next', async () => {
      await using s = await apiStage(databases);
      await s.ask('POST', '/services', { key: s.key, body: shop });
      const plans = { hourly: { schedule: 'every 1h', drillSchedule: '0 3 * * * Etc/UTC' }, never: {} };
      for (const [name, plan] of Object.entries(plans)) {
        const body = {
          serviceId: 'shop',
          kind: 'files',
          location: s.site,
          drillSchedule: null,
          name,
          ...plan,
        };
        assert.equal((await s.ask('POST', '/sources', { key: s.key, body })).status, 201);
      }
      const [service] = (await s.ask('GET', '/status', { key: s.key })).json.services;
      const [hourly, never] = service.sources;
      assert.match(hourly.nextDrillAt, /T03:00:00\.000Z$/);
      assert.ok(Date.parse(hourly.nextDueAt) <= Date.now() + 3_600_000);
      assert.deepEqual([never.nextDueAt, never.nextDrillAt], [undefined, undefined]);
    });
  });
});
