import type { Check, InventoryObject, VerificationReport } from '../source.ts';

export interface ComparisonRules {
  readonly counts: boolean;
  /** Compare definitions and values too; off when another major version words them differently. */
  readonly details: boolean;
  /** Objects that the inventory does not know are differences: true for a scratch copy, not for a live source. */
  readonly extras: boolean;
  /** More than in the inventory is fine: a live source goes on growing. Fewer never is. */
  readonly growth: boolean;
}

/** Compares the details of one object; undefined when they agree. */
export type DetailComparison = (expected: string, actual: string) => string | undefined;

const equalDetails: DetailComparison = (expected, actual) =>
  expected === actual ? undefined : 'is defined differently';

export interface Comparison {
  readonly differences: string[];
  /** How many objects the inventory has of these types. */
  readonly objects: number;
  /** The sum of the inventory's counts. */
  readonly counted: number;
  /** Objects with a higher count than in the inventory; a difference unless growth is allowed. */
  readonly grown: number;
}

const key = (object: InventoryObject): string => `${object.type}\n${object.name}`;

const describe = (object: InventoryObject): string => `${object.type.replaceAll('-', ' ')} ${object.name}`;

/** Compares what an inventory has of some types with what is there. */
export function compareObjects(
  expected: readonly InventoryObject[],
  actual: readonly InventoryObject[],
  types: readonly string[],
  rules: ComparisonRules,
  compareDetails: DetailComparison = equalDetails,
): Comparison {
  const there = new Map<string, InventoryObject>();
  for (const object of actual) if (types.includes(object.type)) there.set(key(object), object);
  const differences: string[] = [];
  let objects = 0;
  let counted = 0;
  let grown = 0;
  for (const object of expected) {
    if (!types.includes(object.type)) continue;
    objects += 1;
    counted += object.count ?? 0;
    const found = there.get(key(object));
    there.delete(key(object));
    if (found === undefined) {
      differences.push(`${describe(object)} is missing`);
      continue;
    }
    if (
      rules.counts &&
      object.count !== undefined &&
      found.count !== undefined &&
      object.count !== found.count
    ) {
      if (found.count > object.count) grown += 1;
      if (found.count < object.count || !rules.growth) {
        differences.push(`${describe(object)} has ${found.count} instead of ${object.count}`);
      }
    }
    if (rules.details && object.detail !== undefined && found.detail !== undefined) {
      const difference = compareDetails(object.detail, found.detail);
      if (difference !== undefined) differences.push(`${describe(object)} ${difference}`);
    }
  }
  if (rules.extras)
    for (const object of there.values()) differences.push(`${describe(object)} is not in the backup`);
  return { differences, objects, counted, grown };
}

const maxDifferences = 50;

export function checkOf(name: string, summary: string, differences: readonly string[]): Check {
  const failed = differences.length > 0;
  return {
    name,
    outcome: failed ? 'failed' : 'passed',
    summary: failed
      ? `${summary}; ${differences.length} differ${differences.length === 1 ? 's' : ''}`
      : summary,
    differences: differences.slice(0, maxDifferences),
  };
}

export const reportOf = (checks: readonly Check[]): VerificationReport => ({
  outcome: checks.every(({ outcome }) => outcome === 'passed') ? 'passed' : 'failed',
  checks,
});

/** "1,204,311 rows", "1 table" */
export const countOf = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
