const names = ['search', 'person', 'kind', 'object', 'from', 'to'] as const;

/** What the audit log is narrowed to, as the address has it; nothing in it is empty. */
export type AuditFilter = { [name in (typeof names)[number]]?: string };

/** An address reads `search=12` as a number. */
export function readFilter(given: Record<string, unknown>): AuditFilter {
  const filter: AuditFilter = {};
  for (const name of names) {
    const value = given[name];
    const text = typeof value === 'object' || value === undefined ? '' : String(value).trim();
    if (text !== '') filter[name] = text;
  }
  return filter;
}

export const isSame = (one: AuditFilter, other: AuditFilter): boolean =>
  names.every((name) => one[name] === other[name]);
