import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { onEachDatabase } from '../../../testing/temporary-database.ts';
import { apiStage } from '../../api-stage.ts';

interface Searched {
  readonly snapshots: number;
  readonly upTo?: string;
  readonly backTo?: string;
  readonly of?: number;
}

interface Item {
  readonly snapshotId: string;
  readonly path: string;
  readonly size?: number;
}

async function damage(folder: string, name: string): Promise<void> {
  const file = (await readdir(folder)).find((each) => each.startsWith(name)) ?? assert.fail(name);
  await chmod(join(folder, file), 0o600);
  await writeFile(join(folder, file), 'no snapshot');
}

onEachDatabase((databases) => {
  describe('finding files across the snapshots of a source by the API', () => {
    it('tells each snapshot that has them, the newest first, a page at a time', async () => {
      await using s = await apiStage(databases);
      const { id: serviceId } = await s.platform.catalog.addService({ name: 'Shop', criticality: 'high' });
      const other = join(s.folder, 'other');
      await mkdir(other);
      await writeFile(join(other, 'prices.txt'), 'elsewhere');
      const add = (name: string, location: string) =>
        s.platform.catalog.addSource({ serviceId, kind: 'files', name, location });
      const [source, another] = [await add('shop', s.site), await add('other', other)];
      const taken: string[] = [];
      const backUp = async () => taken.unshift((await s.platform.runNow.backup(source.id)).snapshotId ?? '');
      await backUp();
      const [old, lists] = [join(s.site, 'Prices.txt'), join(s.site, 'lists')];
      await writeFile(old, '1');
      await mkdir(lists);
      for (let n = 0; n < 3; n++) await writeFile(join(lists, `prices-${n}.txt`), `${n}`);
      await backUp();
      await writeFile(old, '1234');
      await backUp();
      await rm(lists, { recursive: true });
      await backUp();
      await s.platform.runNow.backup(another.id);

      const ask = (query: Record<string, string>, name = 'shop') =>
        s.ask('GET', `/sources/${name}/found-files?${new URLSearchParams(query)}`, { key: s.key });
      const all = async (query: Record<string, string>, name?: string) => {
        const items: Item[] = [];
        const searched: Searched[] = [];
        for (let more = {}; ; ) {
          const { status, json, text } = await ask({ ...query, ...more }, name);
          assert.equal(status, 200, text);
          assert.ok(json.items.length <= Number(query.limit ?? 50));
          items.push(...json.items);
          searched.push(json.searched);
          if (json.nextCursor === null) return { items, searched };
          more = { cursor: json.nextCursor };
        }
      };
      const [newest, third, second, first] = taken;
      const wanted = [
        [newest, old, 4],
        [third, old, 4],
        ...[0, 1, 2].map((n) => [third, join(lists, `prices-${n}.txt`), 1]),
        [second, old, 1],
        ...[0, 1, 2].map((n) => [second, join(lists, `prices-${n}.txt`), 1]),
      ];
      const asRows = (items: readonly Item[]) =>
        items.map(({ snapshotId, path, size }) => [snapshotId, path, size]);
      for (const limit of ['1', '4', '50']) {
        const { items, searched } = await all({ search: 'prices', limit });
        assert.deepEqual(asRows(items), wanted, `pages of ${limit}`);
        assert.ok(limit !== '1' || searched.length >= wanted.length);
        // Each snapshot is counted once, on the page on which it ended.
        assert.equal(
          searched.reduce((sum, { snapshots }) => sum + snapshots, 0),
          4,
        );
        assert.deepEqual(
          searched.map(({ of }) => of),
          searched.map((_, page) => (page === 0 ? 4 : undefined)),
        );
      }
      const below = await all({ search: 'prices*', path: lists });
      assert.deepEqual(
        asRows(below.items),
        wanted.filter(([, path]) => path !== old),
      );
      assert.equal((await all({ search: 'index.html' })).items.at(-1)?.snapshotId, first);
      assert.deepEqual((await all({ search: 'nothing-such' })).items, []);
      assert.equal((await all({ search: 'prices' }, another.id)).items.length, 1);

      // By the day of the snapshot, and what was looked through is told where nothing was found.
      const days = ['2026-03-01', '2026-03-02', '2026-03-02', '2026-03-04'];
      await s.database.change(async (t) => {
        for (const [n, snapshot] of [first, second, third, newest].entries())
          await t
            .updateTable('runs')
            .set({ started_at: `${days[n]}T23:59:59.999Z` })
            .where('snapshot_id', '=', snapshot ?? '')
            .execute();
      });
      const of = async (period: Record<string, string>) =>
        new Set((await all({ search: 'prices', ...period })).items.map(({ snapshotId }) => snapshotId));
      assert.deepEqual(await of({ from: '2026-03-02', to: '2026-03-02' }), new Set([third, second]));
      assert.deepEqual(await of({ from: '2026-03-03' }), new Set([newest]));
      assert.deepEqual((await all({ search: 'prices', to: '2026-03-01' })).searched, [
        { snapshots: 1, upTo: '2026-03-01T23:59:59.999Z', backTo: '2026-03-01T23:59:59.999Z', of: 1 },
      ]);
      assert.deepEqual((await all({ search: 'prices', to: '2026-02-28' })).searched, [
        { snapshots: 0, of: 0 },
      ]);

      // What retention removed is passed over, also in the middle of a search.
      const begun = (await ask({ search: 'prices', limit: '2' })).json;
      const repository = await s.platform.repository.open();
      for (const name of [third, newest])
        await repository.storage.remove({ kind: 'snapshot', name: name ?? '' });
      await repository.close();
      const rest = (await ask({ search: 'prices', cursor: begun.nextCursor })).json;
      assert.deepEqual(asRows(rest.items), wanted.slice(5));

      // A damaged one hides nothing of the others.
      await damage(join(s.folder, 'data', 'repository', 'snapshots'), second ?? '');
      await writeFile(old, '12');
      await backUp();
      const { json: around } = await ask({ search: 'prices' });
      assert.deepEqual(asRows(around.items), [[taken[0], old, 2]]);
      assert.deepEqual(
        [around.searched.snapshots, around.unreadable, around.nextCursor],
        [2, [{ snapshotId: second, takenAt: '2026-03-02T23:59:59.999Z' }], null],
      );

      for (const query of [
        {},
        { search: 'a/b' },
        { search: '[' },
        { search: 'x', path: 'srv' },
        { search: 'x', from: 'yesterday' },
        { search: 'x', limit: '1001' },
        { search: 'x', cursor: 'x' },
        { search: 'x', cursor: Buffer.from('found-files:x').toString('base64url') },
      ])
        assert.equal((await ask(query)).status, 422, JSON.stringify(query));
      assert.equal((await ask({ search: 'x' }, 'nobody')).status, 404);
    });
  });
});
