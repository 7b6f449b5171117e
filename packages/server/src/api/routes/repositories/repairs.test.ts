import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { type DatabaseMaker, onEachDatabase } from '../../../testing/temporary-database.ts';
import { apiStage } from '../../api-stage.ts';

/** A platform that backs up a folder, whose repository's files are at hand. */
async function stage(databases: DatabaseMaker) {
  const s = await apiStage(databases);
  const { id: serviceId } = await s.platform.catalog.addService({ name: 'Shop', criticality: 'high' });
  const add = { serviceId, kind: 'files', name: 'shop', location: s.site } as const;
  const source = await s.platform.catalog.addSource({ ...add, drillSchedule: null });
  const repository = join(s.folder, 'data', 'repository');
  const files = async (kind: string): Promise<string[]> =>
    (await readdir(join(repository, kind), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
  const get = async (path: string) => (await s.ask('GET', path, { key: s.key })).json;
  const carryOut = ({ id }: { id: number }) =>
    s.ask('POST', `/repair-plans/${id}/carry-out`, { inPerson: true });
  return {
    ...{ s, files, get, carryOut },
    /** Files of noise, and what came into the repository with them; how many packs hold them is up to its threads. */
    async backUp(...names: string[]) {
      const [earlier, indexes] = [await files('data'), await files('index')];
      for (const name of names) await writeFile(join(s.site, name), randomBytes(200_000));
      const { snapshotId = '' } = await s.platform.runNow.backup(source.id);
      const fresh = (await files('data')).filter((path) => !earlier.includes(path));
      const sizes = await Promise.all(fresh.map(async (path) => (await stat(path)).size));
      const packs = fresh.filter((_, at) => (sizes[at] ?? 0) > 200_000);
      const index = (await files('index')).filter((path) => !indexes.includes(path));
      return { snapshotId, fresh, packs, index };
    },
    async plan(body: object) {
      const { status, json, text } = await s.ask('POST', '/repair-plans', { key: s.key, body });
      assert.equal(status, 202, text);
      await s.platform.jobs.finish(json.id);
      return await get(`/repair-plans/${json.id}`);
    },
    async repair(plan: { id: number }) {
      const { status, json, text } = await carryOut(plan);
      assert.equal(status, 202, text);
      await s.platform.jobs.finish(json.id);
      return await get(`/repairs/${json.id}`);
    },
    async check() {
      const { job } = await s.platform.jobs.enqueue({ kind: 'check', payload: { data: 'all' } });
      const { result } = await s.platform.jobs.finish(job.id);
      const { errors, findings } = result as { errors: number; findings: { message: string }[] };
      const told = (await s.platform.jobs.log(job.id)).map(({ line }) => line);
      return { errors, messages: findings.map(({ message }) => message), told };
    },
    [Symbol.asyncDispose]: () => s[Symbol.asyncDispose](),
  };
}

const idOf = (path: string): string => basename(path).slice(0, 64);

async function flip(path: string, offset: number): Promise<void> {
  const bytes = await readFile(path);
  bytes.writeUInt8(bytes.readUInt8(offset) ^ 1, offset);
  await rm(path);
  await writeFile(path, bytes);
}

onEachDatabase((databases) => {
  describe('repair by the API', () => {
    it('mends the index, then packs, then snapshots, and each does what its plan said', async () => {
      await using t = await stage(databases);
      const { s, get, plan, repair, check } = t;
      await t.backUp();
      const a = await t.backUp('a1', 'a2');
      const [pack = ''] = a.packs;
      const b = await t.backUp('b1', 'b2');
      const c = await t.backUp('c1', 'c2');
      await s.prove();
      const sound = await plan({ what: 'index' });
      assert.deepEqual([sound.state, sound.changesAnything], ['succeeded', false]);
      assert.deepEqual(sound.sentences, ['the index says what the packs hold: nothing to do']);
      const refused = await t.carryOut(sound);
      assert.deepEqual([refused.status, refused.json.code], [409, 'server.plan-outdated']);

      await flip(pack, 100_000);
      for (const path of [...b.packs, ...c.index]) await rm(path);
      const found = await check();
      assert.ok(found.errors > 0);
      assert.match(found.told.at(-1) ?? '', /POST \/api\/v1\/repair-plans/);
      assert.match(found.messages.join('\n'), new RegExp(idOf(b.packs[0] ?? '')));

      // The index, from which what lies in a lost file of it was missing.
      const index = await plan({ what: 'index' });
      assert.deepEqual(
        [index.changesAnything, index.counts.packsLeftOut, index.counts.packsAdded],
        [true, b.packs.length, c.fresh.length],
      );
      for (const path of b.packs)
        assert.ok(index.sentences.includes(`leave out: pack ${idOf(path)}, which is not there`));
      const indexes = await t.files('index');
      const kept = await Promise.all(indexes.map((path) => readFile(path)));
      const indexed = await repair(index);
      assert.equal(indexed.state, 'succeeded', indexed.failure?.message);
      assert.match(indexed.sentences[0], /^wrote \d index files?, removed \d index files?$/);
      // An attempt that was cut off has the old files left to remove.
      for (const [at, path] of indexes.entries()) await writeFile(path, kept[at] ?? '');
      assert.equal((await repair(index)).state, 'succeeded');
      assert.equal((await plan({ what: 'index' })).changesAnything, false);

      // Packs, of which more is damaged when the plan is carried out than it said.
      assert.match((await check()).messages.join('\n'), new RegExp(idOf(pack)));
      const wish = { what: 'packs', packs: a.packs.map(idOf) };
      const early = await plan(wish);
      assert.match(early.sentences[0], new RegExp(`^pack ${idOf(pack)}: [01] of [12] blobs? can be saved$`));
      assert.match(early.sentences[1], /^data blob [0-9a-f]{64} of it: lost$/);
      const removed = { packsRemoved: a.packs.length, packsLeftOut: 0 };
      assert.deepEqual(early.counts, { ...removed, blobsSaved: 1, blobsLost: 1 });
      const once = await Promise.all(a.packs.map((path) => readFile(path)));
      const putBack = async () => {
        for (const [at, path] of a.packs.entries()) await writeFile(path, once[at] ?? '');
      };
      const areGone = async () => (await t.files('data')).every((path) => !a.packs.includes(path));
      await flip(a.packs.at(-1) ?? '', a.packs.length === 1 ? 300_000 : 100_000);
      const outdated = await repair(early);
      assert.deepEqual([outdated.state, outdated.failure.code], ['failed', 'server.plan-outdated']);
      await putBack();
      const saved = await repair(early);
      assert.equal(saved.state, 'succeeded', saved.failure?.message);
      assert.deepEqual(
        saved.copies,
        a.packs.map((path) => `damaged-packs/pack-${basename(path)}`),
      );
      const copy = join(s.folder, 'data', saved.copies[0]);
      assert.ok((await readFile(copy)).equals(once[0] ?? Buffer.alloc(0)));
      assert.equal((await stat(join(copy, '..'))).mode & 0o777, 0o700);
      assert.equal((await stat(copy)).mode & 0o777, 0o600);
      assert.ok(await areGone());
      // An attempt that was cut off has the packs left to remove, or nothing at all.
      await putBack();
      assert.equal((await repair(early)).state, 'succeeded');
      assert.ok(await areGone());
      assert.equal((await repair(early)).state, 'succeeded');
      const unknown = await plan(wish);
      assert.equal(unknown.changesAnything, false);
      assert.match(unknown.sentences[0], /^pack .* is not there, and no index names it: nothing to do$/);

      // Snapshots: all three lack something by now.
      const snapshots = await plan({ what: 'snapshots' });
      assert.equal(snapshots.counts.snapshotsReplaced, 3, JSON.stringify(snapshots));
      const words = snapshots.sentences.join('\n');
      assert.match(words, /snapshot [0-9a-f]{8} of .*: is made anew without what is lost, the damaged one/);
      assert.ok(words.includes(`${s.site}/b1: parts of the file are lost`), words);
      const old = (await t.files('snapshots')).find((path) => idOf(path) === a.snapshotId) ?? '';
      const before = await readFile(old);
      const mended = await repair(snapshots);
      assert.equal(mended.state, 'succeeded', mended.failure?.message);
      await writeFile(old, before);
      assert.equal((await repair(snapshots)).state, 'succeeded');
      assert.equal((await plan({ what: 'snapshots' })).changesAnything, false);
      assert.deepEqual((await check()).messages, []);

      // What the runs left is what can be restored by now, without what is lost.
      const { items: runs } = await get('/runs');
      const [last] = runs;
      assert.notEqual(last.snapshotId, c.snapshotId);
      // A download counts among those at once for a moment after its end.
      const download = async (name: string): ReturnType<typeof s.ask> => {
        const path = `/snapshots/${last.snapshotId}/download?path=${s.site}/${name}`;
        const answer = await s.ask('GET', path, { inPerson: true });
        if (answer.status !== 429) return answer;
        await setTimeout(50);
        return await download(name);
      };
      for (const name of ['c1', 'c2', 'index.html'])
        assert.equal((await download(name)).text, await readFile(join(s.site, name), 'utf8'), name);
      const rest: boolean[] = [];
      for (const name of ['a1', 'a2', 'b1', 'b2'])
        rest.push((await download(name)).text === (await readFile(join(s.site, name), 'utf8')));
      assert.equal(rest.filter((isWhole) => isWhole).length, 1);

      const { items } = await get('/repairs');
      const whats = items.map(({ what, state }: { what: string; state: string }) => `${what} ${state}`);
      assert.equal(
        whats.join(', '),
        'snapshots succeeded, snapshots succeeded, packs succeeded, packs succeeded, packs succeeded, packs failed, index succeeded, index succeeded',
      );
      const { items: asked } = await get('/audit-entries?search=repair.asked');
      assert.equal(asked.length, 8);
      assert.equal(asked[0].after.what, 'snapshots');
      const { items: repaired } = await get('/audit-entries?search=snapshot.repaired');
      assert.equal(repaired.length, 3);
      assert.deepEqual([repaired[0].origin.actor.name, repaired[0].origin.address], ['Ada', undefined]);
      for (const body of [
        {},
        { what: 'all' },
        { what: 'packs' },
        { what: 'packs', packs: ['12'] },
        { what: 'snapshots', readAllPacks: true },
      ])
        assert.equal((await s.ask('POST', '/repair-plans', { key: s.key, body })).status, 422);
      assert.equal((await s.ask('GET', `/repair-plans/${mended.id}`, { key: s.key })).status, 404);
    });

    it('leaves a snapshot file that cannot be read, and says what helps', async () => {
      await using t = await stage(databases);
      const { snapshotId, index } = await t.backUp('a1');
      await t.s.prove();
      const [file = ''] = (await t.files('snapshots')).filter((path) => idOf(path) === snapshotId);
      await flip(file, (await stat(file)).size - 40);
      const told = await t.plan({ what: 'snapshots' });
      assert.deepEqual([told.changesAnything, told.counts.snapshotsUnreadable], [false, 1]);
      assert.ok(told.sentences[1].includes(`octobox repair snapshots --forget ${snapshotId}`));
      // Without an index that can be read neither packs nor snapshots are judged.
      for (const path of index) await flip(path, (await stat(path)).size - 40);
      const early = await t.plan({ what: 'snapshots' });
      assert.deepEqual([early.state, early.failure.advice], ['failed', 'Repair the index first.']);
      const first = await t.plan({ what: 'index' });
      assert.equal(first.counts.indexFilesReplaced, 1);
      assert.match(first.sentences[0], /^replace: /);
      assert.equal((await t.repair(first)).state, 'succeeded');
      assert.equal((await t.plan({ what: 'index', readAllPacks: true })).changesAnything, true);
    });
  });
});
