import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { sqliteMaker } from '../../../testing/temporary-database.ts';
import { apiStage } from '../../api-stage.ts';

const broken = Buffer.from([0x66, 0xff, 0x2e, 0x74]);
const turned = 'invoice\u202efdp.exe';

// Nothing here is the database's; the walk asks both.
describe('the files of a snapshot in the API', () => {
  const databases = sqliteMaker();
  it('are listed, searched and downloaded, whatever they are called', async () => {
    await using s = await apiStage(databases);
    const content = randomBytes(3_000_000);
    await mkdir(join(s.site, 'many'));
    for (let n = 0; n < 30; n++) await writeFile(join(s.site, 'many', `n${n + 10}.txt`), String(n));
    await writeFile(join(s.site, 'big'), content, { mode: 0o640 });
    await writeFile(join(s.site, 'two\nlines'), 'x');
    await writeFile(join(s.site, turned), 'x');
    await writeFile(Buffer.concat([Buffer.from(`${s.site}/`), broken]), 'bytes');
    await symlink('../nowhere', join(s.site, 'link'));
    const { id: serviceId } = await s.platform.catalog.addService({ name: 'Shop', criticality: 'high' });
    const source = await s.platform.catalog.addSource({
      ...{ serviceId, kind: 'files', name: 'shop', location: s.site },
    });
    const { snapshotId = '' } = await s.platform.runNow.backup(source.id);
    const list = async (query: Record<string, string>) => {
      const path = `/snapshots/${snapshotId}/files?${new URLSearchParams(query)}`;
      return (await s.ask('GET', path, { key: s.key })).json;
    };
    const all = async (query: Record<string, string>) => {
      const items: { name: string; kind: string; path: string; [field: string]: unknown }[] = [];
      let cursor = {};
      for (;;) {
        const page = await list({ ...query, ...cursor });
        items.push(...page.items);
        if (page.nextCursor === null) return items;
        cursor = { cursor: page.nextCursor };
      }
    };

    const items = await all({ path: s.site, limit: '2' });
    const byName = new Map(items.map((item) => [item.name, item]));
    const named = (name: string) => byName.get(name) ?? assert.fail(name);
    assert.equal(items.length, 7);
    assert.deepEqual([named('big').kind, named('big').size, named('big').mode], ['file', 3_000_000, '0640']);
    assert.deepEqual([named('many').kind, named('many').size], ['folder', undefined]);
    assert.deepEqual([named('link').kind, named('link').linkTarget], ['link', '../nowhere']);
    assert.ok(byName.has('two\nlines') && byName.has(turned));
    const odd = named('f\ufffd.t');
    assert.match(odd.path, /^base64:[\w-]+$/);
    assert.equal((await all({ path: join(s.site, 'many'), limit: '7' })).length, 30);
    const first = await list({ path: join(s.site, 'many'), limit: '7' });
    const next = { path: join(s.site, 'many'), limit: '7', cursor: first.nextCursor };
    assert.deepEqual(await list(next), await list(next), 'a page is the same when it is asked for again');

    const found = async (search: string) => (await all({ search, limit: '3' })).map(({ name }) => name);
    assert.deepEqual(
      await found('N1?.TXT'),
      Array.from({ length: 10 }, (_, n) => `n${n + 10}.txt`),
    );
    assert.deepEqual(await found('FDP'), [turned]);
    assert.deepEqual(await found('.t'), [
      'f\ufffd.t',
      ...Array.from({ length: 30 }, (_, n) => `n${n + 10}.txt`),
    ]);
    assert.deepEqual(await found('!a*'), []);
    for (const [query, code] of [
      [{ search: '[' }, 'api.invalid'],
      [{ search: 'a/b' }, 'api.invalid'],
      [{ path: 'srv' }, 'api.invalid'],
      [{ path: 'base64:!' }, 'api.invalid'],
      [{ path: '/\0' }, 'api.invalid'],
      [{ cursor: 'x' }, 'api.invalid'],
      [{ path: `${s.site}/../../etc` }, 'server.not-found'],
      [{ path: '/etc/passwd' }, 'server.not-found'],
      [{ path: join(s.site, 'big') }, 'server.not-found'],
    ] as const) {
      assert.equal((await list(query)).code, code, JSON.stringify(query));
    }

    const download = async (path: string, headers: Record<string, string> = {}) => {
      const query = new URLSearchParams({ path });
      return await fetch(`${s.url}/api/v1/snapshots/${snapshotId}/download?${query}`, {
        headers: { cookie: s.cookie(), ...headers },
      });
    };
    const big = await download(join(s.site, 'big'));
    assert.deepEqual(Buffer.from(await big.arrayBuffer()), content);
    assert.equal(big.headers.get('content-type'), 'application/octet-stream');
    assert.equal(big.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(big.headers.get('cache-control'), 'no-store');
    assert.equal(await (await download(odd.path)).text(), 'bytes');
    const lines = await download(join(s.site, 'two\nlines'));
    assert.match(lines.headers.get('content-disposition') ?? '', /filename="twolines"/);
    await lines.text();
    for (const path of [join(s.site, 'many'), join(s.site, 'link'), `${s.site}/../big`, '/']) {
      assert.equal((await download(path)).status, 404, path);
    }
    const foreign = await download(join(s.site, 'big'), { 'sec-fetch-site': 'cross-site' });
    assert.equal(((await foreign.json()) as { code: string }).code, 'api.foreign-origin');
    const entries = (await s.ask('GET', '/audit-entries?search=snapshot-file', { key: s.key })).json.items;
    assert.deepEqual(
      entries.map(({ after }: { after: { bytes: number } }) => after.bytes),
      [1, 5, 3_000_000],
    );
    assert.equal(entries[1].after.path, odd.path);
    const repository = await s.platform.repository.open();
    assert.equal((await repository.listFiles('lock')).size, 0);
    await repository.close();

    // What was backed up meanwhile is seen.
    await writeFile(join(s.site, 'late'), 'x');
    const later = await s.platform.runNow.backup(source.id);
    const path = `/snapshots/${later.snapshotId}/files?path=${encodeURIComponent(s.site)}&search=late`;
    assert.equal((await s.ask('GET', path, { key: s.key })).json.items.length, 1);
  });
});
