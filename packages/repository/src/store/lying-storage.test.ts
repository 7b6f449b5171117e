/**
 * Backups through storages that lie. Whatever a lie leads to (a retry, an error, a backup that fails), what the
 * repository holds afterwards is whole: it is looked at without the liar, everything is read, and every snapshot
 * that a backup reported is restored and compared.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { MemoryStorage, openStorage, type Storage } from '@octobox/storage';
import {
  type Fault,
  type FaultPlan,
  FaultyStorage,
  type Lie,
  type LyingProxy,
  randomFaults,
  randomLies,
  type S3Server,
  startLyingProxy,
  startS3Server,
} from '@octobox/storage/testing';
import { backupFiles } from '../backup/files.ts';
import { checkRepository } from '../check/check.ts';
import { removeLocks } from '../locks/unlock.ts';
import { applyPrune } from '../prune/apply-prune.ts';
import { planPrune } from '../prune/plan-prune.ts';
import { restoreSnapshot } from '../restore/restore.ts';
import { createTestRepository, noise, TEST_PASSWORD, treeDifferences } from '../testing/index.ts';
import { Repository } from './repository.ts';

let base: string;
before(() => {
  base = mkdtempSync(join(tmpdir(), 'octobox-lies-'));
});
after(() => rmSync(base, { recursive: true, force: true }));

const opened = async (storage: Storage): Promise<Repository> => {
  const repository = await Repository.open(storage, { password: TEST_PASSWORD });
  await repository.loadIndex();
  return repository;
};

/** Makes folders that differ a little from each other, as a source does from day to day. */
function makeSources(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, day) => {
    const folder = join(base, `${name} ${day}`);
    mkdirSync(folder);
    for (let file = 0; file < 4; file++) {
      writeFileSync(join(folder, `file ${file}`), noise(`${file} ${file === day % 4 ? day : ''}`, 150_000));
    }
    return folder;
  });
}

interface Told {
  readonly snapshot: string;
  readonly folder: string;
}

/** Tries to back every folder up, and prunes in between; gives what was reported as saved, and how often it failed. */
async function liveWith(
  open: () => Promise<Storage>,
  folders: readonly string[],
): Promise<{ told: Told[]; failed: number }> {
  const told: Told[] = [];
  let failed = 0;
  const attempt = async (work: (repository: Repository) => Promise<void>): Promise<void> => {
    const storage = await open();
    try {
      await work(await opened(storage));
    } catch {
      failed += 1;
    } finally {
      await storage.close();
    }
  };
  for (const [day, folder] of folders.entries()) {
    await attempt(async (repository) => {
      const { snapshot } = await backupFiles(repository, { paths: [folder], host: 'test', workers: 1 });
      if (snapshot !== undefined) told.push({ snapshot: snapshot.id, folder });
    });
    if (day % 2 === 1) {
      await attempt(async (repository) => {
        await applyPrune(repository, await planPrune(repository, { maxUnused: 0 }));
      });
    }
  }
  return { told, failed };
}

/** Looks at a repository without any liar in between. */
async function assertWhole(storage: Storage, told: readonly Told[]): Promise<void> {
  const repository = await opened(storage);
  // An operation that failed may have left its lock behind.
  await removeLocks(repository, { all: true });
  const { errorCount, findings } = await checkRepository(repository, { readData: true });
  assert.equal(errorCount, 0, JSON.stringify(findings));
  for (const { snapshot: id, folder } of told) {
    const target = mkdtempSync(join(base, 'restored-'));
    await restoreSnapshot(repository, await repository.snapshot(id), { target });
    assert.deepEqual(treeDifferences(folder, join(target, folder)), []);
  }
  await repository.close();
}

describe('a storage that breaks and gives wrong bytes', () => {
  /** Breaks off, and now and then gives other bytes than were stored. */
  const plan = (seed: number, share: number): FaultPlan => {
    const broken = randomFaults(seed, share);
    const wrong = randomFaults(seed + 1000, share);
    return (point, count): Fault | undefined =>
      broken(point, count) ?? (point === 'read' && wrong(point, count) !== undefined ? 'corrupt' : undefined);
  };

  for (const [seed, share] of [
    [1, 0.01],
    [2, 0.03],
    [3, 0.1],
  ] as const) {
    it(`never leads to a bad backup (seed ${seed}, ${share * 100} % of operations)`, async () => {
      const memory = new MemoryStorage();
      const { repository } = await createTestRepository(memory);
      await repository.close();
      const folders = makeSources(`memory ${seed}`, 6);
      let faults = 0;
      let days = 0;
      const { told, failed } = await liveWith(async () => {
        const faulty = new FaultyStorage(memory, plan(seed * 100 + days++, share));
        const { close } = faulty;
        faulty.close = async () => {
          faults += faulty.faults;
          await close.call(faulty);
        };
        // A lock that a failure left behind would end the game on the first day.
        const truth = await opened(memory);
        await removeLocks(truth, { all: true });
        return faulty;
      }, folders);
      assert.ok(faults > 0);
      assert.ok(told.length + failed > 0);
      await assertWhole(memory, told);
    });
  }
});

describe('an S3 service that lies', () => {
  let server: S3Server;
  let proxy: LyingProxy;
  before(async () => {
    server = await startS3Server();
    proxy = await startLyingProxy(server.url);
  });
  after(async () => {
    await proxy.stop();
    await server.stop();
  });

  interface Case {
    readonly what: string;
    readonly lies: readonly Lie[];
    readonly stuckAfterMs?: number;
    /** Trying again is all that it takes. */
    readonly passes?: boolean;
  }
  const cases: readonly Case[] = [
    {
      what: 'that cuts, refuses, and answers with failures',
      lies: ['truncated', 'wrong-range', 'failed-after', 'busy', 'cut-before', 'cut-after'],
      passes: true,
    },
    { what: 'that never answers', lies: ['silent'], stuckAfterMs: 250 },
    { what: 'that gives other bytes, or fewer and calls them all', lies: ['wrong-bytes', 'shortened'] },
    {
      what: 'that shows what was, and does or says things twice',
      lies: ['stale', 'repeated', 'answered-twice'],
    },
  ];
  const all: Case = {
    what: 'that lies in every way',
    lies: cases.flatMap(({ lies }) => lies),
    stuckAfterMs: 250,
  };
  for (const [at, { what, lies, stuckAfterMs = 5000, passes = false }] of [...cases, all].entries()) {
    it(`${what} never leads to a bad backup`, async () => {
      const bucket = `bucket-${at}`;
      const options = {
        environment: server.environment,
        stuckAfterMs,
        retry: { firstDelayMs: 1, longestDelayMs: 4, totalMs: passes ? 20_000 : 2000 },
      };
      const told = (): number => lies.reduce((sum, lie) => sum + (proxy.lies.get(lie) ?? 0), 0);
      proxy.plan = () => undefined;
      const direct = () => openStorage(`s3:${server.url}/${bucket}`, options);
      const { repository } = await createTestRepository(await direct());
      await repository.close();
      const before = told();
      proxy.plan = randomLies(at + 1, 0.08, lies);
      const sources = makeSources(bucket, 3);
      const lived = await liveWith(async () => {
        const truth = await opened(await direct());
        await removeLocks(truth, { all: true });
        await truth.close();
        return openStorage(`s3:${proxy.url}/${bucket}`, options);
      }, sources);
      proxy.plan = () => undefined;
      assert.ok(told() > before, 'it has lied');
      if (passes) assert.deepEqual([lived.told.length, lived.failed], [sources.length, 0]);
      await assertWhole(await direct(), lived.told);
    });
  }
});
