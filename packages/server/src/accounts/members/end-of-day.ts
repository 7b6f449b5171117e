import { instant } from '../../platform/index.ts';

/** The last second (UTC) of a day as people give it, `2027-01-31`; undefined for what is no day, such as 2027-02-31. */
export function endOfDay(day: string): Date | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return undefined;
  const end = new Date(`${day}T23:59:59Z`);
  return !Number.isNaN(end.getTime()) && instant(end).startsWith(day) ? end : undefined;
}
