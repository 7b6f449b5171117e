import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { startPostgres } from '@octobox/sources/testing';
import { needsProof, type Permission, permissions } from '../access/index.ts';
import { openPlatform } from '../open-platform.ts';
import { silentLog } from '../platform/index.ts';
import { onEachDatabase } from '../testing/temporary-database.ts';
import { apiStage, owner } from './api-stage.ts';

const shop = { name: 'Shop', criticality: 'critical' };

onEachDatabase((databases) => {
  describe('the API', () => {
    it('does a creation once, however often it is asked for with one idempotency key', async () => {
      await using s = await apiStage(databases);
      const headers: Record<string, string> = { 'idempotency-key': randomUUID() };
      const post = (body: unknown, more = headers) =>
        s.ask('POST', '/services', { key: s.key, body, headers: more });
      const answers = await Promise.all([post(shop), post(shop), post(shop)]);
      assert.deepEqual(
        answers.map(({ status }) => status),
        [201, 201, 201],
      );
      assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
      assert.equal(new Set(answers.map(({ headers }) => headers.get('etag'))).size, 1);
      assert.equal((await s.platform.catalog.services()).length, 1);
      assert.equal((await post(shop)).headers.get('idempotency-replayed'), 'true');
      const other = await post({ ...shop, name: 'Another' });
      assert.equal(other.json.code, 'api.idempotency-key');
      assert.equal((await post(shop, { 'idempotency-key': 'short' })).json.code, 'api.invalid');
      assert.equal((await post(shop, { 'idempotency-key': randomUUID() })).json.code, 'server.invalid');
      // What was refused is not kept: it may be sent again when it is mended.
      assert.equal((await s.platform.catalog.services()).length, 1);
    });

    it('gives long lists page by page, each thing once, also while things are added', async () => {
      await using s = await apiStage(databases);
      for (let i = 0; i < 7; i++)
        await s.platform.catalog.addService({
          name: `Service ${i}`,
          criticality: i % 2 === 0 ? 'low' : 'high',
        });
      const read = async (path: string, between?: () => Promise<unknown>) => {
        const ids: unknown[] = [];
        let cursor: string | null = '';
        while (cursor !== null) {
          const { json }: { json?: { items: { id: unknown }[]; nextCursor: string | null } } = await s.ask(
            'GET',
            `${path}?limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`,
            { key: s.key },
          );
          assert.ok(json);
          assert.ok(json.items.length <= 3);
          ids.push(...json.items.map(({ id }) => id));
          cursor = json.nextCursor;
          await between?.();
        }
        return ids;
      };
      const services = await read('/services');
      assert.equal(services.length, 7);
      assert.equal(new Set(services).size, 7);
      let more = 0;
      const entries = await read('/audit-entries', () =>
        s.platform.catalog.addService({ name: `Later ${++more}`, criticality: 'low' }),
      );
      assert.equal(new Set(entries).size, entries.length);
      const foreign = (await s.ask('GET', '/services?limit=3', { key: s.key })).json.nextCursor;
      const refused = await s.ask('GET', `/runs?cursor=${foreign}`, { key: s.key });
      assert.deepEqual(refused.json.errors, [
        { field: 'query.cursor', detail: 'this is no cursor of this list' },
      ]);
      assert.equal((await s.ask('GET', '/runs?limit=0', { key: s.key })).json.errors[0].field, 'query.limit');
    });

    it('tells of a record by which somebody with SQL let entries of the audit log go', async () => {
      await using s = await apiStage(databases);
      const promises = async () => (await s.ask('GET', '/promises', { key: s.key })).json.items;
      const forged = {
        at: '2026-01-01T00:00:00.000Z',
        until: '2025-01-01T00:00:00.000Z',
        first_id: 1,
        last_id: 9,
      };
      await s.database.change((t) =>
        t
          .insertInto('audit_removals')
          .values({ ...forged, entries: 9, held: '[]', digest: '' })
          .execute(),
      );
      assert.deepEqual(
        (await promises()).map(({ kind, state }: { kind: string; state: string }) => [kind, state]),
        [['audit-log-kept', 'broken']],
      );
    });

    it('tells of a row by which somebody with SQL gave a role', async () => {
      await using s = await apiStage(databases);
      await s.addColleague();
      await s.database.change((t) =>
        t.updateTable('members').set({ role: 'owner' }).where('user_id', '=', 'ben').execute(),
      );
      const { items } = (await s.ask('GET', '/promises', { key: s.key })).json;
      assert.deepEqual(
        items.map(({ kind, state }: { kind: string; state: string }) => [kind, state]),
        [['accounts-unaltered', 'broken']],
      );
    });

    it('lets nobody in where the key that seals the accounts is gone, and says what to do', async () => {
      await using s = await apiStage(databases);
      await s.database.change((t) => t.deleteFrom('vault_secrets').where('name', '=', 'identity').execute());
      await using anew = await openPlatform(s.platform.config, { log: silentLog });
      const { url, setUpUrl } = await anew.startConsole();
      assert.equal(setUpUrl, undefined);
      const answer = await fetch(`${url}/api/v1/services`, { headers: { authorization: `Bearer ${s.key}` } });
      const { code, advice } = (await answer.json()) as { code: string; advice: string };
      assert.deepEqual([answer.status, code], [503, 'server.vault-key-replaced']);
      assert.match(advice, /octobox vault begin-anew/);
      const form = { method: 'POST', headers: { origin: url }, body: new URLSearchParams(owner) };
      assert.equal((await fetch(`${url}/sign-in`, form)).status, 503);
      const [promise] = (await anew.board.report()).general;
      assert.deepEqual([promise?.kind, promise?.state], ['accounts-unaltered', 'broken']);
      await anew.vault.rotate({ keyLost: true });
      const again = await fetch(`${url}/api/v1/services`, { headers: { authorization: `Bearer ${s.key}` } });
      assert.equal(again.status, 200);
    });

    it('says by events how a job goes on, until it has ended', async () => {
      await using s = await apiStage(databases);
      await s.platform.catalog.addService(shop as never);
      const { id } = await s.platform.catalog.addSource({
        serviceId: 'shop',
        kind: 'files',
        name: 'files',
        location: s.site,
      });
      const asked = await s.ask('POST', `/sources/${id}/backups`, { key: s.key });
      assert.equal(asked.headers.get('location'), `/api/v1/jobs/${asked.json.id}`);
      const events = s.ask('GET', `/jobs/${asked.json.id}/events`, { key: s.key });
      await s.platform.jobs.finish(asked.json.id);
      const { text, headers } = await events;
      assert.match(headers.get('content-type') ?? '', /^text\/event-stream/);
      const states = [...text.matchAll(/^event: job\ndata: (.*)$/gm)].map(
        ([, data]) => JSON.parse(data ?? '').state,
      );
      assert.ok(states.length > 1, text);
      assert.equal(states.at(-1), 'succeeded');
      const brief = await s.makeKey(['runs.read']);
      const { job } = await s.platform.jobs.enqueue({
        kind: 'backup',
        payload: { sourceId: id },
        runAt: '2099-01-01T00:00:00.000Z' as never,
      });
      const stream = s.ask('GET', `/jobs/${job.id}/events`, { key: brief });
      await s.database.change((transaction) => transaction.deleteFrom('api_keys').execute());
      assert.ok(((await stream).text.match(/^event: job$/gm) ?? []).length <= 1, 'it ended with its key');
      const key = await s.makeKey(['runs.read', 'audit.read']);
      const [run] = (await s.ask('GET', `/runs?source=${id}`, { key })).json.items;
      assert.equal(run.jobId, asked.json.id);
      const actions = (await s.ask('GET', '/audit-entries?search=backup.asked', { key })).json.items;
      assert.equal(actions[0].origin.actor.name, 'Ada, by the key "a test"');
    });

    it('keeps no session alive by what a page follows, while nobody is there', async () => {
      await using s = await apiStage(databases);
      const { job } = await s.platform.jobs.enqueue({ kind: 'backup', payload: {} });
      await s.platform.jobs.cancel(job.id);
      const expires = new Date(Date.now() + 600_000).toISOString();
      await s.database.change((t) => t.updateTable('sessions').set({ expires_at: expires }).execute());
      const ends = async () =>
        (await s.database.read.selectFrom('sessions').select('expires_at').executeTakeFirst())?.expires_at;
      assert.equal((await s.ask('GET', `/jobs/${job.id}/events`, { inPerson: true })).status, 200);
      assert.equal(await ends(), expires);
      assert.equal((await s.ask('GET', `/jobs/${job.id}`, { inPerson: true })).status, 200);
      assert.notEqual(await ends(), expires);
    });

    it('is given keys for what it offers, and for nothing that no operation asks', async () => {
      await using s = await apiStage(databases);
      const document = (await s.ask('GET', '/openapi.json')).json;
      const asked = new Set(
        Object.values<Record<string, { 'x-octobox-permission'?: Permission }>>(document.paths)
          .flatMap((path) => Object.values(path).map((operation) => operation['x-octobox-permission']))
          .filter((permission) => permission !== undefined),
      );
      const { scopes } = (await s.ask('GET', '/account/api-key-offer', { inPerson: true })).json;
      for (const permission of permissions)
        assert.equal(
          scopes.includes(permission),
          asked.has(permission) && !needsProof(permission),
          permission,
        );
      const idle = permissions.find((permission) => !asked.has(permission) && !needsProof(permission));
      const form = (scope: string) =>
        [
          ['name', 'a test'],
          ['until', new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)],
          ['scope', scope],
        ] as [string, string][];
      if (idle !== undefined)
        assert.match(await s.page('/keys', form(idle)), /only permissions that the API asks for/);
      assert.match(await s.page('/keys', form('runs.read')), /octobox_/);
    });

    it('answers the own pages of who is signed in, and no page elsewhere', async () => {
      await using s = await apiStage(databases);
      const post = (headers: Record<string, string>) =>
        s.ask('POST', '/services', {
          body: { ...shop, name: randomUUID() },
          headers: { cookie: s.cookie(), ...headers },
        });
      assert.equal((await s.ask('GET', '/services', { headers: { cookie: s.cookie() } })).status, 200);
      assert.equal((await post({ origin: s.url })).status, 201);
      assert.equal((await post({ origin: 'https://evil.example' })).json.code, 'api.foreign-origin');
      assert.equal((await post({})).json.code, 'api.foreign-origin');
      assert.equal((await post({ origin: s.url, 'sec-fetch-site': 'cross-site' })).status, 403);
      // A key that is wrong is not made good by a cookie.
      const both = await post({ origin: s.url, authorization: 'Bearer nonsense' });
      assert.equal(both.json.code, 'api.unauthenticated');
      assert.match(both.headers.get('www-authenticate') ?? '', /^Bearer/);
    });

    it('keeps passwords to itself: in no answer, no file and no column', async () => {
      await using s = await apiStage(databases);
      await using server = await startPostgres();
      const canary = server.password;
      await s.ask('POST', '/services', { key: s.key, body: shop });
      const location = `postgres://${server.superuser}:${canary}@${server.host}:${server.port}/postgres`;
      const options = { scratchServer: location.replace(`:${canary}`, '') };
      const body = {
        ...{ serviceId: 'shop', kind: 'postgresql', name: 'data', location, options },
        scratchPassword: canary,
      };
      const headers = { 'idempotency-key': randomUUID() };
      const made = await s.ask('POST', '/sources', { key: s.key, body, headers });
      assert.equal(made.status, 201, made.text);
      const changed = await s.ask('PATCH', `/sources/${made.json.id}`, {
        key: s.key,
        body: { password: canary },
        headers: { 'if-match': made.headers.get('etag') ?? '' },
      });
      assert.equal(changed.status, 200, changed.text);
      const listed = await s.ask('GET', '/sources', { key: s.key });
      const log = await s.ask('GET', '/audit-entries', { key: s.key });
      const replies = JSON.stringify(
        await s.database.read.selectFrom('idempotent_replies').selectAll().execute(),
      );
      for (const text of [made.text, changed.text, listed.text, log.text, replies])
        assert.ok(!text.includes(canary), text);
      for (const entry of await readdir(s.folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue;
        const bytes = await readFile(join(entry.parentPath, entry.name));
        assert.ok(!bytes.includes(canary), entry.name);
      }
    });

    it('says that a body is too large also of one that does not say its length', async () => {
      await using s = await apiStage(databases);
      const response = await fetch(`${s.url}/api/v1/services`, {
        method: 'POST',
        headers: { authorization: `Bearer ${s.key}`, 'content-type': 'application/json' },
        body: new Blob(['x'.repeat(400_000)]).stream(),
        duplex: 'half',
      });
      assert.equal(response.status, 413);
      assert.equal(((await response.json()) as { code: string }).code, 'api.too-large');
    });

    it('tells who asks for what is not there, or in a way that is not there, what there is', async () => {
      await using s = await apiStage(databases);
      const nowhere = await s.ask('GET', '/nowhere', { key: s.key });
      assert.equal(nowhere.json.code, 'api.unknown-address');
      for (const path of ['/runs/abc', '/incidents/1e', '/runs?limit=many']) {
        const { status, json, text } = await s.ask('GET', path, { key: s.key });
        assert.deepEqual([status, json.code], [422, 'api.invalid'], text);
        assert.match(json.detail, /^(path\.id|query\.limit): it must be a whole number/);
        assert.doesNotMatch(text, /NaN/);
      }
      for (const [path, what] of [
        ['/runs?limit=0', 'query.limit: it must be a whole number from 1 to 200'],
        ['/runs?limit=1.5', 'query.limit: it must be a whole number from 1 to 200'],
        ['/runs/0', 'path.id: it must be a whole number from 1 on'],
        ['/runs/99999999999999999999', 'path.id: it must be a whole number from 1 on'],
      ] as const)
        assert.equal((await s.ask('GET', path, { key: s.key })).json.detail, what, path);
      const silent = (await s.ask('POST', '/statistics', { key: s.key })).json;
      assert.equal(silent.code, 'api.media-type');
      assert.match(silent.advice, /content-type.*\{\} where nothing/);
      const misspelt = await s.ask('GET', '/runs?stat=failed', { key: s.key });
      assert.equal(misspelt.json.code, 'api.invalid');
      const often = { serviceId: 'x', kind: 'files', name: 'x', location: s.site, schedule: 'every 1s' };
      const tooOften = await s.ask('POST', '/sources', { key: s.key, body: often });
      assert.deepEqual(tooOften.json.errors, [
        { field: 'body.schedule', detail: 'the shortest interval is 10s' },
      ]);
      assert.equal((await fetch(`${s.url}/api/v2/services`)).status, 404);
      const wrong = await s.ask('PUT', '/services', { key: s.key, body: {} });
      assert.equal(wrong.json.code, 'api.method');
      assert.equal(wrong.headers.get('allow'), 'GET, POST, HEAD');
      const first = await s.ask('GET', '/services', { key: s.key });
      const again = await s.ask('GET', '/services', {
        key: s.key,
        headers: { 'if-none-match': first.headers.get('etag') ?? '' },
      });
      assert.equal(again.status, 304);
      const head = await s.ask('HEAD', '/services', { key: s.key });
      assert.equal(head.headers.get('etag'), first.headers.get('etag'));
      const reference = await s.ask('GET', '/reference');
      const codes = [nowhere.json, wrong.json].map(({ type }) => type.split('#')[1]);
      for (const id of codes) assert.ok(reference.text.includes(`id="${id}"`), id);
      assert.match((await s.ask('GET', '/openapi.json')).json.openapi, /^3\.1/);
    });

    it('breaks by nothing that strangers or members write into it', async () => {
      await using s = await apiStage(databases);
      await s.ask('POST', '/services', { key: s.key, body: shop });
      const hostile = [
        "' or 1=1 --",
        '../../etc/passwd',
        '\0',
        '\ud800',
        'a\r\nb: c',
        '<script>',
        'x'.repeat(5_000),
      ];
      for (const text of hostile) {
        const inPath = encodeURIComponent(text.toWellFormed());
        const answers = [
          await s.ask('GET', `/services/${inPath}`, { key: s.key }),
          await s.ask('GET', `/runs?source=${inPath}&cursor=${inPath}`, { key: s.key }),
          await s.ask('GET', `/audit-entries?search=${inPath}`, { key: s.key }),
          await s.ask('POST', '/services', {
            key: s.key,
            body: { name: text, criticality: text, slug: text },
          }),
          await s.ask('POST', '/services', { key: s.key, body: { name: text, criticality: 'low' } }),
          await s.ask('POST', '/incidents', {
            key: s.key,
            body: { title: 'x', services: ['shop'], impact: 'degraded', text },
          }),
          await s.ask('PATCH', '/services/shop', {
            key: s.key,
            body: { name: text },
            headers: { 'if-match': '*' },
          }),
        ];
        const newer = [
          ['GET', `/snapshots/${inPath}/files?path=${inPath}&search=${inPath}&cursor=${inPath}`],
          ['GET', `/snapshots/${inPath}/download?path=${inPath}`],
          ['GET', `/snapshots/${inPath}/differences?since=${inPath}&path=${inPath}&cursor=${inPath}`],
          ['GET', `/sources/${inPath}/found-files?search=${inPath}&path=${inPath}&cursor=${inPath}`],
          ['POST', '/prune-plans', { maxUnusedPercent: text, maxRepackBytes: text }],
          ['POST', `/prune-plans/${inPath}/carry-out`],
          ['POST', '/repair-plans', { what: text, packs: [text], readAllPacks: text }],
          ['POST', `/repair-plans/${inPath}/carry-out`],
          ['POST', '/restore-plans', { source: text, snapshot: text }],
          ['POST', '/restores', { plan: text }],
          ['POST', '/invitations', { email: text, role: text, until: text, services: [text] }],
          ['PATCH', `/members/${inPath}`, { role: text }],
          ['DELETE', `/members/${inPath}`],
          ['GET', `/repository-growth?days=${inPath}`],
        ] as const;
        for (const [method, path, body] of newer)
          answers.push(await s.ask(method, path, { inPerson: true, body }));
        for (const [at, { status, text: answer }] of answers.entries())
          assert.ok(status < 500, `${at} ${JSON.stringify(text).slice(0, 40)}: ${status} ${answer}`);
      }
      // In person, as above, but from a page elsewhere: nothing is changed with the cookie of who is signed in.
      const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
      for (const [method, path] of [
        ['POST', '/restores'],
        ['POST', '/restore-plans'],
        ['POST', '/invitations'],
        ['DELETE', '/members/1'],
      ] as const) {
        const { json } = await s.ask(method, path, { inPerson: true, headers: foreign });
        assert.equal(json.code, 'api.foreign-origin', path);
      }
      for (const authorization of ['Bearer', 'Basic YTpi', `Bearer ${'x'.repeat(4_000)}`, 'Bearer octobox_'])
        assert.equal((await s.ask('GET', '/services', { headers: { authorization } })).status, 401);
    });
  });
});
