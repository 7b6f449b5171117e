/**
 * restic's own damaged repositories with the results that it documents (`cmd_prune_integration_test.go`): whether a
 * check passes, and whether a prune makes it pass. They are not part of this project: `OCTOBOX_RESTIC_SOURCE` names a
 * checkout of restic. `./octobox test` loads Debian's.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { LocalStorage } from '@octobox/storage';
import { applyPrune } from '../prune/apply-prune.ts';
import { planPrune } from '../prune/plan-prune.ts';
import { restoreSnapshot } from '../restore/restore.ts';
import { Repository } from '../store/repository.ts';
import { TEST_PASSWORD } from '../testing/repository.ts';
import { restic } from '../testing/restic.ts';
import { Workshop } from '../testing/workshop.ts';
import { checkRepository } from './check.ts';

const source = process.env.OCTOBOX_RESTIC_SOURCE;
const skip = source === undefined && 'OCTOBOX_RESTIC_SOURCE names no checkout of restic';

/** Where restic keeps its fixtures. */
const rooms = ['cmd/restic', 'internal/checker', 'internal/repository', 'internal/backend'];

async function unpack(workshop: Workshop, name: string): Promise<Repository> {
  const archives = rooms.map((room) => join(source ?? '', room, 'testdata', `${name}.tar.gz`));
  const archive = archives.find(existsSync);
  assert.ok(archive !== undefined, `${name} is missing`);
  execFileSync('tar', ['xzf', archive, '-C', workshop.folder]);
  const folder = execFileSync('sh', ['-c', 'dirname "$(find . -name config -type f | head -1)"'], {
    cwd: workshop.folder,
    encoding: 'utf8',
  }).trim();
  const path = workshop.path(folder);
  execFileSync('chmod', ['-R', 'u+w', path]);
  return await Repository.open(new LocalStorage(path), { password: TEST_PASSWORD });
}

async function passes(repository: Repository): Promise<boolean> {
  repository.forgetIndex();
  const { findings } = await checkRepository(repository, { noLock: true, readData: true, workers: 0 });
  return !findings.some(({ severity }) => severity === 'error');
}

const table = [
  { name: 'repo-index-missing', check: false, prune: false },
  { name: 'repo-index-missing-blob', check: false, prune: false },
  { name: 'repo-data-missing', check: false, prune: false },
  { name: 'repo-unused-data-missing', check: false, prune: true },
  { name: 'repo-unreferenced-data', check: true, prune: true },
  { name: 'repo-obsolete-index', check: true, prune: true },
  { name: 'repo-mixed', check: true, prune: true },
  // restic fails this one with --check-unused only: blobs that are there twice cost space, and harm nothing.
  { name: 'repo-duplicates', check: true, prune: true },
];

describe("restic's damaged repositories", { skip, timeout: 120_000 }, () => {
  for (const { name, check, prune } of table) {
    it(`${name}: check ${check ? 'passes' : 'fails'}, prune ${prune ? 'works' : 'refuses'}`, async () => {
      await using workshop = Workshop.empty();
      const repository = await unpack(workshop, name);
      assert.equal(await passes(repository), check);
      const pruning = (async () =>
        await applyPrune(repository, await planPrune(repository, { maxUnused: '5%', noLock: true }), {
          noLock: true,
        }))();
      if (!prune) return await assert.rejects(pruning);
      await pruning;
      assert.equal(await passes(repository), true);
      const again = await planPrune(repository, { maxUnused: '5%', noLock: true });
      assert.equal(again.statistics.duplicate.blobs, 0);
      await restic(['check', '--read-data'], { repository: repository.storage.location });
    });
  }

  for (const name of [
    'small-repo',
    'copy-unstable-json',
    'repo-same-timestamps',
    'repo-restore-permissions-test',
    'old-index-repo',
    'repo-layout-default',
    'test-repo',
    'checker-test-repo',
  ]) {
    it(`${name} is whole and can be restored`, async () => {
      await using workshop = Workshop.empty();
      const repository = await unpack(workshop, name);
      assert.equal(await passes(repository), true);
      for await (const snapshot of repository.snapshots()) {
        const target = workshop.path(`restored-${snapshot.id}`);
        const { errors } = await restoreSnapshot(repository, snapshot, { target, workers: 0, noLock: true });
        assert.deepEqual(errors, []);
      }
    });
  }

  // What restic's own checker finds after one file is gone (`internal/checker/checker_test.go`).
  const losses = [
    {
      what: 'a pack',
      file: 'data/65/657f7fb64f6a854fff6fe9279998ee09034901eded4e6db9bcee0e59745bbce6',
      code: 'pack-missing',
      pack: '657f7fb64f6a854fff6fe9279998ee09034901eded4e6db9bcee0e59745bbce6',
    },
    {
      what: 'the index of a pack',
      file: 'index/3f1abfcb79c6f7d0a3be517d2c83c8562fba64ef2c8e9a3544b4edaf8b5e3b44',
      // Snapshots need what it holds, so that is more than a pack left over; how to make the index anew is said once.
      code: 'index-lost',
      pack: undefined,
    },
  ];
  for (const { what, file, code, pack } of losses) {
    it(`checker-test-repo without ${what}: the check says so`, async () => {
      await using workshop = Workshop.empty();
      const repository = await unpack(workshop, 'checker-test-repo');
      rmSync(join(repository.storage.location, file));
      const { findings } = await checkRepository(repository, { noLock: true, workers: 0 });
      const named = findings.filter((finding) => finding.code === code);
      assert.deepEqual(
        named.map((finding) => finding.file?.name),
        [pack],
      );
    });
  }

  it('checker-test-repo without a snapshot: exactly its own blobs are unused', async () => {
    await using workshop = Workshop.empty();
    const repository = await unpack(workshop, 'checker-test-repo');
    const snapshot = '51d249d28815200d59e4be7b3f21a157b864dc343353df9d8e498220c2499b02';
    rmSync(join(repository.storage.location, 'snapshots', snapshot));
    const { findings } = await checkRepository(repository, { noLock: true, workers: 0, checkUnused: true });
    const unused = findings.filter(({ code }) => code === 'blob-unused');
    assert.deepEqual(unused.map(({ message }) => /blob (\w{8})/.exec(message)?.[1]).sort(), [
      '18b51b32',
      '2a6f01e5',
      '58c748bb',
      '988a272a',
      'bec3a53d',
      'c01952de',
    ]);
  });

  it('duplicate-packs-in-index-test-repo: hints, and no error', async () => {
    await using workshop = Workshop.empty();
    const repository = await unpack(workshop, 'duplicate-packs-in-index-test-repo');
    const { findings, errorCount } = await checkRepository(repository, { noLock: true, workers: 0 });
    assert.equal(errorCount, 0);
    assert.ok(findings.some(({ code }) => code === 'pack-indexed-twice'));
  });
});
