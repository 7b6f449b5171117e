import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { LocalStorage, type Storage, StorageError, type StoredFile } from '@octobox/storage';
import { backupStreams } from '../backup/streams.ts';
import { checkRepository } from '../check/check.ts';
import { applyForget, planForget } from '../forget/forget.ts';
import { encodeLock } from '../format/lock-file.ts';
import { acquireLock } from '../locks/lock.ts';
import { ownLock } from '../locks/stored-locks.ts';
import { applyPrune } from '../prune/apply-prune.ts';
import { planPrune } from '../prune/plan-prune.ts';
import { planTags } from '../rewrite/change-tags.ts';
import { applyReplacements } from '../rewrite/replacement.ts';
import { Repository } from '../store/repository.ts';
import type { Snapshot } from '../store/snapshots/snapshots.ts';
import { noise } from '../testing/fixture-tree.ts';
import { TEST_PASSWORD } from '../testing/repository.ts';
import { restic } from '../testing/restic.ts';
import { Workshop } from '../testing/workshop.ts';
import { mirrorRepository } from './mirror.ts';
import { emptyRecord, type MirrorRecord } from './mirror-record.ts';
import type { MirrorOptions, MirrorResult } from './mirror-types.ts';

const day = 86_400;
const lockTiming = { settle: 1, retryFirst: 2, retryMost: 5 };

