import { PatternList } from '@octobox/repository/patterns';

/** Of a name as bytes, as file systems have it. */
export interface NameMatcher {
  (name: Buffer): boolean;
  /** Matchers with the same find the same. */
  readonly search: string;
}

/**
 * A pattern with `*`, `?` or `[…]` is for the whole name, any other text for a part of it; small and large letters are
 * alike, and so are the two ways in which systems write an accent. @throws InvalidPatternError
 */
export function nameMatcher(search: string): NameMatcher {
  if (/[*?[]/.test(search)) {
    // In a list of patterns a `!` in front would take back what another one gave.
    const list = new PatternList([composed(search).replace(/^!/, '\\!')], { ignoreCase: true });
    return matcher(search, (name) => {
      if (name.length === 0) return false;
      if (list.matches(name)) return true;
      const text = name.toString('utf8');
      return composed(text) !== text && list.matches(Buffer.from(composed(text)));
    });
  }
  const wanted = plain(search);
  return matcher(search, (name) => plain(name.toString('utf8')).includes(wanted));
}

const matcher = (search: string, matches: (name: Buffer) => boolean): NameMatcher =>
  Object.assign(matches, { search });

const composed = (text: string): string => text.normalize('NFC');
const plain = (text: string): string => composed(text).toLowerCase();
