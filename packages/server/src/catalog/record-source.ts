import type { Selectable } from 'kysely';
import type { CatalogChange } from './catalog-ground.ts';
import type { SourceRow } from './schema.ts';

type Row = Selectable<SourceRow>;

const shownAlways: readonly string[] = ['name'];
const shownWhenChanged = [
  ...(['service_id', 'kind', 'location', 'options', 'schedule', 'drill_schedule', 'rpo_seconds'] as const),
];

/** Of a password the log tells that one was given, never which. */
export async function recordSource(
  { audit, transaction, origin }: CatalogChange,
  action: 'source.added' | 'source.changed' | 'source.removed',
  id: string,
  before: Row | undefined,
  after: Row | undefined,
  isSealed: boolean,
): Promise<void> {
  const shown = shownWhenChanged.filter((name) => before?.[name] !== after?.[name]);
  const fieldsOf = (row: Row | undefined) =>
    row && Object.fromEntries([...shownAlways, ...shown].map((name) => [name, row[name as keyof Row]]));
  await audit.append(transaction, {
    action,
    origin,
    subject: `source:${id}`,
    before: fieldsOf(before),
    after: after && { ...fieldsOf(after), ...(isSealed ? { password: 'given' } : {}) },
  });
}
