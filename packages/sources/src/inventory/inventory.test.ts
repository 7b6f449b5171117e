import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Inventory, InventoryObject } from '../source.ts';
import { checkOf, compareObjects } from './compare.ts';
import { decodeInventory, encodeInventory } from './inventory.ts';

const inventory: Inventory = {
  version: 1,
  kind: 'postgresql',
  source: 'shop',
  takenAt: '2026-11-23T07:00:00.000Z',
  versions: { server: '15.18' },
  objects: [
    { type: 'view', name: 'b', detail: 'x' },
    { type: 'table', name: 'z', count: 3 },
    { type: 'table', name: 'a', count: 0 },
  ],
};

test('an inventory is read as it was written, sorted', () => {
  const decoded = decodeInventory(Buffer.from(encodeInventory(inventory)).toString());
  assert.deepEqual(
    decoded.objects.map(({ name }) => name),
    ['a', 'z', 'b'],
  );
  assert.deepEqual({ ...decoded, objects: [] }, { ...inventory, objects: [] });
});

test('anything that is no inventory of this version is refused', () => {
  const broken = [
    '',
    '{}',
    JSON.stringify({ ...inventory, version: 2 }),
    JSON.stringify({ ...inventory, kind: 'tape' }),
    JSON.stringify({ ...inventory, objects: [{ type: 'table' }] }),
    JSON.stringify({ ...inventory, objects: [{ type: 'table', name: 'a', count: '3' }] }),
    JSON.stringify(inventory).slice(0, -5),
  ];
  for (const text of broken) assert.throws(() => decodeInventory(text), text);
});

const strict = { counts: true, details: true, extras: true, growth: false };

test('missing, different, fewer and unknown objects are told apart', () => {
  const actual: InventoryObject[] = [
    { type: 'table', name: 'z', count: 2 },
    { type: 'table', name: 'new', count: 9 },
    { type: 'view', name: 'b', detail: 'y' },
  ];
  const { differences, objects, counted } = compareObjects(
    inventory.objects,
    actual,
    ['table', 'view'],
    strict,
  );
  assert.deepEqual([objects, counted], [3, 3]);
  assert.deepEqual(differences, [
    'view b is defined differently',
    'table z has 2 instead of 3',
    'table a is missing',
    'table new is not in the backup',
  ]);
});

test('a live source may have grown, but not shrunk', () => {
  const live = { ...strict, extras: false, growth: true };
  const grown = compareObjects(
    [{ type: 'table', name: 'z', count: 3 }],
    [{ type: 'table', name: 'z', count: 5 }],
    ['table'],
    live,
  );
  assert.deepEqual([grown.differences, grown.grown], [[], 1]);
  const shrunk = compareObjects(
    [{ type: 'table', name: 'z', count: 3 }],
    [{ type: 'table', name: 'z', count: 1 }],
    ['table'],
    live,
  );
  assert.equal(shrunk.differences.length, 1);
});

test('a check names at most fifty differences and counts them all', () => {
  const check = checkOf(
    'rows',
    '80 tables',
    Array.from({ length: 80 }, (_, i) => `table ${i} is missing`),
  );
  assert.deepEqual(
    [check.outcome, check.differences.length, check.summary],
    ['failed', 50, '80 tables; 80 differ'],
  );
});
