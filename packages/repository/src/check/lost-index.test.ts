/** What `check` advises for a lost index must work: the rebuilding is done by the real restic. */
import assert from 'node:assert/strict';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { LocalStorage } from '@octobox/storage';
import { planPrune } from '../prune/plan-prune.ts';
import { Repository } from '../store/repository.ts';
import { TEST_PASSWORD } from '../testing/repository.ts';
import { Workshop } from '../testing/workshop.ts';
import { checkRepository } from './check.ts';

const lost = (path: string): void => rmSync(path);
const damaged = (path: string): void => {
  const bytes = readFileSync(path);
  bytes[60] = (bytes[60] ?? 0) ^ 1;
  chmodSync(path, 0o600);
  writeFileSync(path, bytes);
};

describe('an index that is gone', () => {
  for (const [title, harm, which] of [
    ['wholly', lost, 'all'],
    ['in one file of several', lost, 'one'],
    ['by a flipped bit', damaged, 'one'],
  ] as const) {
    it(`${title} is rebuilt by restic as check advises, and nothing is lost`, async () => {
      await using workshop = await Workshop.open();
      workshop.write('docs/letter.txt', 'Dear friend');
      await workshop.backup();
      workshop.write('docs/noise', 100_000);
      await workshop.backup();
      const names: string[] = [];
      for await (const { name } of workshop.storage.list('index')) names.push(name);
      assert.ok(names.length > 1);
      for (const name of which === 'all' ? names : names.slice(0, 1)) {
        harm(join(workshop.repositoryFolder, 'index', name));
      }
      const open = () =>
        Repository.open(new LocalStorage(workshop.repositoryFolder), { password: TEST_PASSWORD });
      const before = await checkRepository(await open(), { workers: 0 });
      const codes = before.findings.map(({ code }) => code);
      assert.ok(codes.includes('index-lost') && !codes.includes('pack-unreferenced'), `${codes}`);
      await assert.rejects(planPrune(await open()), 'prune must not touch such a repository');

      // The test runs the oldest restic that is supported; its verb was renamed in 0.16.
      const verbs = [['rebuild-index'], ['repair', 'index']];
      const { stdout } = await workshop.restic(['version']);
      const isOld = /^restic 0\.(9|1[0-5])\./.test(stdout);
      await workshop.restic(verbs[isOld ? 0 : 1] ?? []);

      const after = await checkRepository(await open(), { workers: 0, readData: true });
      assert.deepEqual(after.findings, []);
      await workshop.restic(['check', '--read-data']);
    });
  }
});
