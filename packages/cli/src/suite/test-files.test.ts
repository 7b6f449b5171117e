import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { findTestFiles, runTestFiles } from './test-files.ts';

describe('running test files', () => {
  let root: string;
  const put = async (name: string, body: string): Promise<void> => {
    const file = join(root, 'packages', 'sample', 'src', name);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, `import { it, describe } from 'node:test';\n${body}`);
  };
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'octobox-suite-'));
    await put('good.test.ts', `describe('a', () => { it('one', () => {}); it('two', () => {}); });`);
    await put('bad.test.ts', `it('breaks', () => { throw new Error('the reason'); });`);
    await put('crash.test.ts', `process.exit(3);`);
    await put('skip.test.ts', `it('not here', { skip: 'needs a moon' }, () => {});`);
  });
  after(() => rm(root, { recursive: true, force: true }));

  const run = async (only: string[]) => {
    const lines: string[] = [];
    // Node refuses to run a runner inside a test process unless the marker of that is gone.
    const marker = process.env.NODE_TEST_CONTEXT;
    delete process.env.NODE_TEST_CONTEXT;
    try {
      const tally = await runTestFiles({
        root,
        files: await findTestFiles(root, only),
        say: (line) => lines.push(line),
      });
      return { tally, output: lines.join('\n') };
    } finally {
      if (marker !== undefined) process.env.NODE_TEST_CONTEXT = marker;
    }
  };

  it('finds every test file below packages, and none that was not asked for', async () => {
    assert.equal((await findTestFiles(root, [])).length, 4);
    assert.deepEqual(await findTestFiles(root, ['good']), ['packages/sample/src/good.test.ts']);
  });

  it('counts tests and not the groups around them', async () => {
    const { tally } = await run(['good']);
    assert.deepEqual(tally, { passed: 2, failed: 0, skipped: 0 });
  });

  it('names a failed test, its file and the reason', async () => {
    const { tally, output } = await run(['bad']);
    assert.equal(tally.failed, 1);
    assert.match(output, /bad\.test\.ts: breaks/);
    assert.match(output, /the reason/);
  });

  it('counts a file that dies as a failure', async () => {
    const { tally } = await run(['crash']);
    assert.equal(tally.failed, 1);
  });

  it('counts a skipped test as neither and shows its reason', async () => {
    const { tally, output } = await run(['skip']);
    assert.deepEqual(tally, { passed: 0, failed: 0, skipped: 1 });
    assert.match(output, /needs a moon/);
    assert.doesNotMatch(output, /FAILED/);
  });
});
