import type { Writer } from '../../platform/index.ts';

/** The services of a member for people, in the audit log: `mail, shop`. */
export async function slugsOf(transaction: Writer, ids: readonly string[]): Promise<string> {
  if (ids.length === 0) return '';
  const rows = await transaction
    .selectFrom('services')
    .select('slug')
    .where('id', 'in', ids)
    .orderBy('slug')
    .execute();
  return rows.map(({ slug }) => slug).join(', ');
}
