import { type Permission, permissions } from '../../access/index.ts';
import { type Instant, InvalidError, instant } from '../../platform/index.ts';
import { endOfDay } from '../members/end-of-day.ts';

/** Of a key that is given to a program and then forgotten, at least this is known: when it ends. */
const longestLifeDays = 366;

export interface NewApiKey {
  readonly name: string;
  /** Permissions of the one table. */
  readonly scopes: readonly string[];
  /** The last day on which it works, `2027-01-31`, UTC. */
  readonly until: string;
}

/** @throws InvalidError with a sentence for who makes the key */
export function readKey(
  given: NewApiKey,
  now: Date,
): { name: string; scopes: readonly Permission[]; expiresAt: Instant } {
  const name = given.name.trim();
  if (name === '' || name.length > 80 || /\p{Cc}/u.test(name)) {
    throw new InvalidError('name', 'say in at most 80 characters what the key is for');
  }
  const scopes = permissions.filter((permission) => given.scopes.includes(permission));
  if (scopes.length === 0 || scopes.length !== new Set(given.scopes).size) {
    throw new InvalidError('scopes', 'choose at least one permission, and only such as there are');
  }
  return { name, scopes, expiresAt: readEnd(given.until, now) };
}

const latestEnd = (now: Date): number => now.getTime() + longestLifeDays * 86_400_000;

/** The last day that a key made now may work, UTC. */
export const latestDay = (now: Date): string => instant(new Date(latestEnd(now) - 86_400_000)).slice(0, 10);

function readEnd(until: string, now: Date): Instant {
  const end = endOfDay(until);
  if (end === undefined || end <= now || end.getTime() > latestEnd(now)) {
    throw new InvalidError('until', 'say the last day of the key, from today on and within a year');
  }
  return instant(end);
}
