import type { InventoryObject } from '../../source.ts';
import type { Session } from '../connecting/session.ts';

/**
 * Sequences stand outside transactions: while a dump runs they go on, and the dump holds a position
 * from some moment in between. So they are read before and after it, and the inventory keeps the range
 * in which the restored position must lie: `1000..1050 by 1`, `unused..7 by 1`.
 */
export interface SequencePosition {
  readonly name: string;
  /** Undefined as long as the sequence was never used. */
  readonly last: bigint | undefined;
  readonly increment: bigint;
}

export async function readSequences(session: Session): Promise<SequencePosition[]> {
  const rows = await session.query<{ name: string; last: string | null; increment: string }>(
    `select s.seqrelid::regclass::text as name, pg_sequence_last_value(s.seqrelid) as last, s.seqincrement as increment
     from pg_catalog.pg_sequence s join pg_catalog.pg_class c on c.oid = s.seqrelid
     join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where n.nspname !~ '^pg_' and not exists (select from pg_catalog.pg_depend d
       where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
     order by 1`,
  );
  return rows.map(({ name, last, increment }) => ({
    name,
    last: last === null ? undefined : BigInt(last),
    increment: BigInt(increment),
  }));
}

const show = (last: bigint | undefined): string => (last === undefined ? 'unused' : `${last}`);

/** The positions of two readings as objects of an inventory; a sequence dropped in between is left out. */
export function sequenceRanges(
  before: readonly SequencePosition[],
  after: readonly SequencePosition[],
): InventoryObject[] {
  const later = new Map(after.map((position) => [position.name, position]));
  return before.flatMap(({ name, last, increment }) => {
    const end = later.get(name);
    if (end === undefined) return [];
    return [{ type: 'sequence-position', name, detail: `${show(last)}..${show(end.last)} by ${increment}` }];
  });
}

/**
 * Whether a position fits the range of the inventory; undefined when it does, else what is wrong.
 * With `growth` a sequence may be further on, as that of a live source is.
 */
export function compareSequence(expected: string, actual: string, growth: boolean): string | undefined {
  const wanted = /^(unused|-?\d+)\.\.(unused|-?\d+) by (-?\d+)$/.exec(expected);
  const found = /^(unused|-?\d+)\.\./.exec(actual);
  if (wanted === null || found === null) return 'has a position that cannot be read';
  const [, from = '', to = '', by = ''] = wanted;
  const now = found[1] ?? '';
  const wrong = `stands at ${now} instead of ${from === to ? from : `${from} to ${to}`}`;
  if (now === 'unused') return from === 'unused' || to === 'unused' ? undefined : wrong;
  // Downwards is upwards with the sign turned.
  const sign = by.startsWith('-') ? -1n : 1n;
  const position = sign * BigInt(now);
  const ends = [from, to].filter((end) => end !== 'unused').map((end) => sign * BigInt(end));
  ends.sort((a, b) => Number(a - b));
  const highest = ends.at(-1);
  if (highest === undefined) return growth ? undefined : wrong;
  // From "unused" to a number: any position up to that number was passed.
  const lowest = ends.length === 1 ? undefined : ends[0];
  if (lowest !== undefined && position < lowest) return wrong;
  if (!growth && position > highest) return wrong;
  return undefined;
}
