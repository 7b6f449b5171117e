import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { type Answer, type Asked, ask, type OperationId } from './ask.ts';
import type { Operations } from './operations.ts';

/** One item of a list of the API. */
export type ItemOf<Id extends OperationId> = Operations[Id]['answer'] extends {
  readonly items: readonly (infer T)[];
}
  ? T
  : never;

/**
 * A question to the API for `useQuery`. Its key begins with the name of the operation, so that
 * `invalidateQueries({ queryKey: ['listSources'] })` asks all of them anew.
 */
export const query = <Id extends OperationId>(id: Id, asked: Asked<Id>) =>
  queryOptions({
    queryKey: [id, asked] as const,
    queryFn: async ({ signal }): Promise<Operations[Id]['answer']> =>
      (await ask(id, { ...asked, signal })).data,
    placeholderData: keepPreviousData,
  });

/** A plan, made anew each time that it is looked at. */
export const planQuery = <Id extends OperationId>(id: Id, asked: Asked<Id>) =>
  queryOptions({
    queryKey: [id, asked] as const,
    queryFn: async ({ signal }): Promise<Operations[Id]['answer']> =>
      (await ask(id, { ...asked, signal })).data,
    gcTime: 0,
    staleTime: 0,
    refetchOnWindowFocus: false,
  });

/** A question with the ETag of its answer, for what may be changed. */
export const thing = <Id extends OperationId>(id: Id, asked: Asked<Id>) =>
  queryOptions({
    queryKey: [id, 'with etag', asked] as const,
    queryFn: ({ signal }): Promise<Answer<Operations[Id]['answer']>> => ask(id, { ...asked, signal }),
  });

/** A whole list, however many pages it has: what can be chosen from, or what names are looked up in. */
export const whole = <Id extends OperationId>(id: Id, asked: Asked<Id>) =>
  queryOptions({
    queryKey: [id, 'whole', asked] as const,
    queryFn: async ({ signal }): Promise<{ readonly items: readonly ItemOf<Id>[] }> => {
      const items: ItemOf<Id>[] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const { data } = await askPage(id, asked, { limit: longestPage, cursor }, signal);
        items.push(...data.items);
        cursor = data.nextCursor;
      }
      return { items };
    },
    placeholderData: keepPreviousData,
  });

/** A list in pages for `useInfiniteQuery`: `data` is all items that were fetched so far. */
export const pages = <Id extends OperationId>(id: Id, asked: Asked<Id>) =>
  pagesAs(id, asked, (pages) => pages.flatMap(({ items }) => items));

/** The same with `data` as `make` has it, for lists that are too long to be copied with each page. */
export const pagesAs = <Id extends OperationId, T>(
  id: Id,
  asked: Asked<Id>,
  make: (pages: readonly PageOf<Id>[]) => T,
) =>
  infiniteQueryOptions({
    queryKey: [id, 'pages', asked] as const,
    queryFn: async ({ pageParam, signal }): Promise<PageOf<Id>> =>
      (await askPage(id, asked, { cursor: pageParam }, signal)).data,
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    select: ({ pages }) => make(pages),
    placeholderData: keepPreviousData,
  });

interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** Some tell more than their items. */
type PageOf<Id extends OperationId> = Operations[Id]['answer'] & Page<ItemOf<Id>>;

/** The most that the API gives at once. */
const longestPage = 200;

async function askPage<Id extends OperationId>(
  id: Id,
  asked: Asked<Id>,
  { cursor, ...more }: { readonly cursor: string | null | undefined; readonly limit?: number },
  signal: AbortSignal,
): Promise<{ readonly data: PageOf<Id> }> {
  const query = { ...(asked as { query?: object }).query, ...more, ...(cursor ? { cursor } : {}) };
  const { data } = await ask(id, { ...asked, query, signal } as Asked<Id>);
  return { data: data as unknown as PageOf<Id> };
}
