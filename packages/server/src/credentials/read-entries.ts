import { type Selectable, sql } from 'kysely';
import { NotFoundError, type Reader } from '../platform/index.ts';
import type { Entry, EntryKind } from './entry.ts';
import type { VaultEntryRow } from './schema.ts';

export interface EntryFilter {
  readonly limit: number;
  /** The last of the page before. */
  readonly after?: Pick<Entry, 'id' | 'name'>;
  readonly ownerId?: string;
  /** Absent: also those that are for no service. */
  readonly serviceIds?: readonly string[];
  /** Looked for, in any case, in the name, the login and the customer. */
  readonly search?: string;
}

const joined = (reader: Reader) =>
  reader
    .selectFrom('vault_entries')
    .leftJoin('users', 'users.id', 'vault_entries.owner_id')
    .selectAll('vault_entries')
    .select('users.name as owner_name');

/** By name. */
export async function readEntries(reader: Reader, filter: EntryFilter): Promise<Entry[]> {
  const { after, ownerId, serviceIds, search } = filter;
  let query = joined(reader).orderBy('vault_entries.name').orderBy('vault_entries.id').limit(filter.limit);
  if (ownerId !== undefined) query = query.where('owner_id', '=', ownerId);
  if (serviceIds !== undefined) {
    query = query.where('service_id', 'in', serviceIds.length === 0 ? [''] : [...serviceIds]);
  }
  if (after !== undefined) {
    query = query.where((e) =>
      e.or([
        e('vault_entries.name', '>', after.name),
        e.and([e('vault_entries.name', '=', after.name), e('vault_entries.id', '>', after.id)]),
      ]),
    );
  }
  if (search !== undefined) {
    const pattern = `%${search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
    query = query.where((e) =>
      e.or(
        (['vault_entries.name', 'login', 'customer'] as const).map(
          (column) => sql<boolean>`lower(${sql.ref(column)}) like ${pattern} escape '\\'`,
        ),
      ),
    );
  }
  return (await query.execute()).map(entryOf);
}

export async function findEntry(reader: Reader, id: string): Promise<Entry | undefined> {
  const row = await joined(reader).where('vault_entries.id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : entryOf(row);
}

/** @throws NotFoundError */
export async function readEntry(reader: Reader, id: string): Promise<Entry> {
  const entry = await findEntry(reader, id);
  if (entry === undefined) throw noEntry(id);
  return entry;
}

export const noEntry = (id: string): NotFoundError => new NotFoundError(`entry "${id}" in the vault`);

const entryOf = (row: Selectable<VaultEntryRow> & { owner_name: string | null }): Entry => ({
  id: row.id,
  name: row.name,
  kind: row.kind as EntryKind,
  owner: { id: row.owner_id, ...(row.owner_name === null ? {} : { name: row.owner_name }) },
  ...(row.login === null ? {} : { login: row.login }),
  ...(row.service_id === null ? {} : { serviceId: row.service_id }),
  ...(row.customer === null ? {} : { customer: row.customer }),
  createdAt: row.created_at,
  sealedAt: row.sealed_at,
});
