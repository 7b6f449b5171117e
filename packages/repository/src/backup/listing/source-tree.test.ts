import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { buildSourceTree, type SourceTree } from './source-tree.ts';

/** Each place in the snapshot: what is stored there, or `(metadata)` for a folder on the way. */
function flat(tree: SourceTree, prefix = ''): Record<string, string> {
  const lines: Record<string, string> = {};
  for (const [name, child] of tree.children) {
    const place = `${prefix}/${name}`;
    lines[place] = child.path ?? `(${child.metadata})`;
    Object.assign(lines, flat(child, place));
  }
  return lines;
}

describe('the place of sources in a snapshot', () => {
  it('is below the root for absolute paths, with every folder on the way', () => {
    assert.deepEqual(flat(buildSourceTree(['/srv/www/', '/srv//db', '/etc/../etc/hosts'])), {
      '/srv': '(/srv)',
      '/srv/www': '/srv/www',
      '/srv/db': '/srv/db',
      '/etc': '(/etc)',
      '/etc/hosts': '/etc/hosts',
    });
  });

  it('keeps the parts of relative paths', () => {
    assert.deepEqual(flat(buildSourceTree(['a', './b/c', '../d/e', '../../f'])), {
      '/a': 'a',
      '/b': '(b)',
      '/b/c': 'b/c',
      '/d': '(../d)',
      '/d/e': '../d/e',
      '/f': '../../f',
    });
  });

  it('tells roots of the same name apart', () => {
    assert.deepEqual(flat(buildSourceTree(['a/x', '../a/x', '/a/x'])), {
      '/a': '(a)',
      '/a/x': 'a/x',
      '/a-1': '(../a)',
      '/a-1/x': '../a/x',
      '/a-2': '(/a)',
      '/a-2/x': '/a/x',
    });
  });

  it('takes the contents of a folder without a name, and each source once', (t) => {
    const base = mkdtempSync(join(tmpdir(), 'octobox-sources-'));
    t.after(() => rmSync(base, { recursive: true, force: true }));
    mkdirSync(join(base, 'one'));
    writeFileSync(join(base, 'two'), '');
    const before = process.cwd();
    process.chdir(join(base, 'one'));
    t.after(() => process.chdir(before));
    assert.deepEqual(flat(buildSourceTree(['..'])), { '/one': '../one', '/two': '../two' });
    assert.deepEqual(flat(buildSourceTree(['.'])), {});
    assert.deepEqual(flat(buildSourceTree(['../two', '../two', '../one/../two'])), { '/two': '../two' });
  });

  it('resolves a source inside another one', (t) => {
    const base = mkdtempSync(join(tmpdir(), 'octobox-sources-'));
    t.after(() => rmSync(base, { recursive: true, force: true }));
    mkdirSync(join(base, 'one/in'), { recursive: true });
    writeFileSync(join(base, 'one/two'), '');
    const places = flat(buildSourceTree([join(base, 'one/in'), join(base, 'one')]));
    assert.equal(places[`${base}/one`], `(${base}/one)`);
    assert.equal(places[`${base}/one/in`], `${base}/one/in`);
    assert.equal(places[`${base}/one/two`], `${base}/one/two`);
  });
});
