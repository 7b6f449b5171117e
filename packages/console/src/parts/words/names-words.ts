/** More names in one sentence nobody reads, and on a phone they push aside what comes next. */
const mostNames = 8;

/** "Shop, Wiki", or the first of many and how many more there are. */
export function namesWords(names: readonly string[]): string {
  const left = names.length - mostNames;
  // "and 1 more" takes no less room than the name.
  if (left <= 1) return names.join(', ');
  return `${names.slice(0, mostNames).join(', ')} and ${left} more`;
}
