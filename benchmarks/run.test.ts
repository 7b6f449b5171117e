import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { Results } from './harness/results-file.ts';

describe('the benchmarks, in their small size', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'octobox-benchmarks-test-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const run = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      join(import.meta.dirname, 'run.ts'),
      ...[
        '--size',
        'small',
        '--runs',
        '1',
        '--folder',
        folder,
        '--restic',
        '/usr/bin/restic',
        '--without',
        'borg',
      ],
      ...['--results', join(folder, 'results.json'), ...args],
    ]);
    return stdout;
  };

  it('measure Octobox with one layer and with three beside restic, and leave nothing behind', async () => {
    const stdout = await run('random');
    const { cases } = JSON.parse(await readFile(join(folder, 'results.json'), 'utf8')) as Results;
    const first = cases.random?.samples['random, first'] ?? {};
    const names = Object.keys(first);
    assert.deepEqual(
      names.map((name) => name.replace(/ \d.*/, '')),
      ['octobox', 'octobox, three layers', 'restic'],
    );
    for (const [sample] of Object.values(first)) {
      assert.ok(sample !== undefined && sample.wall > 0 && sample.cpu > 0 && sample.memory > 10);
      // Random bytes cannot become fewer.
      assert.ok((sample.size ?? 0) > 8 * 2 ** 20 && (sample.size ?? 0) < 9.5 * 2 ** 20);
    }
    assert.match(stdout, /\| random, first \| octobox \|/);
    assert.deepEqual(await readdir(folder), ['results.json']);
  });

  it('end a curve where they are told to', async () => {
    await run('growth-data', '--up-to', '1');
    const { cases } = JSON.parse(await readFile(join(folder, 'results.json'), 'utf8')) as Results;
    const rows = Object.keys(cases['growth-data']?.samples ?? {});
    assert.deepEqual(rows, ['growth, 1 GB, first', 'growth, 1 GB, again']);
    await assert.rejects(run('growth-data', '--up-to', 'x'), /--up-to is a number/);
    assert.match(await run('--help'), /--up-to N/);
  });

  it('do not run again what was measured when told to resume', async () => {
    assert.doesNotMatch(await run('random', '--resume'), /^random, first: /m);
  });
});
