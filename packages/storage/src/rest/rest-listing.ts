/** The two forms of a listing: names alone (version 1), or names with sizes (version 2). */
export interface Listed {
  readonly name: string;
  /** bytes; undefined where the server does not tell */
  readonly size: number | undefined;
}

/** undefined for what is no listing. */
export function parseListing(text: string): Listed[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  // Go writes an empty list as null.
  if (value === null) return [];
  if (!Array.isArray(value)) return undefined;
  const listed: Listed[] = [];
  for (const entry of value as unknown[]) {
    if (typeof entry === 'string') {
      listed.push({ name: entry, size: undefined });
      continue;
    }
    const { name, size } = (entry ?? {}) as { name?: unknown; size?: unknown };
    if (typeof name !== 'string' || !Number.isSafeInteger(size) || (size as number) < 0) return undefined;
    listed.push({ name, size: size as number });
  }
  return listed;
}
