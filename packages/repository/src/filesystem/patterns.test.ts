import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InvalidPatternError, PatternList } from './patterns.ts';

const matches = (pattern: string | string[], path: string): boolean => {
  const list = new PatternList([pattern].flat());
  const bytes = Buffer.from(path);
  const matched = list.matches(bytes);
  assert.equal(list.match(bytes).matched, matched, 'matches and match agree');
  return matched;
};
const child = (pattern: string | string[], path: string): boolean =>
  new PatternList([pattern].flat()).match(Buffer.from(path)).childMayMatch;

/** pattern → paths it matches, paths it does not */
type Case = readonly [pattern: string, yes: readonly string[], no: readonly string[]];

function table(cases: readonly Case[]): void {
  for (const [pattern, yes, no] of cases) {
    for (const path of yes) assert.ok(matches(pattern, path), `${pattern} matches ${path}`);
    for (const path of no) assert.ok(!matches(pattern, path), `${pattern} does not match ${path}`);
  }
}

describe('one pattern', () => {
  it('without a leading slash matches at any depth, and everything below', () => {
    table([
      ['log', ['/log', '/a/log', '/a/log/b/c', 'log'], ['/a/logs', '/a/blog', '/LOG']],
      ['*.go', ['/src/x/test.go', 'test.go', '/dir.go/file'], ['/src/x/test.c', '/src/x/go']],
      ['a/b', ['/a/b', '/x/a/b', '/x/a/b/c'], ['/a/x/b', '/b/a']],
      ['a/*', ['/a/b', '/x/a/b'], ['/a', '/x/a']],
      ['*', ['/a', '/a/b', 'a'], []],
    ]);
  });

  it('with a leading slash is anchored, and matches everything below', () => {
    table([
      ['/foo', ['/foo', '/foo/baz'], ['/bar/foo', 'foo', '/foobar']],
      ['/foo/*', ['/foo/a', '/foo/a/b'], ['/foo', '/x/foo/a']],
      ['/*/b', ['/a/b', '/a/b/c'], ['/b', '/a/x/b']],
      ['/', ['/', '/a', '/a/b'], ['a']],
    ]);
  });

  it('is cleaned like a path', () => {
    table([
      ['/foo/', ['/foo', '/foo/x'], ['/bar']],
      ['/foo///bar', ['/foo/bar'], ['/foo']],
      ['/foo/../bar', ['/bar'], ['/foo/bar']],
      ['./foo', ['/a/foo'], ['/a/bar']],
    ]);
  });

  it('knows classes, single characters and escapes', () => {
    table([
      ['/[ab]x', ['/ax', '/bx'], ['/cx', '/abx']],
      ['/[^ab]x', ['/cx'], ['/ax', '/x']],
      ['/[a-cx-z]', ['/b', '/y'], ['/d', '/w']],
      ['/[\\]a]', ['/]', '/a'], ['/b']],
      ['/?', ['/a', '/é', '/€', '/😀'], ['/ab', '/éa']],
      ['/a?c*e', ['/abce', '/aéc…e'], ['/ace', '/abcd']],
      ['/[à-ü]', ['/é'], ['/e', '/éé']],
      ['/\\*', ['/*'], ['/a', '/\\*']],
      ['/\\[x\\]', ['/[x]'], ['/x']],
      ['/a\\?b', ['/a?b'], ['/axb']],
      ['/c:\\\\d', ['/c:\\d'], ['/c:d']],
      ['\\!important', ['/!important'], ['/important']],
    ]);
  });

  it('backtracks over several stars', () => {
    table([
      ['*a*b*c', ['/xaybzc', '/abc', '/aabbcc', '/abcabc'], ['/acb', '/abca']],
      ['a*a*a', ['/aaa', '/abaca'], ['/aa']],
      ['**a', ['/ba'], ['/ab']],
    ]);
  });

  it('takes ** for any number of folders', () => {
    table([
      ['**', ['/a', '/a/b/c', 'a'], []],
      ['foo/**/bar', ['/foo/bar', '/x/foo/a/b/bar', '/foo/a/bar/below'], ['/foo', '/bar/foo', '/foo/a/b']],
      ['/foo/**/*.go', ['/foo/x.go', '/foo/a/b/x.go'], ['/x/foo/a.go', '/foo/a/b.c']],
      ['a/**/b/**/c', ['/x/a/1/2/b/3/c', '/x/a/b/1/c', '/x/y/a/b/c'], ['/a/b', '/a/c/b']],
    ]);
  });

  it('counts every ** as one component at least when it looks how far to go, as restic does', () => {
    assert.equal(matches('/a/**/b/**/c', '/a/b/c'), false);
    assert.equal(matches('/a/**/b/**/c', '/a/x/b/y/c'), true);
  });
});

