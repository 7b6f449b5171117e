import type { ProbeFinding } from '@octobox/sources';

const known: readonly string[] = ['table', 'schema', 'database', 'folder', 'view', 'sequence'];

/** "4 tables are missing, 1 folder is empty or has shrunk": counts, never the names of the objects. */
export function countFindings(findings: readonly ProbeFinding[]): string {
  const counts = new Map<string, { noun: string; kind: string; count: number }>();
  for (const { kind, object } of findings) {
    const first = object.split(' ')[0] ?? '';
    const noun = known.includes(first) ? first : first === 'files' ? 'set of files' : 'object';
    const key = `${kind} ${noun}`;
    counts.set(key, { noun, kind, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()]
    .map(({ noun, kind, count }) => {
      const one = count === 1;
      const what =
        kind === 'shrunk' ? (one ? 'has shrunk' : 'have shrunk') : one ? 'is missing' : 'are missing';
      return `${count} ${one ? noun : plural(noun)} ${what}`;
    })
    .join(', ');
}

const plural = (noun: string): string => (noun === 'set of files' ? 'sets of files' : `${noun}s`);
