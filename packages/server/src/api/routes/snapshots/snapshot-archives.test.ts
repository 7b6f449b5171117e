import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { createLog } from '../../../platform/index.ts';
import { onEachDatabase } from '../../../testing/temporary-database.ts';
import { apiStage } from '../../api-stage.ts';

onEachDatabase((databases) => {
  describe('a folder of a snapshot in the API', () => {
    it('is downloaded with all that is below it, by who may restore, and that is audited', async () => {
      await using s = await apiStage(databases);
      await mkdir(join(s.site, 'images', 'old'), { recursive: true });
      const noise = Buffer.from(Array.from({ length: 300_000 }, (_, n) => (n * n) % 251));
      await writeFile(join(s.site, 'images', 'logo.bin'), noise);
      await writeFile(join(s.site, 'images', 'old', 'ä.txt'), 'before');
      const { id: serviceId } = await s.platform.catalog.addService({ name: 'Shop', criticality: 'high' });
      const add = { serviceId, kind: 'files', name: 'shop', location: s.site } as const;
      const source = await s.platform.catalog.addSource(add);
      const { snapshotId } = await s.platform.runNow.backup(source.id);
      await s.prove();
      const get = (path: string, more: { method?: string; headers?: Record<string, string> } = {}) =>
        fetch(`${s.url}/api/v1/snapshots/${snapshotId}/archive?path=${encodeURIComponent(path)}`, {
          method: more.method ?? 'GET',
          headers: { cookie: s.cookie(), ...more.headers },
        });

      const path = join(s.site, 'images');
      const asked = await get(path, { method: 'HEAD' });
      assert.equal(asked.status, 200);
      const answer = await get(path);
      assert.equal(answer.headers.get('content-type'), 'application/x-tar');
      assert.match(answer.headers.get('content-disposition') ?? '', /^attachment; filename="images.tar"/);
      const archive = join(s.folder, 'images.tar');
      await writeFile(archive, Buffer.from(await answer.arrayBuffer()));
      const out = join(s.folder, 'out');
      await mkdir(out);
      await promisify(execFile)('tar', ['-xf', archive, '-C', out]);
      assert.deepEqual(await readFile(join(out, path, 'logo.bin')), noise);
      assert.equal(await readFile(join(out, path, 'old', 'ä.txt'), 'utf8'), 'before');

      assert.equal((await get(join(s.site, 'gone'))).status, 404);
      const file = await get(join(s.site, 'index.html'));
      assert.equal(file.status, 404);
      assert.match(await file.text(), /no such folder in snapshot .*downloadSnapshotFile/);
      assert.equal((await get(path, { headers: { 'sec-fetch-site': 'cross-site' } })).status, 403);
      const { items } = (await s.ask('GET', '/audit-entries?search=downloaded', { key: s.key })).json;
      assert.deepEqual(
        items.map(({ action, after }: { action: string; after: unknown }) => [action, after]),
        [['snapshot-folder.downloaded', { snapshot: snapshotId, path }]],
      );
    });

    it('is cut where something cannot be read, and the log says why', async (t) => {
      const printed = t.mock.method(process.stderr, 'write', () => true);
      let logged = '';
      const destination = { write: (line: string) => (logged += line) };
      await using s = await apiStage(databases, { log: createLog({ level: 'info', destination }) });
      const { id: serviceId } = await s.platform.catalog.addService({ name: 'Shop', criticality: 'high' });
      const add = { serviceId, kind: 'files', name: 'shop', location: s.site } as const;
      const source = await s.platform.catalog.addSource(add);
      const data = join(s.folder, 'data', 'repository', 'data');
      const packs = async () => (await filesIn(data)).sort();
      await s.platform.runNow.backup(source.id);
      const before = await packs();
      await writeFile(join(s.site, 'photo.jpg'), randomBytes(200_000));
      const { snapshotId } = await s.platform.runNow.backup(source.id);
      await s.prove();
      const get = (what: string) =>
        fetch(`${s.url}/api/v1/snapshots/${snapshotId}/${what}`, { headers: { cookie: s.cookie() } });
      const path = encodeURIComponent(s.site);
      assert.ok((await (await get(`archive?path=${path}`)).arrayBuffer()).byteLength > 200_000);
      for (const pack of await packs()) {
        if (!before.includes(pack) && (await stat(pack)).size > 200_000) await rm(pack);
      }

      const cut = await get(`archive?path=${path}`);
      assert.equal(cut.status, 200);
      await assert.rejects(cut.arrayBuffer());
      // Of what fails at once the answer tells, not the connection, and nothing was downloaded.
      const none = await get(`download?path=${path}%2Fphoto.jpg`);
      assert.deepEqual([none.status, none.headers.get('content-type')], [503, 'application/problem+json']);
      const { items } = (await s.ask('GET', '/audit-entries?search=snapshot-f', { key: s.key })).json;
      assert.equal(items.length, 2);
      assert.match(logged, /"level":"warn".*damaged.*snapshots\/:id\/archive.*a download broke off/);
      assert.equal(printed.mock.callCount(), 0);
      assert.deepEqual(await readdir(join(s.folder, 'data', 'repository', 'locks')), []);
    });
  });
});

const filesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
