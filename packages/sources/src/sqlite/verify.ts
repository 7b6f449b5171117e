import { type ComparisonRules, checkOf, compareObjects, countOf } from '../inventory/compare.ts';
import type { Check, Inventory, SourceContext } from '../source.ts';
import type { SqliteDatabase } from './database.ts';
import { findDamage, readSqliteInventory } from './inventory.ts';

/** Compares a database with an inventory; a live one may have grown. */
export async function verifySqlite(
  database: SqliteDatabase,
  inventory: Inventory,
  options: { growth: boolean },
  context: SourceContext,
): Promise<Check[]> {
  context.onProgress?.({ step: 'checking integrity' });
  const damage = await findDamage(database);
  const integrity = checkOf('integrity', "SQLite's own check of the whole file", damage);
  // Counting a damaged file fails somewhere in the middle and says no more than this.
  if (damage.length > 0) return [integrity];
  await database.query('begin');
  const actual = await readSqliteInventory(database, context);
  await database.query('commit');
  const expected = inventory.objects;
  const rules: ComparisonRules = {
    counts: true,
    details: true,
    extras: !options.growth,
    growth: options.growth,
  };
  const rows = compareObjects(expected, actual, ['table'], { ...rules, details: false, extras: false });
  const objects = compareObjects(expected, actual, ['table', 'index', 'trigger', 'view', 'setting'], {
    ...rules,
    counts: false,
  });
  const sequences = compareObjects(expected, actual, ['sequence-position'], rules, (wanted, found) =>
    wanted === found || (options.growth && Number(found) > Number(wanted))
      ? undefined
      : `stands at ${found} instead of ${wanted}`,
  );
  const keys = compareObjects(expected, actual, ['foreign-key-violation'], rules);
  const grown = rows.grown > 0 ? `, ${countOf(rows.grown, 'table')} grown since` : '';
  return [
    integrity,
    checkOf(
      'rows',
      `${countOf(rows.objects, 'table')}, ${countOf(rows.counted, 'row')}${grown}`,
      rows.differences,
    ),
    checkOf('objects', `${countOf(objects.objects, 'object')} with their definitions`, objects.differences),
    checkOf('sequences', `${countOf(sequences.objects, 'sequence')} in position`, sequences.differences),
    checkOf(
      'foreign-keys',
      `${countOf(keys.counted, 'broken reference')}, as in the backup`,
      keys.differences,
    ),
  ];
}
