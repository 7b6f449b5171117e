const names = ['source', 'search', 'path', 'from', 'to', 'file'] as const;

/** What is looked for, as the address has it; nothing in it is empty. */
export type Wanted = {
  /** Of the source, below the folder `path`, in the snapshots of these days; `file`: whose states are shown. */
  [name in (typeof names)[number]]?: string;
};

/** The same when it can be looked for. */
export type Search = Wanted & { readonly source: string; readonly search: string };

/** An address reads `search=12` as a number. */
export function readWanted(given: Record<string, unknown>): Wanted {
  const wanted: Wanted = {};
  for (const name of names) {
    const value = given[name];
    const text = typeof value === 'object' || value === undefined ? '' : String(value);
    if (text.trim() !== '') wanted[name] = text;
  }
  return wanted;
}

export const isSearch = (wanted: Wanted): wanted is Search =>
  wanted.source !== undefined && wanted.search !== undefined;

/** What keeps it from being looked for, by field. */
export function objectionsTo({ source, search = '', from = '', to = '' }: Wanted) {
  return {
    source: source === undefined ? 'Choose where it was.' : undefined,
    search:
      search.trim() === '' ? 'Say what it is called.' : search.includes('/') ? 'A name has no /.' : undefined,
    to: from !== '' && to !== '' && to < from ? 'It is before the first day.' : undefined,
  };
}
