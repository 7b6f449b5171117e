import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { VisitedNode } from '@octobox/repository';
import { SortedLines, type SortMode } from './sort-entries.ts';

const entry = (path: string, size: bigint, mtime = 0n): VisitedNode =>
  ({ path: Buffer.from(path, 'latin1'), node: { type: 'file', size, mtime } }) as unknown as VisitedNode;

function sorted(entries: readonly VisitedNode[], mode: SortMode, reverse = false): string[] {
  const lines = new SortedLines(mode, reverse);
  for (const one of entries) lines.add(one, Buffer.from(`line of ${one.path.toString('latin1')}`, 'latin1'));
  return [...lines.lines()].map((line) => line.toString('latin1').slice(8));
}

const some = [
  entry('/a', 5n, -3n),
  entry('/a/z.txt', 5n, 2n ** 70n),
  entry('/a.b', 5n, 9n),
  entry('/\xff.\xe9', 2n ** 63n),
  entry('/c.Z', 1n),
];

it('sorts by size, time and extension, equal ones by the bytes of their path', () => {
  assert.deepEqual(sorted(some, 'size'), ['/c.Z', '/a', '/a.b', '/a/z.txt', '/\xff.\xe9']);
  assert.deepEqual(sorted(some, 'mtime'), ['/a', '/c.Z', '/\xff.\xe9', '/a.b', '/a/z.txt']);
  assert.deepEqual(sorted(some, 'extension'), ['/a', '/c.Z', '/a.b', '/a/z.txt', '/\xff.\xe9']);
  assert.deepEqual(sorted(some, 'extension', true), ['/\xff.\xe9', '/a/z.txt', '/a.b', '/c.Z', '/a']);
});

it('by name keeps the order they come in, or turns it round', () => {
  const paths = some.map(({ path }) => path.toString('latin1'));
  assert.deepEqual(sorted(some, 'name'), paths);
  assert.deepEqual(sorted(some, 'name', true), paths.toReversed());
});

it('holds many, and lines that are longer than a chunk', () => {
  const many = Array.from({ length: 30_000 }, (_, number) =>
    entry(`/${'x'.repeat(100)}${number}`, BigInt(-number)),
  );
  many.push(entry(`/${'y'.repeat(2_000_000)}`, -40_000n));
  const lines = sorted(many, 'size');
  assert.equal(lines[0]?.length, 2_000_001);
  assert.deepEqual(
    lines.slice(1),
    many
      .slice(0, -1)
      .toReversed()
      .map(({ path }) => path.toString()),
  );
});
