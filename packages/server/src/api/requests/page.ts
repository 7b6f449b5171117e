import { z } from '@hono/zod-openapi';
import { ApiError } from '../answers/problem.ts';
import { numberText } from '../shapes/texts.ts';

const most = 200;

/** The query of every list. */
export const pageQuery = {
  limit: numberText(1, most).default(50).openapi({ description: 'Items on a page' }),
  cursor: z.string().max(500).optional().openapi({ description: '`nextCursor` of the page before' }),
};

export interface Page<T> {
  readonly items: readonly T[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
}

export const pageShape = <T extends z.ZodType>(item: T) =>
  z.strictObject({
    items: z.array(item),
    nextCursor: z.string().nullable().openapi({ description: 'Null on the last page' }),
  });

/** `found` holds one more than a page when there is another page. `keyOf`: what the next page begins after. */
export function cutPage<T>(
  list: string,
  found: readonly T[],
  limit: number,
  keyOf: (item: T) => string | number,
): Page<T> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const more = found.length > limit && last !== undefined;
  return { items, nextCursor: more ? writeCursor(list, String(keyOf(last))) : null };
}

/** The same of a list that is at hand as a whole, in the order of the keys. */
export function pageOfAll<T>(
  list: string,
  all: readonly T[],
  { limit, cursor }: { limit: number; cursor?: string | undefined },
  keyOf: (item: T) => string,
): Page<T> {
  const after = readCursor(list, cursor);
  const sorted = all
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => after === undefined || key > after)
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return cutPage(
    list,
    sorted.slice(0, limit + 1).map(({ item }) => item),
    limit,
    keyOf,
  );
}

export const writeCursor = (list: string, key: string): string =>
  Buffer.from(`${list}:${key}`).toString('base64url');

/** @throws ApiError when it is none of this list */
export function readCursor(list: string, cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString();
  if (text.startsWith(`${list}:`)) return text.slice(list.length + 1);
  throw refused;
}

/** The same for a list that goes by numbers. */
export function readIdCursor(list: string, cursor: string | undefined): number | undefined {
  const key = readCursor(list, cursor);
  if (key === undefined) return undefined;
  const id = Number(key);
  if (/^\d+$/.test(key) && Number.isSafeInteger(id)) return id;
  throw refused;
}

const refused = new ApiError('api.invalid', 'this is no cursor of this list', {
  fields: [{ field: 'query.cursor', detail: 'this is no cursor of this list' }],
  advice: 'Give what the page before named as nextCursor, or none for the first page.',
});