describe('a list', () => {
  it('that is empty, or holds only empty patterns, matches nothing', () => {
    assert.deepEqual(new PatternList([]).match(Buffer.from('/a')), { matched: false, childMayMatch: false });
    assert.equal(new PatternList(['', '']).isEmpty, true);
    assert.equal(matches(['', '*.c'], '/x.c'), true);
  });

  it('matches when any pattern does', () => {
    assert.equal(matches(['*.c', '*.go'], '/x.go'), true);
    assert.equal(matches(['*.c', '*.go'], '/x.h'), false);
  });

  it('lets a negated pattern take back what came before it, and nothing that comes after', () => {
    const list = ['/home/*/*', '!important*', '*.bak'];
    assert.equal(matches(list, '/home/me/notes'), true);
    assert.equal(matches(list, '/home/me/important.txt'), false);
    assert.equal(matches(list, '/home/me/important.bak'), true);
    assert.equal(matches(['!**', '*.go'], '/a.go'), true);
  });

  it('says whether anything below could match', () => {
    for (const [pattern, path] of [
      ['foo/bar', '/x'],
      ['/foo/bar/baz', '/foo'],
      ['/foo/bar/baz', '/foo/bar'],
      ['/foo/*/baz', '/foo/x'],
      ['/foo', '/foo/deeper'],
      ['/foo/**/x', '/foo/a/b/c'],
      ['/**/x', '/anything/at/all'],
    ] as const) {
      assert.equal(child(pattern, path), true, `${pattern} may match below ${path}`);
    }
    for (const [pattern, path] of [
      ['/foo/bar/baz', '/foo/other'],
      ['/foo/*/baz', '/foo/x/y'],
      ['/foo/bar', '/bar'],
      ['/foo/**/x', '/bar/foo'],
    ] as const) {
      assert.equal(child(pattern, path), false, `${pattern} cannot match below ${path}`);
    }
    assert.equal(child(['/a/*', '!/a/b'], '/a/b'), false);
    assert.equal(child(['/a/b', '/c/d'], '/c'), true);
  });

  it('refuses malformed patterns and names each of them', () => {
    for (const bad of [
      '[',
      'a[',
      '[]',
      '[]a]',
      '[a',
      '[-]',
      '[x-]',
      '[-x]',
      '[a-b-c]',
      '[^]',
      '\\',
      'a\\',
      '[\\]',
    ]) {
      assert.throws(() => new PatternList([bad]), InvalidPatternError, bad);
    }
    assert.throws(
      () => new PatternList(['fine', 'one/[', 'two/**/[a']),
      (error: unknown) =>
        error instanceof InvalidPatternError &&
        error.message.includes('one/[') &&
        error.message.includes('two/**/[a'),
    );
  });

  it('refuses an empty path', () => {
    assert.throws(() => new PatternList(['a']).matches(Buffer.alloc(0)), RangeError);
  });
});

describe('names', () => {
  it('are bytes: what is no UTF-8 matches itself, and counts as one character a byte', () => {
    const name = Buffer.concat([Buffer.from('/caf'), Buffer.from([0xe9])]);
    assert.equal(new PatternList([name]).matches(name), true);
    assert.equal(new PatternList(['/caf?']).matches(name), true);
    assert.equal(new PatternList(['/café']).matches(name), false);
    assert.equal(new PatternList(['caf*']).matches(name), true);
  });

  it('that hold special characters are matched by their escaped form only', () => {
    const name = '/a[1] *?\\b';
    assert.equal(matches(name.replace(/[\\[\]*?]/g, '\\$&'), name), true);
    assert.equal(matches('/a[1]*', name), false);
  });
});

describe('without regard to case', () => {
  const insensitive = (pattern: string, path: string | Buffer): boolean =>
    new PatternList([pattern], { ignoreCase: true }).matches(Buffer.from(path));

  it('compares lower-cased characters', () => {
    assert.equal(insensitive('*.JPG', '/Photos/IMG.jpg'), true);
    assert.equal(insensitive('/photos', '/PHOTOS/x'), true);
    assert.equal(insensitive('ÄÖÜ*', '/äöüß'), true);
    assert.equal(insensitive('ΣΑΣ', '/σασ'), true);
    assert.equal(insensitive('[A-C]x', '/bX'), true);
  });

  it('keeps sensitive lists sensitive', () => {
    assert.equal(matches('*.JPG', '/a.jpg'), false);
  });

  it('copes with names that are no UTF-8', () => {
    assert.equal(insensitive('A*', Buffer.from([0x2f, 0x41, 0xff])), true);
  });
});
