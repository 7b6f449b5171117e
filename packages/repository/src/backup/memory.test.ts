/** A small version of the benchmarks: memory must not grow with the amount of data. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { LocalStorage } from '@octobox/storage';
import { Repository } from '../store/repository.ts';
import { createTestRepository, TEST_PASSWORD } from '../testing/index.ts';
import { backupFiles } from './files.ts';

const LIMIT = 400e6;

const [role, sourceArgument, pathArgument] = process.argv.slice(2);
if (role === 'measure') {
  const repository = await Repository.open(new LocalStorage(pathArgument ?? ''), { password: TEST_PASSWORD });
  await backupFiles(repository, { paths: [sourceArgument ?? ''], host: 'test' });
  process.send?.(process.resourceUsage().maxRSS * 1024);
  process.disconnect?.();
} else {
  it('needs less than 400 MB for a large file and many small ones', async (t) => {
    const base = mkdtempSync(join(tmpdir(), 'octobox-memory-'));
    t.after(() => rmSync(base, { recursive: true, force: true }));
    const [source, path] = [join(base, 'source'), join(base, 'repository')];
    mkdirSync(source);
    const large = openSync(join(source, 'large'), 'w');
    const block = Buffer.alloc(16 * 1024 * 1024);
    for (let i = 0; i < 32; i++) writeSync(large, randomFillSync(block));
    closeSync(large);
    for (let i = 0; i < 10_000; i++) writeFileSync(join(source, `small ${i}`), `${i}`);
    await createTestRepository(new LocalStorage(path));
    const child = fork(import.meta.filename, ['measure', source, path], { execArgv: [] });
    const [bytes] = (await once(child, 'message')) as [number];
    await once(child, 'exit');
    t.diagnostic(`${Math.round(bytes / 1e6)} MB`);
    assert.ok(bytes < LIMIT, `${Math.round(bytes / 1e6)} MB`);
  });
}
