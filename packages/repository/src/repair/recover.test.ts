/** What no snapshot leads to is found again, and restic agrees with the snapshot made of it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Repository } from '../store/repository.ts';
import type { Snapshot } from '../store/snapshots/snapshots.ts';
import { Workshop } from '../testing/workshop.ts';
import { applyRecover, planRecover, type RecoverPlan } from './recover.ts';

const forget = (workshop: Workshop, { id }: Snapshot): void =>
  unlinkSync(join(workshop.repositoryFolder, 'snapshots', id));
const ids = ({ roots }: RecoverPlan): string[] => roots.map((id) => id.toString('hex'));
const apply = (repository: Repository, plan: RecoverPlan): Promise<string> =>
  applyRecover(repository, plan, { host: 'h', now: new Date() });

/** restic 0.19 takes the roots in any order, and fails where that is not the order of their names. */
async function resticRecovers(workshop: Workshop): Promise<void> {
  for (let turn = 1; ; turn++) {
    const { code, stderr } = await workshop.restic(['recover'], { accept: [0, 1] });
    if (code === 0) return;
    assert.ok(turn < 40 && /nodes are not ordered/.test(stderr), stderr);
  }
}

describe('recovering', () => {
  it('makes a snapshot of the roots that were forgotten, once', async () => {
    await using workshop = await Workshop.open();
    workshop.write('shared/a', 5000);
    workshop.write('old/b', 'before');
    const first = await workshop.backup();
    workshop.remove('old');
    workshop.write('new', 'after');
    const second = await workshop.backup();
    workshop.write('late', 'later');
    const third = await workshop.backup();
    assert.deepEqual(ids(await planRecover(await workshop.repository())), []);

    forget(workshop, first);
    forget(workshop, third);
    const repository = await workshop.repository();
    const plan = await planRecover(repository);
    assert.deepEqual(ids(plan), [first.tree, third.tree].sort());
    assert.deepEqual([plan.unreadable, plan.damaged], [[], []]);
    const id = await apply(repository, plan);

    const again = await workshop.repository();
    assert.deepEqual(ids(await planRecover(again)), [], 'all of it is in the new one');
    const { paths, tags, hostname } = await again.snapshot(id);
    assert.deepEqual([paths, tags, hostname], [['/recover'], ['recovered'], 'h']);
    assert.deepEqual(
      (await Array.fromAsync(again.snapshots())).map((one) => one.id).sort(),
      [id, second.id].sort(),
    );
    await workshop.restic(['check', '--read-data']);
    const target = workshop.path('out');
    await workshop.restic(['restore', id, '--target', target]);
    assert.deepEqual(
      readdirSync(target).sort(),
      [first.tree, third.tree].map((tree) => tree.slice(0, 8)).sort(),
    );
    assert.equal(readFileSync(join(target, first.tree.slice(0, 8), 'old', 'b'), 'utf8'), 'before');
    assert.equal(readFileSync(join(target, third.tree.slice(0, 8), 'late'), 'utf8'), 'later');
  });

  it('finds what restic finds', async () => {
    await using workshop = await Workshop.open();
    for (let round = 0; round < 3; round++) {
      workshop.write(`folder${round}/inner/file`, `round ${round}`);
      forget(workshop, await workshop.backup());
    }
    const mine = ids(await planRecover(await workshop.repository()));
    await resticRecovers(workshop);
    const [snapshot] = await Array.fromAsync((await workshop.repository()).snapshots());
    const target = workshop.path('out');
    await workshop.restic(['restore', snapshot?.id ?? '', '--target', target]);
    assert.deepEqual(
      readdirSync(target).sort(),
      mine.map((id) => id.slice(0, 8)),
    );
    assert.deepEqual(ids(await planRecover(await workshop.repository())), []);
  });

  it('takes what a damaged snapshot file led to, and passes over trees that are gone', async () => {
    await using workshop = await Workshop.open();
    workshop.write('whole/a', 'first');
    const first = await workshop.backup();
    const packs = new Set(
      readdirSync(join(workshop.repositoryFolder, 'data'), { recursive: true }).map(String),
    );
    workshop.write('lost/b', 'second');
    const second = await workshop.backup();
    const path = join(workshop.repositoryFolder, 'snapshots', first.id);
    rmSync(path);
    writeFileSync(path, 'nonsense');
    const whole = await planRecover(await workshop.repository());
    assert.deepEqual([ids(whole), whole.damaged.map(({ file }) => file.name)], [[first.tree], [first.id]]);

    // The trees of the second backup: it and the folder `lost`.
    for (const name of readdirSync(join(workshop.repositoryFolder, 'data'), { recursive: true })) {
      const file = join(workshop.repositoryFolder, 'data', String(name));
      if (!packs.has(String(name)) && String(name).includes('/')) rmSync(file);
    }
    const partly = await planRecover(await workshop.repository());
    assert.deepEqual(ids(partly), [first.tree]);
    assert.ok(partly.unreadable.some(({ tree }) => tree === second.tree));
  });
});
