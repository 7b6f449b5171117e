import assert from 'node:assert/strict';
import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { onEachDatabase } from '../../../testing/temporary-database.ts';
import { apiStage } from '../../api-stage.ts';

interface Item {
  readonly path: string;
  readonly change: string;
  readonly before?: { readonly size?: number; readonly kind: string };
  readonly after?: { readonly size?: number; readonly kind: string };
}

onEachDatabase((databases) => {
  describe('what differs between two snapshots in the API', () => {
    it('is told by path, with how it was and how it is, a page at a time', async () => {
      await using s = await apiStage(databases);
      const { id: serviceId } = await s.platform.catalog.addService({ name: 'Shop', criticality: 'high' });
      const add = { serviceId, kind: 'files', name: 'shop', location: s.site } as const;
      const source = await s.platform.catalog.addSource(add);
      const at = (...names: string[]) => join(s.site, ...names);
      await mkdir(at('gone'));
      await writeFile(at('gone', 'file'), 'x');
      await writeFile(at('touched'), 'x');
      await writeFile(at('written'), 'x');
      await writeFile(at('same'), 'x');
      const { snapshotId: since = '' } = await s.platform.runNow.backup(source.id);
      await rm(at('gone'), { recursive: true });
      await utimes(at('touched'), 1, 1);
      await writeFile(at('written'), 'longer');
      await mkdir(at('came'));
      await writeFile(at('came', 'file'), 'xyz');
      const { snapshotId: id = '' } = await s.platform.runNow.backup(source.id);

      const ask = (query: Record<string, string>, of = id) =>
        s.ask('GET', `/snapshots/${of}/differences?${new URLSearchParams(query)}`, { key: s.key });
      const all = async (query: Record<string, string>, of?: string) => {
        const items: Item[] = [];
        for (let more = {}; ; ) {
          const { status, json, text } = await ask({ ...query, ...more }, of);
          assert.equal(status, 200, text);
          items.push(...json.items);
          if (json.nextCursor === null) return items;
          more = { cursor: json.nextCursor };
        }
      };
      const rows = (items: readonly Item[]) =>
        items.map(({ path, change, before, after }) => [path, change, before?.size, after?.size]);
      const wanted = [
        [at('came'), 'added', undefined, undefined],
        [at('came', 'file'), 'added', undefined, 3],
        [at('gone'), 'removed', undefined, undefined],
        [at('gone', 'file'), 'removed', 1, undefined],
        [at('written'), 'content', 1, 6],
      ];
      for (const limit of ['1', '2', '50'])
        assert.deepEqual(rows(await all({ since, limit })), wanted, limit);
      const [came] = await all({ since });
      assert.deepEqual([came?.before, came?.after?.kind], [undefined, 'folder']);
      const touched = await all({ since, metadata: 'true', path: s.site });
      assert.deepEqual(
        touched.filter(({ change }) => change === 'metadata').map(({ path }) => path),
        [at('touched')],
      );
      const turned = await all({ since: id }, since);
      assert.deepEqual(
        turned.map(({ change }) => change),
        ['removed', 'removed', 'added', 'added', 'content'],
      );
      assert.deepEqual(await all({ since: id }), []);
      for (const [query, status] of [
        [{}, 422],
        [{ since, path: 'srv' }, 422],
        [{ since, cursor: 'x' }, 422],
        [{ since, metadata: 'yes' }, 422],
        [{ since: '0'.repeat(64) }, 404],
        [{ since, path: at('nowhere') }, 404],
      ] as const)
        assert.equal((await ask(query as Record<string, string>)).status, status, JSON.stringify(query));
    });
  });
});
