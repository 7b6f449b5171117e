import { commonPasswords } from './common-passwords.ts';
import { leftToGuess } from './guessed-first.ts';

/**
 * NIST SP 800-63B-4, section 3.1.1.2, and OWASP ASVS 5, V6.2: a least length, a list of what is guessed first, and
 * nothing else: no classes of characters, no change by the calendar.
 */
export const shortestAlone = 15;
/** With a second factor. */
export const shortestWithAnother = 8;
/** Characters. 64 must be allowed by NIST, 128 by ASVS; the end is there so that nobody sends megabytes. */
export const longest = 256;
/** Of a field, in UTF-16 units: more than any that is taken, for a browser cuts off the rest and says nothing. */
export const longestTyped = 1_024;

export interface Choice {
  readonly password: string;
  readonly secondFactor: boolean;
  /** Whoever guesses tries them first: the person's name and e-mail address, the organisation. */
  readonly about: readonly string[];
}

/** What is wrong with a new password, as a sentence for who chose it; undefined: it may be used. */
export async function objection({ password, secondFactor, about }: Choice): Promise<string | undefined> {
  const text = password.normalize('NFKC');
  const length = [...text].length;
  const shortest = secondFactor ? shortestWithAnother : shortestAlone;
  if (length < shortest) {
    return `Use at least ${shortest} characters: a sentence, or a few words that do not belong together.`;
  }
  // Also as it is sent, where a character may have been composed of many: of those who sign in no more is looked at.
  if (length > longest || password.length > 2 * longest) return `Use at most ${longest} characters.`;
  if (!text.isWellFormed()) return 'Use characters that are text.';
  const lower = text.toLowerCase();
  const bare = withoutRepetition(lower);
  // What repeats is as good as one of it.
  if (bare !== lower && [...bare].length < shortestWithAnother)
    return 'This is too easy to guess: it repeats or counts.';
  const common = await commonPasswords();
  if (common.has(lower) || common.has(bare)) {
    return 'This is one of the passwords that are tried first. Choose another one.';
  }
  if (leftToGuess(lower, common) <= mostMore)
    return 'This is too easy to guess: it is little more than a common password, or than keys in a row.';
  if (isMadeOf(lower, about, common)) {
    return 'Choose one that is not made of your name, your e-mail address or the name of the organisation.';
  }
  return undefined;
}

/** `abcabcab` → `abc`; a text that does not repeat is given back. */
function withoutRepetition(text: string): string {
  for (let period = 1; period <= text.length / 2; period++) {
    if (text.slice(period) === text.slice(0, -period)) return text.slice(0, period);
  }
  return text;
}

/** Characters beside what is tried first that are soon tried as well. */
const mostMore = 4;

const shortestPart = 3;

/** Whether little is left without the words of these, in any order, and what stands between words. */
function isMadeOf(password: string, about: readonly string[], common: ReadonlySet<string>): boolean {
  const parts = about
    .flatMap((words) =>
      words
        .normalize('NFKC')
        .toLowerCase()
        .split(/[^\p{L}\p{N}]+/u),
    )
    .filter((part) => part.length >= shortestPart)
    .sort((a, b) => b.length - a.length);
  const rest = parts.reduce((text, part) => text.replaceAll(part, ''), password);
  return rest !== password && leftToGuess(rest.replace(/[\s._@-]+/g, ''), common) <= mostMore;
}
