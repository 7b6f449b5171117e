/**
 * restic's own expectations, read from its source, of which nothing is part of this project: `OCTOBOX_RESTIC_SOURCE`
 * names a checkout of it. `./octobox test` loads Debian's.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { PatternList } from '../filesystem/patterns.ts';
import { applyPolicy, type KeepCount, type KeepPolicy } from './keep-policy.ts';

const checkout = process.env.OCTOBOX_RESTIC_SOURCE;
const skip = checkout === undefined && 'OCTOBOX_RESTIC_SOURCE names no checkout of restic';
/** Where restic keeps its retention: `internal/restic` up to 0.18.0, `internal/data` since. */
const room = ['internal/data', 'internal/restic'].find((folder) =>
  existsSync(join(checkout ?? '', folder, 'snapshot_policy_test.go')),
);
const source = (...names: string[]): string => readFileSync(join(checkout ?? '', ...names), 'utf8');

interface GoldenSnapshot {
  readonly time: string;
  readonly tags?: readonly string[];
  readonly paths?: readonly string[] | null;
}

interface Golden {
  readonly keep: readonly GoldenSnapshot[] | null;
  readonly reasons?: readonly { readonly snapshot: GoldenSnapshot; readonly matches: readonly string[] }[];
}

/** The text between two markers of a Go file. */
function between(text: string, start: string | RegExp, end: string): string {
  const found = typeof start === 'string' ? start : start.exec(text)?.[0];
  const from = text.indexOf(found ?? '');
  assert.ok(found !== undefined && from >= 0, `${start} is not in restic's test`);
  return text.slice(from + found.length, text.indexOf(end, from));
}

const strings = (go: string | undefined): string[] =>
  [...(go ?? '').matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([literal]) => JSON.parse(literal) as string);

function snapshotsOf(go: string): GoldenSnapshot[] {
  const lines = between(go, /testExpireSnapshots = \w+\.Snapshots\{/, '\n\t}').split('\n');
  return lines
    .filter((line) => line.includes('parseTimeUTC'))
    .map((line) => {
      const time = /parseTimeUTC\("(\S+) (\S+)"\)/.exec(line);
      const tags = /Tags: \[\]string\{([^}]*)\}/.exec(line)?.[1];
      const paths = /Paths: \[\]string\{([^}]*)\}/.exec(line)?.[1];
      return {
        time: `${time?.[1]}T${time?.[2]}Z`,
        ...(tags !== undefined && { tags: strings(tags) }),
        ...(paths !== undefined && { paths: strings(paths) }),
      };
    });
}

const counts = ['Last', 'Hourly', 'Daily', 'Weekly', 'Monthly', 'Yearly'] as const;

function policiesOf(go: string): KeepPolicy[] {
  const list = between(go, /tests = \[\]\w+\.ExpirePolicy\{/, '\n\t}\n');
  // One policy begins at each line with two tabs and a brace.
  return list
    .split(/\n\t\t\{/)
    .slice(1)
    .map((text) => {
      const policy: Record<string, unknown> = {};
      for (const [, name = '', value] of text.matchAll(/\b(\w+):\s+(-?\d+)/g)) {
        assert.ok((counts as readonly string[]).includes(name), name);
        policy[`keep${name}`] = (Number(value) === -1 ? 'unlimited' : Number(value)) satisfies KeepCount;
      }
      for (const [, name, value] of text.matchAll(/\b(Within\w*):\s+[\w.]*[pP]arseDuration\w*\("(\w+)"\)/g))
        policy[`keep${name}`] = value;
      const tags = /Tags: \[\]\w+\.TagList\{(.*)\}\}/.exec(text)?.[1];
      if (tags !== undefined)
        policy.keepTags = [...tags.matchAll(/\{([^}]*)\}?/g)].map(([, tagList]) => strings(tagList));
      return policy as KeepPolicy;
    });
}

const shown = ({ time, tags, paths }: GoldenSnapshot): string =>
  JSON.stringify([time.replace(/\.(\d)0*Z/, '.$1Z'), tags ?? null, paths ?? null]);

