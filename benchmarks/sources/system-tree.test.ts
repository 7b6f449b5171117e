import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { changeOnePercent } from './system-tree.ts';

it('changes every hundredth file of a tree, and none that a link leads to', () => {
  const folder = mkdtempSync(join(tmpdir(), 'octobox-tree-'));
  try {
    const [tree, outside] = [join(folder, 'tree'), join(folder, 'outside')];
    for (const each of [tree, outside]) {
      mkdirSync(join(each, 'inner'), { recursive: true });
      for (let at = 0; at < 200; at++) writeFileSync(join(each, 'inner', `file ${at}`), 'content');
    }
    symlinkSync('.', join(tree, 'circle'));
    symlinkSync(outside, join(tree, 'way out'));
    assert.equal(changeOnePercent(tree, 1), 2);
    for (let at = 0; at < 200; at++)
      assert.equal(readFileSync(join(outside, 'inner', `file ${at}`), 'utf8'), 'content');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
