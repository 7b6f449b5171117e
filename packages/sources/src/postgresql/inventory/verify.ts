import { type ComparisonRules, checkOf, compareObjects, countOf, reportOf } from '../../inventory/compare.ts';
import type { Check, Inventory, InventoryObject, SourceContext, VerificationReport } from '../../source.ts';
import { readServerVersion, type Session } from '../connecting/session.ts';
import { checkIndexes } from './index-check.ts';
import { countRows, readCatalog, readLargeObjects } from './inventory.ts';
import { compareSequence, readSequences, sequenceRanges } from './sequences.ts';

export interface VerifyOptions {
  /** A live database goes on growing; a scratch copy and a database nobody uses yet do not. */
  readonly growth: boolean;
  /** A private server has exactly the roles of the backup; on any other only the missing ones were made. */
  readonly ownServer: boolean;
  readonly otherLocale: boolean;
}

const objectTypes = [
  'schema',
  'table',
  'partitioned-table',
  'partition',
  'foreign-table',
  'view',
  'materialized-view',
  'sequence',
  'index',
  'function',
  'procedure',
  'aggregate',
  'trigger',
  'rule',
  'policy',
  'constraint',
  'type',
  'event-trigger',
  'publication',
  'foreign-server',
  'statistics',
  'operator',
  'collation',
  'text-search-configuration',
  'text-search-dictionary',
];

/** Compares a database with an inventory, question by question. */
export async function verifyDatabase(
  session: Session,
  inventory: Inventory,
  options: VerifyOptions,
  context: SourceContext,
): Promise<VerificationReport> {
  // One view of everything, as the inventory was.
  await session.query('begin transaction isolation level repeatable read, read only');
  const { major } = await readServerVersion(session);
  const actual = [
    ...(await countRows(session, await readCatalog(session), context)),
    ...(await readLargeObjects(session)),
    ...positions(await readSequences(session)),
  ];
  await session.query('commit');
  // Another major version words definitions and privileges differently.
  const details = major === Number.parseInt(inventory.versions.server ?? '', 10);
  const rules: ComparisonRules = { counts: true, details, extras: !options.growth, growth: options.growth };
  return reportOf([
    checkRows(inventory.objects, actual, rules),
    checkObjects(inventory.objects, actual, rules),
    checkSequences(inventory.objects, actual, rules),
    checkExtensions(inventory.objects, actual),
    checkForeignKeys(inventory.objects, actual, rules),
    checkLargeObjects(inventory.objects, actual, rules),
    checkGrants(inventory.objects, actual, rules),
    checkRoles(inventory.objects, actual, rules, options),
    checkDatabase(inventory.objects, actual, rules, options),
    ...(await checkIndexes(session, { install: options.ownServer }, context)),
  ]);
}

const positions = (read: Awaited<ReturnType<typeof readSequences>>): InventoryObject[] =>
  sequenceRanges(read, read);

type Objects = readonly InventoryObject[];

const tables = ['table', 'partitioned-table'];

function checkRows(expected: Objects, actual: Objects, rules: ComparisonRules): Check {
  const compared = compareObjects(expected, actual, tables, { ...rules, details: false, extras: false });
  // A partitioned table's sum would count its rows twice.
  const { counted, objects } = compareObjects(expected, actual, ['table'], { ...rules, details: false });
  const grown = compared.grown > 0 && rules.growth ? `, ${countOf(compared.grown, 'table')} grown since` : '';
  return checkOf(
    'rows',
    `${countOf(objects, 'table')}, ${countOf(counted, 'row')}${grown}`,
    compared.differences,
  );
}

function checkObjects(expected: Objects, actual: Objects, rules: ComparisonRules): Check {
  const compared = compareObjects(expected, actual, objectTypes, { ...rules, counts: false });
  const comments = compareObjects(expected, actual, ['comment'], rules);
  const how = rules.details ? 'with their definitions' : 'by name (another major version)';
  return checkOf('objects', `${countOf(compared.objects, 'object')} ${how}`, [
    ...compared.differences,
    ...comments.differences,
  ]);
}

function checkSequences(expected: Objects, actual: Objects, rules: ComparisonRules): Check {
  const compared = compareObjects(
    expected,
    actual,
    ['sequence-position'],
    { ...rules, details: true },
    (a, b) => compareSequence(a, b, rules.growth),
  );
  return checkOf('sequences', `${countOf(compared.objects, 'sequence')} in position`, compared.differences);
}

function checkExtensions(expected: Objects, actual: Objects): Check {
  const compared = compareObjects(expected, actual, ['extension'], {
    counts: false,
    details: false,
    extras: false,
    growth: true,
  });
  const versions = new Map(actual.filter(({ type }) => type === 'extension').map((e) => [e.name, e.detail]));
  const others = expected
    .filter(
      ({ type, name, detail }) => type === 'extension' && versions.has(name) && versions.get(name) !== detail,
    )
    .map(({ name, detail }) => `${name} ${versions.get(name)} instead of ${detail}`);
  const summary = [countOf(compared.objects, 'extension'), ...others].join(', ');
  return checkOf('extensions', summary, compared.differences);
}

function checkForeignKeys(expected: Objects, actual: Objects, rules: ComparisonRules): Check {
  const compared = compareObjects(expected, actual, ['foreign-key'], { ...rules, counts: false });
  return checkOf(
    'foreign-keys',
    `${countOf(compared.objects, 'foreign key')} in force`,
    compared.differences,
  );
}

function checkLargeObjects(expected: Objects, actual: Objects, rules: ComparisonRules): Check {
  const compared = compareObjects(expected, actual, ['large-object'], { ...rules, details: true }, (a, b) =>
    a === b || (rules.growth && Number.parseInt(b, 10) >= Number.parseInt(a, 10))
      ? undefined
      : `hold ${b} instead of ${a}`,
  );
  const bytes = expected.find(({ type }) => type === 'large-object')?.detail;
  const size = bytes === undefined ? '' : `, ${bytes}`;
  return checkOf(
    'large-objects',
    `${countOf(compared.counted, 'large object')}${size}`,
    compared.differences,
  );
}

function checkGrants(expected: Objects, actual: Objects, rules: ComparisonRules): Check {
  const types = ['grant', 'default-privilege', 'database-grant'];
  const compared = compareObjects(expected, actual, types, rules);
  return checkOf('grants', countOf(compared.objects, 'grant'), compared.differences);
}

function checkRoles(
  expected: Objects,
  actual: Objects,
  rules: ComparisonRules,
  options: VerifyOptions,
): Check {
  const types = options.ownServer ? ['role', 'membership'] : ['role'];
  const compared = compareObjects(expected, actual, types, {
    ...rules,
    details: options.ownServer,
    extras: false,
  });
  return checkOf('roles', countOf(compared.objects, 'role', 'roles and memberships'), compared.differences);
}

function checkDatabase(
  expected: Objects,
  actual: Objects,
  rules: ComparisonRules,
  options: VerifyOptions,
): Check {
  const ignored = [
    'bootstrap-superuser',
    ...(options.otherLocale ? ['collate', 'ctype', 'locale', 'locale-provider', 'locale-rules'] : []),
  ];
  const relevant = (objects: Objects) =>
    objects.filter(({ type, name }) => type !== 'database' || !ignored.includes(name));
  const compared = compareObjects(
    relevant(expected),
    relevant(actual),
    ['database', 'database-setting'],
    rules,
  );
  const locale = options.otherLocale ? ', not its locale, which this machine lacks' : '';
  return checkOf('database', `encoding, owner and settings${locale}`, compared.differences);
}
