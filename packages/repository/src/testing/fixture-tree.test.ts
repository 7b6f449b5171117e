import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { makeFixtureTree } from './fixture-tree.ts';
import { describeTree, treeDifferences } from './tree-differences.ts';

describe('the fixture tree', () => {
  it('is the same wherever it is made, and differences are named', (t) => {
    const base = mkdtempSync(join(tmpdir(), 'octobox-fixture-'));
    t.after(() => rmSync(base, { recursive: true, force: true }));
    const [one, two] = [join(base, 'one'), join(base, 'two')];
    const made = makeFixtureTree(one);
    assert.deepEqual(makeFixtureTree(two).missing, made.missing);
    assert.deepEqual(treeDifferences(one, two), []);
    if (process.getuid?.() === 0) assert.deepEqual(made.missing, []);
    const facts = describeTree(one);
    assert.equal(facts.get('links/sub/hard c')?.linkedWith, 'links/hard a');
    assert.equal(facts.get('modes/file 4755')?.mode, '104755');

    chmodSync(join(two, 'contents/text'), 0o600);
    writeFileSync(join(two, 'new'), '');
    assert.deepEqual(
      treeDifferences(one, two).filter((line) => !line.includes('modified')),
      ['contents/text: mode 100644 != 100600', `new: only in ${two}`],
    );
  });
});
