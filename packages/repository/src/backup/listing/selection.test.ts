import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { statPath } from '../../filesystem/file-stat.ts';
import { InvalidPatternError } from '../../filesystem/patterns.ts';
import { Selection } from './selection.ts';

const stat = (path: string): ReturnType<typeof statPath> => statPath(Buffer.from(path));

function folder(t: TestContext): string {
  const base = mkdtempSync(join(tmpdir(), 'octobox-selection-'));
  t.after(() => rmSync(base, { recursive: true, force: true }));
  return base;
}

describe('what a backup leaves out', () => {
  it('is named by patterns, with and without regard to case, and in files', (t) => {
    const base = folder(t);
    const file = join(base, 'patterns');
    process.env.OCTOBOX_TEST_FOLDER = 'cache';
    t.after(() => delete process.env.OCTOBOX_TEST_FOLDER);
    writeFileSync(
      file,
      '# a comment\n\n  *.bak  \n/srv/$OCTOBOX_TEST_FOLDER/**\n/srv/$$money\n/$' + '{OCTOBOX_TEST_FOLDER}2\n',
    );
    const selection = new Selection(
      { excludes: ['*.tmp'], iexcludes: ['THUMBS.db'], excludeFiles: [file] },
      [],
    );
    for (const path of ['/a/x.tmp', '/b/Thumbs.DB', '/c.bak', '/srv/cache/x', '/srv/$money', '/cache2'])
      assert.equal(selection.excludesName(path), true, path);
    for (const path of ['/a/x.TMP', '/srv/other', '/# a comment'])
      assert.equal(selection.excludesName(path), false, path);
    assert.throws(() => new Selection({ excludes: ['[a'] }, []), InvalidPatternError);
    assert.throws(() => new Selection({ excludeFiles: [join(base, 'none')] }, []), /ENOENT/);
  });

  it('lies on another file system, but for the mount point itself', {
    skip: process.platform !== 'linux',
  }, () => {
    const selection = new Selection({ oneFileSystem: true }, ['/']);
    assert.equal(selection.excludes('/proc', stat('/proc')), false);
    assert.equal(selection.excludes('/proc/version', stat('/proc/version')), true);
    assert.equal(selection.excludes('/proc/self', stat('/proc/sys')), true);
    assert.equal(selection.excludes('/etc', stat('/etc')), false);
  });

  it('is larger than a limit', (t) => {
    const path = join(folder(t), 'file');
    writeFileSync(path, 'twelve bytes');
    assert.equal(new Selection({ excludeLargerThan: 11 }, []).excludes(path, stat(path)), true);
    assert.equal(new Selection({ excludeLargerThan: 12 }, []).excludes(path, stat(path)), false);
  });

  it('lies in a marked folder, of which only the mark is kept', (t) => {
    const base = folder(t);
    for (const name of ['cache', 'false cache', 'marked', 'plain']) mkdirSync(join(base, name));
    writeFileSync(join(base, 'cache/CACHEDIR.TAG'), 'Signature: 8a477f597d28d172789f06886806bc55\nmore');
    writeFileSync(join(base, 'false cache/CACHEDIR.TAG'), 'Signature');
    writeFileSync(join(base, 'marked/.nobackup'), '');
    const selection = new Selection({ excludeCaches: true, excludeIfPresent: ['.nobackup'] }, []);
    assert.deepEqual([...(selection.keptNames(join(base, 'cache')) ?? [])], ['CACHEDIR.TAG']);
    assert.deepEqual([...(selection.keptNames(join(base, 'marked')) ?? [])], ['.nobackup']);
    assert.equal(selection.keptNames(join(base, 'false cache')), undefined);
    assert.equal(selection.keptNames(join(base, 'plain')), undefined);
    assert.throws(() => new Selection({ excludeIfPresent: [':content'] }, []), RangeError);
  });
});
