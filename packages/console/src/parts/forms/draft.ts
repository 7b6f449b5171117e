import { useState } from 'react';
import { useCaller } from '../../api/caller.ts';

export interface Draft<T> {
  readonly fields: T;
  /** Of the fields those that were typed into. */
  readonly edits: Partial<T>;
  set<K extends keyof T>(field: K, value: T[K]): void;
  /** It was saved, or is not wanted any more. */
  drop(): void;
}

/**
 * The fields of a form: as they are, and over that what was typed, which is kept in this browser until it is saved or given
 * up. A restart of the server, a session that is over, or a tab that is closed loses nothing; what somebody else changes
 * meanwhile shows in the fields that were not typed into. It is kept for who typed it: another person who signs in with this
 * browser does not see it. What is `secret` is never kept.
 */
export function useDraft<T extends Readonly<Record<string, unknown>>>(
  name: string,
  current: T,
  secret: readonly (keyof T)[] = [],
): Draft<T> {
  const place = `octobox draft ${useCaller()?.userId} ${name}`;
  const [kept, setKept] = useState(() => ({ place, edits: read(place, current) }));
  // Who is signed in is known a moment after the first screen.
  if (kept.place !== place) setKept({ place, edits: read(place, current) });
  const { edits } = kept;
  return {
    fields: { ...current, ...edits },
    edits,
    set(field, value) {
      const next = { ...edits, [field]: value };
      setKept({ place, edits: next });
      const fit = Object.entries(next).filter(([each]) => !secret.includes(each));
      localStorage.setItem(place, JSON.stringify(Object.fromEntries(fit)));
    },
    drop() {
      localStorage.removeItem(place);
      setKept({ place, edits: {} });
    },
  };
}

/** Nothing when there is no draft, or one of an earlier version of the form. */
function read<T extends object>(place: string, current: T): Partial<T> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(place) ?? '{}');
    if (typeof kept !== 'object' || kept === null) return {};
    const known = Object.entries(kept).filter(
      ([field, value]) => field in current && typeof value === typeof current[field as keyof T],
    );
    return Object.fromEntries(known) as Partial<T>;
  } catch {
    return {};
  }
}
