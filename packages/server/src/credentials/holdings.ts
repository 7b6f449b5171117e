import type { Instant, Reader } from '../platform/index.ts';
import { readGrants } from './read-grants.ts';

/** What the vault has to do with a member. */
export interface Holdings {
  /** Entries of which the member is the owner. */
  readonly entries: number;
  /** Grants that run, by which the member opens entries of others. */
  readonly grantsHeld: number;
  /** Grants that run, by which others open entries of the member. */
  readonly grantsGiven: number;
}

/** More grants of one person are not counted. */
const most = 10_000;

export async function readHoldings(reader: Reader, personId: string, now: Instant): Promise<Holdings> {
  const entries = await reader
    .selectFrom('vault_entries')
    .select('id')
    .where('owner_id', '=', personId)
    .execute();
  const running = async (filter: { personId: string } | { ownerId: string }): Promise<number> =>
    (await readGrants(reader, now, { ...filter, limit: most })).filter(({ state }) => state === 'active')
      .length;
  return {
    entries: entries.length,
    grantsHeld: await running({ personId }),
    grantsGiven: await running({ ownerId: personId }),
  };
}
