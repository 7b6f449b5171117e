/** What rewriting makes of snapshots is what restic makes of the same ones. */
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { LocalStorage } from '@octobox/storage';
import { PatternList } from '../filesystem/patterns.ts';
import { encodeSnapshot } from '../format/snapshot-file.ts';
import { Repository } from '../store/repository.ts';
import type { Snapshot } from '../store/snapshots/snapshots.ts';
import { createTestRepository, TEST_PASSWORD } from '../testing/repository.ts';
import { restic, resticBinary } from '../testing/restic.ts';
import { Workshop } from '../testing/workshop.ts';
import { planTags } from './change-tags.ts';
import { excludeRule } from './exclude-rule.ts';
import { applyReplacements } from './replacement.ts';
import { TreeNotReproducibleError } from './rewrite-errors.ts';
import { applyRewrite, planRewrite } from './rewrite-plan.ts';

const all = (repository: Repository): Promise<Snapshot[]> => Array.fromAsync(repository.snapshots());
const fresh = async (folder: string): Promise<Repository> => {
  const repository = await Repository.open(new LocalStorage(folder), { password: TEST_PASSWORD });
  await repository.loadIndex();
  return repository;
};
const byTime = (snapshots: Snapshot[]): Snapshot[] => snapshots.sort((a, b) => (a.time < b.time ? -1 : 1));

describe('changing snapshots', () => {
  let workshop: Workshop;
  let theirs = '';
  before(async () => {
    workshop = await Workshop.open();
    workshop.write('keep/one', 'one');
    workshop.write('keep/secret.key', 40_000);
    workshop.write('other/secret.key', 'two');
    workshop.write('umläut \u00a0"quoted"\n/file', 'three');
    await workshop.backup('--tag', 'first');
    workshop.write('keep/more', 'more');
    await workshop.backup('--tag', 'second,third');
    theirs = workshop.path('theirs');
    cpSync(workshop.repositoryFolder, theirs, { recursive: true });
  });
  after(() => workshop[Symbol.asyncDispose]());

  const isOld = async (): Promise<boolean> =>
    Number(/^restic 0\.(\d+)/.exec((await restic(['version'], { repository: theirs })).stdout)?.[1]) < 15;

  it('excluding files gives the trees that restic gives, and tells what was original', async () => {
    await restic(['rewrite', '--exclude', '*.key'], { repository: theirs, accept: [0, 1] });
    const ours = await workshop.repository();
    const options = { rule: excludeRule([new PatternList(['*.key'])]), mark: 'rewrite', forget: false };
    const before = byTime(await all(ours));
    const plan = await planRewrite(ours, before, options, before);
    assert.equal(plan.replacements.length, 2);
    assert.equal((await all(ours)).length, 2, 'a plan changes nothing');
    await applyRewrite(ours, plan);
    const rewritten = byTime((await all(ours)).filter(({ tags }) => tags.includes('rewrite')));
    assert.deepEqual(
      rewritten.map(({ original }) => original),
      before.map(({ id }) => id),
    );
    // restic can rewrite since 0.15; a newer one is named by OCTOBOX_TEST_RESTIC (now: see below).
    if (!(await isOld())) {
      const peer = byTime((await all(await fresh(theirs))).filter(({ tags }) => tags.includes('rewrite')));
      assert.deepEqual(
        rewritten.map(({ tree, tags }) => [tree, tags]),
        peer.map(({ tree, tags }) => [tree, tags]),
        resticBinary(),
      );
    }
    const listed = await workshop.restic(['ls', rewritten[1]?.id ?? '']);
    assert.doesNotMatch(listed.stdout, /secret/);
    assert.match(listed.stdout, /\/keep\/more/);
    await workshop.restic(['check', '--read-data']);
    // Once more there is nothing left to do.
    const again = await planRewrite(ours, rewritten, options, await all(ours));
    assert.equal(again.replacements.length, 0);
  });

  it('a run that was interrupted before the old ones went is finished by the next', async () => {
    const ours = await workshop.repository();
    const [old] = (await all(ours)).filter(({ tags }) => tags.includes('first') && !tags.includes('rewrite'));
    assert.ok(old);
    const options = { hostname: 'elsewhere', mark: 'rewrite', forget: true };
    const plan = await planRewrite(ours, [old], options, await all(ours));
    const [one] = plan.replacements;
    assert.ok(one?.content);
    const written = await ours.writeUnpacked('snapshot', encodeSnapshot(one.content));
    const next = await planRewrite(ours, [old], options, await all(ours));
    assert.equal(next.replacements[0]?.existing, written);
    await applyRewrite(ours, next);
    const left = (await all(ours)).filter(({ original }) => original === old.id).map(({ id }) => id);
    assert.ok(left.includes(written));
    assert.equal((await all(ours)).filter(({ hostname }) => hostname === 'elsewhere').length, 1);
    assert.ok(!(await all(ours)).some(({ id }) => id === old.id));
  });

  it('tags change as restic changes them', async () => {
    const ours = await workshop.repository();
    const [old] = (await all(ours)).filter(
      ({ tags }) => tags.includes('second') && !tags.includes('rewrite'),
    );
    assert.ok(old);
    await restic(['tag', '--add', 'new,second', '--remove', 'third', old.id], { repository: theirs });
    const change = { add: ['new', 'second'], remove: ['third'] };
    await applyReplacements(ours, planTags([old], change, await all(ours)));
    const find = async (repository: Repository): Promise<Snapshot | undefined> =>
      (await all(repository)).find(({ tags }) => tags.includes('new'));
    const [own, peer] = [await find(ours), await find(await fresh(theirs))];
    assert.deepEqual({ ...own, id: '' }, { ...peer, id: '' });
    assert.deepEqual(own?.tags, ['second', 'new']);
    assert.ok(own);
    assert.deepEqual(planTags([own], change, []), [], 'nothing is left to change');
    const [cleared] = planTags([own], { set: [''] }, []);
    assert.deepEqual(cleared?.content?.tags, []);
    assert.equal(cleared?.content?.original, old.id, 'the first id stays the original');
  });
});

it('a tree that would lose something is refused before anything is written', async () => {
  const { repository } = await createTestRepository();
  const saver = repository.saver();
  const foreign =
    '{"nodes":[{"name":"a","type":"dir","surprise":1,"mtime":"2024-01-01T00:00:00Z","atime":"2024-01-01T00:00:00Z","ctime":"2024-01-01T00:00:00Z","uid":0,"gid":0,"content":null}]}\n';
  const { id } = await saver.save('tree', Buffer.from(foreign));
  await saver.finish();
  const content = { time: '2024-01-01T00:00:00Z', tree: id.toString('hex'), paths: ['/a'], hostname: 'h' };
  const whole = { ...content, username: '', uid: 0, gid: 0, tags: [], excludes: [] };
  const snapshot = { ...whole, id: await repository.writeUnpacked('snapshot', encodeSnapshot(whole)) };
  const options = { rule: excludeRule([new PatternList(['x'])]), mark: 'rewrite', forget: true };
  await assert.rejects(planRewrite(repository, [snapshot], options, [snapshot]), TreeNotReproducibleError);
});