describe('retention, as restic expects it', () => {
  const go = skip ? '' : source(room ?? '', 'snapshot_policy_test.go');
  const snapshots = skip ? [] : snapshotsOf(go);
  const policies = skip ? [] : policiesOf(go);

  it('there are snapshots and policies', { skip }, () => {
    assert.ok(snapshots.length > 80, `${snapshots.length} snapshots`);
    assert.ok(policies.length >= 35, `${policies.length} policies`);
  });

  for (const [number, policy] of policies.entries()) {
    it(`policy_keep_snapshots_${number}: ${JSON.stringify(policy)}`, { skip }, () => {
      const golden = JSON.parse(source(room ?? '', 'testdata', `policy_keep_snapshots_${number}`)) as Golden;
      const { keep } = applyPolicy(snapshots, policy);
      const expected = (golden.keep ?? []).map(shown);
      // Snapshots of the same moment come in no certain order.
      assert.deepEqual(keep.map(({ snapshot }) => shown(snapshot)).sort(), expected.sort());
      assert.deepEqual(
        keep.map(({ snapshot, reasons }) => [shown(snapshot), ...reasons].join('; ')).sort(),
        (golden.reasons ?? [])
          .map(({ snapshot, matches }) => [shown(snapshot), ...matches].join('; '))
          .sort(),
      );
    });
  }
});

describe('patterns, as restic expects them', () => {
  const go = skip ? '' : source('internal/filter/filter_test.go');
  /** The rows of a table: two strings and a truth. */
  const table = (name: string): [string, string, boolean][] => {
    const rows = between(go, `var ${name} = `, '\n}\n').matchAll(
      /\{\s*("(?:[^"\\]|\\.)*"),\s*("(?:[^"\\]|\\.)*"),\s*(true|false),?\s*\}/g,
    );
    return [...rows].map(([, pattern = '', path = '', match]) => [
      JSON.parse(pattern) as string,
      JSON.parse(path) as string,
      match === 'true',
    ]);
  };

  it('match', { skip }, () => {
    const rows = table('matchTests');
    assert.ok(rows.length > 70, `${rows.length} rows`);
    for (const [pattern, path, expected] of rows) {
      // Lists leave empty patterns out, in restic too.
      if (pattern === '') continue;
      const list = new PatternList([pattern]);
      assert.equal(list.matches(Buffer.from(path)), expected, `${pattern} and ${path}`);
      assert.equal(list.match(Buffer.from(path)).matched, expected, `${pattern} and ${path}`);
    }
  });

  it('may match below', { skip }, () => {
    const rows = table('childMatchTests');
    assert.ok(rows.length > 40, `${rows.length} rows`);
    for (const [pattern, path, expected] of rows) {
      if (pattern === '') continue;
      const { childMayMatch } = new PatternList([pattern]).match(Buffer.from(path));
      assert.equal(childMayMatch, expected, `${pattern} and ${path}`);
    }
  });

  it('come in lists', { skip }, () => {
    const rows = between(go, 'var filterListTests = ', '\n}\n').matchAll(
      /\{\[\]string\{([^}]*)\}, "([^"]*)", (true|false), (true|false)\}/g,
    );
    let count = 0;
    for (const [, patterns, path = '', matched, child] of rows) {
      count++;
      const list = new PatternList(strings(patterns));
      const expected = { matched: matched === 'true', childMayMatch: child === 'true' };
      assert.deepEqual(list.match(Buffer.from(path)), expected, `${patterns} and ${path}`);
      assert.equal(list.matches(Buffer.from(path)), expected.matched, `${patterns} and ${path}`);
    }
    assert.ok(count > 25, `${count} rows`);
  });

  it('hit as many lines of a long list of files', { skip }, (t) => {
    const file = join(checkout ?? '', 'internal/filter/testdata/libreoffice.txt.bz2');
    let lines: string[];
    try {
      lines = execFileSync('bzip2', ['-dc', file], { maxBuffer: 64 * 1024 * 1024 })
        .toString()
        .trimEnd()
        .split('\n');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return t.skip('bzip2 is not installed');
      throw error;
    }
    const rows = between(go, 'var testPatterns = ', '\n\t}\n').matchAll(/\{"([^"]*)", (\d+)\}/g);
    let count = 0;
    for (const [, pattern = '', hits] of rows) {
      count++;
      const list = new PatternList([pattern]);
      assert.equal(lines.filter((line) => list.matches(Buffer.from(line))).length, Number(hits), pattern);
    }
    assert.ok(count >= 3);
  });
});
