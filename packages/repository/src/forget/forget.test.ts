import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { encodeSnapshot } from '../format/snapshot-file.ts';
import type { Repository } from '../store/repository.ts';
import { InvalidGroupByError } from '../store/snapshots/snapshot-groups.ts';
import type { Snapshot } from '../store/snapshots/snapshots.ts';
import { createTestRepository } from '../testing/repository.ts';
import { Workshop } from '../testing/workshop.ts';
import { applyForget, type ForgetOptions, planForget, planForgetSnapshots } from './forget.ts';
import { EmptyPolicyError, ForgetPlanOutdatedError, NothingKeptError } from './forget-errors.ts';

interface Facts {
  readonly time: string;
  readonly hostname?: string;
  readonly paths?: readonly string[];
  readonly tags?: readonly string[];
}

const someTree = async (repository: Repository): Promise<string> => {
  const saver = repository.saver();
  const { id } = await saver.save('tree', Buffer.from('{"nodes":[]}\n'));
  await saver.finish();
  return id.toString('hex');
};

async function addSnapshots(repository: Repository, facts: readonly Facts[]): Promise<Snapshot[]> {
  const tree = await someTree(repository);
  const snapshots: Snapshot[] = [];
  for (const { time, hostname = 'host', paths = ['/data'], tags = [] } of facts) {
    const content = { time, hostname, paths, tags, tree, username: 'root', uid: 0, gid: 0, excludes: [] };
    const id = await repository.writeUnpacked('snapshot', encodeSnapshot(content));
    snapshots.push({ ...content, id });
  }
  return snapshots;
}

const stored = async (repository: Repository): Promise<string[]> =>
  (await Array.fromAsync(repository.snapshots())).map(({ id }) => id).sort();

describe('forget decides as restic does', () => {
  let workshop: Workshop;
  let snapshots: Snapshot[];
  let keepsOldest: boolean;

  before(async () => {
    workshop = await Workshop.open();
    const { stdout } = await workshop.restic(['version']);
    keepsOldest = Number(/^restic 0\.(\d+)/.exec(stdout)?.[1]) >= 17;
    const facts: Facts[] = [];
    // Irregular on purpose: several an hour, days without any, the turn of a year, two hosts, two offsets.
    const start = Date.UTC(2023, 10, 20, 22, 40);
    for (let number = 0; number < 90; number++) {
      const hours = number * 7 + (number % 5) * 11 + (number > 40 ? 300 : 0) + (number > 70 ? 2500 : 0);
      const time = new Date(start + hours * 3_600_000 + number * 61_000);
      facts.push({
        time: number % 9 === 4 ? inTokyo(time) : time.toISOString(),
        hostname: number % 4 === 0 ? 'second' : 'first',
        paths: number % 10 === 0 ? ['/b', '/a'] : ['/data'],
        tags: number % 6 === 0 ? ['keep', 'x'] : number % 7 === 0 ? ['x'] : [],
      });
    }
    snapshots = await addSnapshots(await workshop.repository(), facts);
  });
  after(() => workshop[Symbol.asyncDispose]());

  const cases: readonly (readonly [args: readonly string[], options: ForgetOptions])[] = [
    [['--keep-last', '5'], { keepLast: 5 }],
    [['--keep-hourly', '7'], { keepHourly: 7 }],
    [['--keep-daily', '6'], { keepDaily: 6 }],
    [['--keep-weekly', '5'], { keepWeekly: 5 }],
    [['--keep-monthly', '3'], { keepMonthly: 3 }],
    [['--keep-yearly', '1'], { keepYearly: 1 }],
    [
      [
        '--keep-last',
        '2',
        '--keep-daily',
        '4',
        '--keep-weekly',
        '3',
        '--keep-monthly',
        '12',
        '--keep-yearly',
        '9',
      ],
      { keepLast: 2, keepDaily: 4, keepWeekly: 3, keepMonthly: 12, keepYearly: 9 },
    ],
    [['--keep-within', '1m3d5h'], { keepWithin: '1m3d5h' }],
    [
      ['--keep-within-daily', '2m', '--keep-within-weekly', '1y'],
      { keepWithinDaily: '2m', keepWithinWeekly: '1y' },
    ],
    [['--keep-tag', 'keep,x', '--keep-last', '1'], { keepTags: [['keep', 'x']], keepLast: 1 }],
    [['--keep-last', '3', '--group-by', 'tags'], { keepLast: 3, groupBy: 'tags' }],
    [['--keep-daily', '3', '--group-by', ''], { keepDaily: 3, groupBy: '' }],
    [['--keep-daily', '3', '--group-by', 'paths'], { keepDaily: 3, groupBy: 'paths' }],
  ];
  for (const [args, options] of cases) {
    it(args.join(' '), async () => {
      const { stdout } = await workshop.restic(['forget', '--dry-run', '--json', '--no-lock', ...args]);
      const line = stdout.split('\n').find((each) => each.startsWith('[')) ?? '';
      const groups = JSON.parse(line) as { keep: { id: string }[]; reasons: { matches: string[] }[] }[];
      // Reasons stand in the order of what is kept.
      const theirs = groups.flatMap(({ keep, reasons }) =>
        keep.map(({ id }, at) => [id, ...(reasons[at]?.matches ?? [])].join(' | ')),
      );
      const plan = planForget(snapshots, options);
      const ours = plan.groups.flatMap(({ keep }) =>
        keep.map((k) => [k.snapshot.id, ...k.reasons].join(' | ')),
      );
      assert.deepEqual((keepsOldest ? ours : withoutOldest(ours)).sort(), theirs.sort());
      assert.equal(plan.remove.length + ours.length, snapshots.length);
    });
  }
});

