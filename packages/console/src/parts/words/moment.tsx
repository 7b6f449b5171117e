import { useNow } from './now.ts';
import { ago, clockTime, exactTime, fullTime } from './time-words.ts';

/**
 * "12 minutes ago", with the exact time in the viewer's zone for who points at it; `clock`: "14:05", or the day; `exact`:
 * always the day and the time.
 */
export function Moment({ at, form }: { at: string; form?: 'clock' | 'exact' | undefined }) {
  const now = useNow();
  const date = new Date(at);
  return (
    <time dateTime={at} title={fullTime(date)}>
      {form === undefined ? ago(date, now) : form === 'clock' ? clockTime(date, now) : exactTime(date)}
    </time>
  );
}
