import type { Instant, Reader } from '../platform/index.ts';
import { type Grant, grantState } from './grant.ts';

export interface GrantFilter {
  readonly limit: number;
  readonly beforeNumber?: number;
  readonly number?: number;
  readonly entryId?: string;
  /** To whom. */
  readonly personId?: string;
  /** By whom. */
  readonly ownerId?: string;
  /** Absent: also of entries for no service, or that are gone. */
  readonly serviceIds?: readonly string[];
}

/** The newest first. */
export async function readGrants(reader: Reader, now: Instant, filter: GrantFilter): Promise<Grant[]> {
  const { beforeNumber, number, entryId, personId, ownerId, serviceIds } = filter;
  let query = reader
    .selectFrom('vault_book as g')
    .leftJoin('vault_book as end', (join) =>
      join.onRef('end.grant_number', '=', 'g.number').on('end.what', '=', 'ended'),
    )
    .leftJoin('vault_entries as entry', 'entry.id', 'g.entry_id')
    .leftJoin('members', 'members.user_id', 'g.person_id')
    .select([
      'g.number',
      'g.entry_id',
      'g.entry_name',
      'g.owner_id',
      'g.person_id',
      'g.person_name',
      'g.reason',
    ])
    .select(['g.at', 'g.starts_at', 'g.ends_at', 'g.most_openings'])
    .select(['end.at as ended_at', 'end.person_id as ended_by', 'end.person_name as ended_by_name'])
    .select(['entry.id as existing_entry', 'members.user_id as member'])
    .select((e) =>
      e
        .selectFrom('vault_book as o')
        .select(e.fn.countAll<number>().as('openings'))
        .whereRef('o.grant_number', '=', 'g.number')
        .where('o.what', '=', 'opened')
        .as('openings'),
    )
    .where('g.what', '=', 'granted')
    .orderBy('g.number', 'desc')
    .limit(filter.limit);
  if (beforeNumber !== undefined) query = query.where('g.number', '<', beforeNumber);
  if (number !== undefined) query = query.where('g.number', '=', number);
  if (entryId !== undefined) query = query.where('g.entry_id', '=', entryId);
  if (personId !== undefined) query = query.where('g.person_id', '=', personId);
  if (ownerId !== undefined) query = query.where('g.owner_id', '=', ownerId);
  if (serviceIds !== undefined) {
    query = query.where('entry.service_id', 'in', serviceIds.length === 0 ? [''] : [...serviceIds]);
  }
  return (await query.execute()).map((row) => {
    const grant = {
      number: row.number,
      entryId: row.entry_id,
      entryName: row.entry_name,
      ownerId: row.owner_id,
      person: { id: row.person_id, name: row.person_name },
      reason: row.reason ?? '',
      grantedAt: row.at,
      startsAt: row.starts_at ?? '',
      endsAt: row.ends_at ?? '',
      ...(row.most_openings === null ? {} : { mostOpenings: row.most_openings }),
      openings: Number(row.openings ?? 0),
      ...(row.ended_at === null
        ? {}
        : { withdrawn: { at: row.ended_at, by: { id: row.ended_by ?? '', name: row.ended_by_name ?? '' } } }),
    };
    const seen = { now, isMember: row.member !== null, isEntry: row.existing_entry !== null };
    return { ...grant, state: grantState(grant, seen) };
  });
}
