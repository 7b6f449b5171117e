import { PatternList } from '@octobox/repository/patterns';

/** Of a name as bytes, as file systems have it. */
export type NameMatcher = (name: Buffer) => boolean;

/**
 * A pattern with `*`, `?` or `[…]` is for the whole name, any other text for a part of it; small and large letters are
 * alike, and so are the two ways in which systems write an accent. @throws InvalidPatternError
 */
export function nameMatcher(search: string): NameMatcher {
  if (/[*?[]/.test(search)) {
    // In a list of patterns a `!` in front would take back what another one gave.
    const list = new PatternList([search.replace(/^!/, '\\\\!')], { ignoreCase: true });
    return (name) => name.length > 0 && list.matches(name);
  }
  const wanted = plain(search);
  return (name) => plain(name.toString('utf8')).includes(wanted);
}

const plain = (text: string): string => text.normalize('NFC').toLowerCase();