describe('what the source forgot', { timeout: 240_000 }, () => {
  let workshop: Workshop;
  let source: Repository;
  let from: string;
  let folder: string;
  let record: MirrorRecord;
  let today: number;
  let backups = 0;
  let tests = 0;

  before(async () => {
    workshop = await Workshop.open();
    source = await workshop.repository();
    await backUp(6);
  });
  after(() => workshop[Symbol.asyncDispose]());

  beforeEach(async () => {
    from = workshop.path(`source${++tests}`);
    folder = workshop.path(`mirror${tests}`);
    cpSync(workshop.repositoryFolder, from, { recursive: true });
    source = await Repository.open(new LocalStorage(from), { password: TEST_PASSWORD });
    await source.loadIndex();
    record = emptyRecord(source.id);
    today = 0;
  });
  afterEach(() => source.close());

  async function backUp(times: number): Promise<void> {
    for (let time = 0; time < times; time++) {
      const content = noise(`backup ${backups++}`, 20_000);
      const bytes = (async function* () {
        yield content;
      })();
      await backupStreams(source, {
        folder: '/x',
        files: [{ path: 'file', content: bytes }],
        time: new Date(backups * 60_000),
        noLock: true,
        host: 'test',
        workers: 1,
      });
    }
  }

  async function forget(keepLast: number): Promise<void> {
    const snapshots = await Array.fromAsync(source.snapshots());
    await applyForget(source, planForget(snapshots, { keepLast, groupBy: '' }), { noLock: true });
    await applyPrune(source, await planPrune(source, { maxUnused: 0, noLock: true }));
    await source.loadIndex();
  }

  async function mirror(
    options: Partial<MirrorOptions> = {},
    target: Storage = new LocalStorage(folder),
  ): Promise<MirrorResult> {
    const result = await mirrorRepository(source, target, {
      record,
      keepDeleted: 3 * day,
      lockTiming,
      now: () => new Date(today * day * 1000),
      ...options,
    });
    record = result.record;
    return result;
  }

  /** That many days later. */
  async function later(days: number, options: Partial<MirrorOptions> = {}, target?: Storage) {
    today += days;
    return mirror(options, target);
  }

  const check = () => restic(['check', '--read-data'], { repository: folder });

  it('stays as long as it is to be kept, and goes then with everything that only it needs', async () => {
    await mirror();
    await forget(4);
    const first = await later(1);
    assert.equal(first.snapshots.size, 6);
    assert.ok(first.removal.waiting > 2);
    await check();
    assert.equal((await later(2)).removal.removed, 0);
    const third = await later(1);
    assert.ok(third.removal.removed > 2);
    assert.equal(third.removal.waiting, 0);
    await check();
    const kept = await Array.fromAsync(new LocalStorage(folder).list('data'));
    const still = await Array.fromAsync(source.storage.list('data'));
    assert.deepEqual(kept.map(({ name }) => name).sort(), still.map(({ name }) => name).sort());
    assert.equal(record.missing.size, 0);
  });

  it('goes although a process that was killed left its lock there, when that counts as abandoned', async () => {
    await mirror();
    const there = await Repository.open(new LocalStorage(folder), { password: TEST_PASSWORD });
    const [silent, fresh] = [12, 1].map((minutes) => Date.now() - minutes * 60_000);
    const killed = (at = 0) => encodeLock({ ...ownLock('shared', at), pid: 2 ** 22 + 1 });
    await there.writeUnpacked('lock', killed(silent));
    await forget(4);
    await later(1);
    const blocked = await later(3);
    assert.deepEqual(
      [blocked.removal.removed, blocked.removal.reason],
      [0, 'the target is in use; if by nobody any more, remove the lock there with `octobox unlock`'],
    );
    const living = await there.writeUnpacked('lock', killed(fresh));
    assert.equal((await later(1, { abandonedAfter: 660_000 })).removal.removed, 0, 'it may be refreshed yet');
    await there.storage.remove({ kind: 'lock', name: living });
    await there.close();
    assert.ok((await later(1, { abandonedAfter: 660_000 })).removal.removed > 2);
    await check();
  });

  it('stays for ever when nobody says how long', async () => {
    await mirror();
    await forget(4);
    for (let week = 0; week < 5; week++) {
      const { removal } = await later(7, { keepDeleted: undefined });
      assert.equal(removal.removed, 0);
    }
    await check();
  });

  it('does not go sooner because a clock jumped ahead', async () => {
    await mirror();
    await forget(4);
    await later(0);
    const { removal } = await later(365, { keepDeleted: 30 * day });
    assert.equal(removal.removed, 0);
    assert.ok([...record.missing.values()].every(({ seconds }) => seconds === 7 * day));
  });

  it('is not held when all of it is there under other ids: with other tags nothing was lost', async () => {
    await mirror();
    const all = () => Array.fromAsync(source.snapshots());
    const tag = async (add: string, some: readonly Snapshot[]) =>
      await applyReplacements(source, planTags(some, { add: [add], remove: [] }, await all()));
    await tag('kept', await all());
    // Twice with some, which then remember an id that was never there.
    await tag('again', (await all()).slice(0, 3));
    const tagged = await later(1);
    assert.deepEqual([tagged.loss, tagged.removal.held], [undefined, 0]);
    assert.equal((await later(40)).removal.removed, 6, 'the old ones go in their time');
    await tag('more', await all());
    await forget(1);
    assert.match((await later(1)).removal.reason ?? '', /5 of 6 snapshots went missing/);
  });

  it('is held when it was most of what there was, until somebody says that it was meant to go', async () => {
    await mirror();
    await forget(1);
    const loss = await later(1);
    assert.match(loss.removal.reason ?? '', /5 of 6 snapshots went missing/);
    assert.ok(loss.removal.held > 5);
    // What comes later does not hide it.
    await backUp(5);
    for (let week = 0; week < 3; week++) assert.equal((await later(7)).removal.removed, 0);
    await check();
    assert.equal(loss.loss?.snapshots.length, 5);
    assert.ok(loss.loss.objects > 5 && loss.loss.bytes > 0);
    const other = await later(1, { acceptLoss: 'ab'.repeat(32) });
    assert.deepEqual([other.removal.removed, other.loss?.id], [0, loss.loss.id], 'another loss was accepted');
    const { removal } = await later(1, { acceptLoss: loss.loss.id });
    assert.ok(removal.removed > 5);
    assert.equal(removal.held, 0);
    await check();
  });

  it('is held with what is held already, which is another loss then', async () => {
    await mirror();
    await forget(2);
    const { loss } = await later(1);
    await forget(1);
    const more = await later(1, { acceptLoss: loss?.id });
    assert.deepEqual([loss?.snapshots.length, more.loss?.snapshots.length], [4, 5]);
    assert.equal(more.removal.waiting, 0);
    const { removal } = await later(7, { acceptLoss: more.loss?.id });
    assert.ok(removal.removed > 5);
    await forget(1);
    await backUp(3);
    await forget(3);
    assert.equal(
      (await later(1)).loss,
      undefined,
      'afterwards nothing is held that is lost in the ordinary way',
    );
  });

  it('is not held any more when the large part of it came back', async () => {
    await mirror();
    const snapshots = workshop.path(`snapshots${tests}`);
    cpSync(`${from}/snapshots`, snapshots, { recursive: true });
    for (const name of readdirSync(`${from}/snapshots`).slice(0, 5)) rmSync(`${from}/snapshots/${name}`);
    assert.equal((await later(1)).loss?.snapshots.length, 5);
    cpSync(snapshots, `${from}/snapshots`, { recursive: true });
    rmSync(`${from}/snapshots/${readdirSync(`${from}/snapshots`)[0]}`);
    await backUp(1);
    const back = await later(1);
    assert.deepEqual([back.loss?.snapshots.length, back.removal.waiting], [1, 0], 'one is gone still');
    cpSync(snapshots, `${from}/snapshots`, { recursive: true });
    const [newest] = readdirSync(`${from}/snapshots`).filter((name) => !existsSync(`${snapshots}/${name}`));
    rmSync(`${from}/snapshots/${newest}`);
    const { loss, removal } = await later(1);
    assert.deepEqual([loss, removal.waiting], [undefined, 1]);
  });

  it('is all still there when the source was wiped', async () => {
    await mirror();
    for (const kind of ['snapshots', 'index', 'data']) {
      rmSync(`${from}/${kind}`, { recursive: true });
    }
    source.forgetIndex();
    for (let week = 0; week < 3; week++) {
      const { removal, snapshots } = await later(7, { acceptLoss: true });
      assert.equal(removal.removed, 0);
      assert.match(removal.reason ?? '', /no snapshot at all/);
      assert.equal(snapshots.size, 6);
    }
    await check();
  });

  it('stays while the source has lost its packs, or its index, and not its snapshots', async () => {
    await mirror();
    await forget(4);
    await later(1);
    rmSync(`${from}/index`, { recursive: true });
    source.forgetIndex();
    const { removal } = await later(7);
    assert.match(removal.reason ?? '', /not whole: its index lacks the folders of 4 snapshots/);
    assert.equal(removal.removed, 0);
    await check();
  });

  it('stays in an append-only storage, which is told and is no failure', async () => {
    class AppendOnly extends LocalStorage {
      asked = 0;
      override async remove(file: StoredFile): Promise<void> {
        if (file.kind === 'lock') return super.remove(file);
        this.asked++;
        throw new StorageError('storage.denied', 'the server does not allow it');
      }
    }
    const target = new AppendOnly(folder);
    await mirror({}, target);
    await forget(4);
    await later(1, {}, target);
    const { removal, problemCount } = await later(7, {}, target);
    assert.equal(problemCount, 0);
    assert.equal(removal.removed, 0);
    assert.equal(removal.refused, 2);
    assert.match(removal.reason ?? '', /does not let go/);
    // Nothing that the snapshots need was asked for.
    assert.equal(target.asked, 2);
    await check();
  });

  it('is still needed by nobody who restores from the mirror at that moment', async () => {
    await mirror();
    await forget(4);
    await later(1);
    const there = await Repository.open(new LocalStorage(folder), { password: '', keys: source.keys });
    {
      await using _restoring = await acquireLock(there, { kind: 'shared', timing: lockTiming });
      const { removal } = await later(7);
      assert.equal(removal.removed, 0);
      assert.match(removal.reason ?? '', /in use/);
    }
    assert.ok((await later(1)).removal.removed > 0);
    const report = await checkRepository(there, { readData: true, workers: 0, noLock: true });
    assert.equal(report.errorCount, 0);
  });

  it('makes no new beginning where a mirror was and is gone', async () => {
    await mirror();
    rmSync(folder, { recursive: true });
    await assert.rejects(later(1), { code: 'repository.mirror-gone' });
    await later(1, { anew: true });
    await check();
  });

  it('is no longer locked anew, while what is needed stays locked', async () => {
    const locks = new Map<string, Date>();
    class Locking extends LocalStorage {
      async retain({ kind, name }: StoredFile, until: Date): Promise<void> {
        locks.set(`${kind}/${name}`, until);
      }
    }
    const target = new Locking(folder);
    const retain = 40 * day;
    await mirror({ retain }, target);
    assert.ok(locks.has('config/'));
    const all = locks.size;
    locks.clear();
    await later(7, { retain }, target);
    assert.equal(locks.size, 0, 'not before a quarter of the time is over');
    await forget(4);
    await later(7, { retain }, target);
    const gone = [...record.missing.keys()];
    assert.ok(gone.length > 0 && gone.every((key) => !locks.has(key)));
    assert.ok(locks.size > 5 && locks.size < all);
    assert.ok([...locks.values()].every((until) => until.getTime() === (14 + 40) * day * 1000));
  });
});
