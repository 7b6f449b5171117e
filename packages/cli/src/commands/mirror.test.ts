import assert from 'node:assert/strict';
import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { restic } from '@octobox/repository/testing';
import { jsonLines, type Outcome, Workshop } from '../testing/octobox.ts';

describe('octobox mirror', { timeout: 240_000 }, () => {
  let workshop: Workshop;
  let to: string;
  before(async () => {
    workshop = await Workshop.withRepository();
    to = workshop.at('mirror');
    await writeFile(workshop.at('file'), 'x'.repeat(100_000));
    assert.equal((await workshop.onRepository(['backup', workshop.at('file')])).code, 0);
  });
  after(() => workshop[Symbol.asyncDispose]());

  const mirror = (...args: string[]): Promise<Outcome> =>
    workshop.onRepository(['mirror', '--to', to, ...args]);

  it('shows what a first upload sends and costs, and sends nothing without a yes', async () => {
    const plan = await mirror(
      ...['--dry-run', '--json', '--bandwidth', '1M', '--price-per-gb-month', '1000', '--currency', 'EUR'],
    );
    assert.equal(plan.code, 0, plan.stderr);
    const [told] = jsonLines(plan.stdout);
    assert.equal(told?.message_type, 'mirror_plan');
    const bytes = Number(told?.bytes);
    assert.ok(bytes > 0);
    assert.equal(told?.seconds, bytes / 1024 ** 2);
    // Bytes over a billion, times a thousand: the last digit may differ.
    assert.ok(Math.abs(Number(told?.cost_per_month) - bytes / 1e6) < 1e-9);
    assert.equal(told?.request_cost, undefined);
    const kinds = told?.objects_by_kind as Record<string, number>;
    assert.equal(
      Object.values(kinds).reduce((sum, count) => sum + count),
      told?.objects,
    );
    const refused = await mirror();
    assert.match(refused.stdout, /^config to send: +1$/m);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /needs a yes/);
    await assert.rejects(readdir(to));
    assert.equal((await mirror('status')).code, 4);
  });

  it('sends it with a yes, tells how far it is behind, and every verb works there', async () => {
    const sent = await mirror('--yes', '--json');
    assert.equal(sent.code, 0, sent.stderr);
    assert.equal(jsonLines(sent.stdout).at(-1)?.snapshots, 1);
    await restic(['check', '--read-data'], { repository: to });
    await writeFile(workshop.at('file'), 'y');
    assert.equal((await workshop.onRepository(['backup', workshop.at('file')])).code, 0);
    const late = await mirror('status', '--json', '--max-age', '1ms');
    assert.equal(late.code, 4, late.stderr);
    const [status] = jsonLines(late.stdout);
    assert.deepEqual(
      { ...(status?.behind ?? {}), objects: 0, bytes: 0, oldest: 0 },
      { snapshots: 1, objects: 0, bytes: 0, oldest: 0 },
    );
    assert.equal((await mirror('--limit-upload', '00:00-24:00=5M,zone=UTC')).code, 0);
    const there = await workshop.run(['snapshots', '--json', '-r', to], {
      env: { RESTIC_PASSWORD: workshop.access.RESTIC_PASSWORD ?? '' },
    });
    assert.equal((JSON.parse(there.stdout) as unknown[]).length, 2, there.stderr);
  });

  it('never begins anew by itself, and refuses what makes no sense', async () => {
    await rm(to, { recursive: true });
    const gone = await mirror();
    assert.equal(gone.code, 1);
    assert.match(gone.stderr, /is gone[\s\S]*--anew/);
    assert.equal((await mirror('--anew')).code, 0);
    assert.match((await mirror('--limit-upload', 'fast')).stderr, /bandwidth schedule/);
    assert.match((await mirror('back')).stderr, /no action called back/);
    assert.match((await workshop.onRepository(['mirror'])).stderr, /no place for the mirror/);
  });

  it('says before the yes that a folder holds something else', async () => {
    await mkdir(workshop.at('pictures'));
    for (const name of ['a.png', 'b.png', 'c.png', 'd.png'])
      await writeFile(workshop.at('pictures', name), '');
    const { code, stdout } = await workshop.onRepository(['mirror', '--to', workshop.at('pictures')]);
    assert.equal(code, 1);
    assert.match(stdout, /not empty.*: a\.png, b\.png, c\.png and 1 more/);
  });

  it('notices in every form that the mirror is the repository itself under another name', async () => {
    await symlink(workshop.repository, workshop.at('alias'));
    const itself = (...args: string[]): Promise<Outcome> =>
      workshop.onRepository(['mirror', '--to', workshop.at('alias'), ...args]);
    for (const args of [[], ['--dry-run'], ['status']]) {
      const { code, stderr } = await itself(...args);
      assert.equal(code, 1, args.join());
      assert.match(stderr, /the very same place/);
    }
    assert.equal((await mirror('--dry-run')).code, 0);
  });

  it('a source that was wiped is told as a loss, and what the mirror still has', async () => {
    const snapshots = workshop.at('repository', 'snapshots');
    for (const name of await readdir(snapshots)) await rm(join(snapshots, name));
    for (const args of [['status'], [], ['status']]) {
      const { code, stdout, stderr } = await mirror(...args);
      assert.equal(code, 4, stderr);
      assert.match(stderr, /2 objects went missing in the source[\s\S]*--accept-loss/);
      if (args.length > 0) assert.match(stdout, /newest snapshot there: [0-9a-f]{8} of .*\(2 snapshots\)/);
    }
    const accepted = await mirror('--accept-loss', '--yes');
    assert.equal(accepted.code, 0, accepted.stderr);
  });
});
