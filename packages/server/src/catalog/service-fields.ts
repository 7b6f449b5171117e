import { hasUnseenSigns, InvalidError, parseTimetable, ScheduleError } from '../platform/index.ts';
import { criticalities } from './criticality.ts';

/** @throws InvalidError naming the field */
export function positive(field: string, value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidError(field, 'it must be more than nothing');
  return value;
}

/** @throws ScheduleError naming the field */
export function checkedSchedule(field: string, expression: string | null | undefined, now: Date): void {
  if (expression === undefined || expression === null) return;
  try {
    parseTimetable(expression, now);
  } catch (error) {
    throw error instanceof ScheduleError ? error.of(field) : error;
  }
}

export const longestName = 120;

/**
 * A name as it is kept: people read it in lists, in mails and on the public page.
 * @throws InvalidError
 */
export function checkedName(given: string): string {
  const name = given.trim();
  if (name === '') throw new InvalidError('name', 'there is none');
  if (name.length > longestName) throw new InvalidError('name', `use at most ${longestName} characters`);
  if (!hasUnseenSigns(name)) return name;
  throw new InvalidError('name', 'it has signs that nobody sees, such as ends of lines', {
    advice: 'Leave them out.',
  });
}

/** @throws InvalidError */
export function checkedSlug(slug: string): string {
  if (isSlug(slug)) return slug;
  if (slug.length > longestName) throw new InvalidError('slug', `use at most ${longestName} characters`);
  throw new InvalidError('slug', `"${slug}" is not made of lowercase letters, digits and single dashes`);
}

export const isSlug = (text: string): boolean =>
  text.length <= longestName && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(text);

/** @throws InvalidError */
export function checkedCriticality<T extends string>(criticality: T): T {
  if ((criticalities as readonly string[]).includes(criticality)) return criticality;
  throw new InvalidError('criticality', `"${criticality}" is none of ${criticalities.join(', ')}`);
}

/** Latin letters that Unicode takes apart into no other. */
const latin: Readonly<Record<string, string>> = {
  ...{ ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', ħ: 'h', ı: 'i', ł: 'l', þ: 'th' },
};

/** Undefined for a name that has letters, but none of those that a slug is made of. */
export function slugOf(name: string): string | undefined {
  const letters = name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z]/g, (letter) => latin[letter] ?? letter);
  const words = letters.replace(/[^a-z0-9]+/g, '-').replace(/^-+/, '');
  const slug = words.slice(0, longestName).replace(/-+$/, '');
  return slug === '' || (/\p{L}/u.test(letters) && !/[a-z]/.test(slug)) ? undefined : slug;
}