/** Before version 0.17 restic did not keep the oldest snapshot while a rule has counts left. */
function withoutOldest(lines: readonly string[]): string[] {
  return lines
    .map((line) => line.split(' | ').filter((part) => !part.startsWith('oldest ')))
    .filter(({ length }) => length > 1)
    .map((parts) => parts.join(' | '));
}

function inTokyo(time: Date): string {
  return new Date(time.getTime() + 9 * 3_600_000).toISOString().replace('Z', '+09:00');
}

describe('a forget plan', () => {
  const three = async (): Promise<{ repository: Repository; snapshots: Snapshot[] }> => {
    const { repository } = await createTestRepository();
    const snapshots = await addSnapshots(repository, [
      { time: '2024-01-01T00:00:00Z' },
      { time: '2024-01-02T00:00:00Z' },
      { time: '2024-01-03T00:00:00Z' },
    ]);
    return { repository, snapshots };
  };

  it('is applied as it is', async () => {
    const { repository, snapshots } = await three();
    const plan = planForget(snapshots, { keepLast: 1 });
    assert.equal((await stored(repository)).length, 3, 'planning removes nothing');
    const { removed, failed } = await applyForget(repository, plan);
    assert.deepEqual([...removed].sort(), plan.remove.map(({ id }) => id).sort());
    assert.deepEqual(failed, []);
    assert.deepEqual(await stored(repository), [snapshots[2]?.id]);
    assert.equal((await repository.listFiles('lock')).size, 0);
  });

  it('refuses to keep nothing, unless told', async () => {
    const { repository, snapshots } = await three();
    assert.throws(() => planForget(snapshots, {}), EmptyPolicyError);
    assert.throws(() => planForget(snapshots, { keepTags: [['mispelt']] }), NothingKeptError);
    const plan = planForget(snapshots, { keepTags: [['mispelt']], allowRemoveAll: true });
    await applyForget(repository, plan);
    assert.deepEqual(await stored(repository), []);
  });

  it('that names snapshots removes those', async () => {
    const { repository, snapshots } = await three();
    await applyForget(repository, planForgetSnapshots(snapshots.slice(0, 1)));
    assert.equal((await stored(repository)).length, 2);
  });

  it('counts as removed what somebody else removed first', async () => {
    const { repository, snapshots } = await three();
    const plan = planForget(snapshots, { keepLast: 1 });
    await repository.storage.remove({ kind: 'snapshot', name: snapshots[0]?.id ?? '' });
    assert.equal((await applyForget(repository, plan)).removed.length, 2);
  });

  it('is refused when what it keeps is gone', async () => {
    const { repository, snapshots } = await three();
    const plan = planForget(snapshots, { keepLast: 1 });
    await repository.storage.remove({ kind: 'snapshot', name: snapshots[2]?.id ?? '' });
    await assert.rejects(applyForget(repository, plan), ForgetPlanOutdatedError);
    assert.equal((await stored(repository)).length, 2);
  });

  it('does not depend on the order of a listing when times are equal', async () => {
    const { repository } = await createTestRepository();
    const time = '2026-03-01T10:00:00Z';
    const snapshots = await addSnapshots(
      repository,
      ['a', 'b', 'c'].map((tag) => ({ time, tags: [tag] })),
    );
    const kept = (order: readonly Snapshot[]): (string | undefined)[] =>
      planForget(order, { keepLast: 1 }).groups.map(({ keep }) => keep[0]?.snapshot.id);
    assert.deepEqual(kept(snapshots), kept([...snapshots].reverse()));
  });

  it('groups by host and paths unless told otherwise', async () => {
    const { repository } = await createTestRepository();
    const snapshots = await addSnapshots(repository, [
      { time: '2024-01-01T00:00:00Z', hostname: 'a', paths: ['/x', '/y'] },
      { time: '2024-01-02T00:00:00Z', hostname: 'a', paths: ['/y', '/x'] },
      { time: '2024-01-03T00:00:00Z', hostname: 'b', paths: ['/x', '/y'], tags: ['t'] },
    ]);
    const groups = (groupBy?: string): number =>
      planForget(snapshots, { keepLast: 1, ...(groupBy === undefined ? {} : { groupBy }) }).groups.length;
    assert.equal(groups(), 2);
    assert.equal(groups('path'), 1);
    assert.equal(groups('hosts,tags'), 2);
    assert.equal(groups(''), 1);
    assert.throws(() => groups('owner'), InvalidGroupByError);
  });
});
