import { z } from 'zod';
import { isRole, type Role } from '../access/index.ts';
import { hasUnseenSigns, InvalidError, instant } from '../platform/index.ts';
import { endOfDay } from './members/end-of-day.ts';

/** What the first owner says of himself. */
export interface NewOwner {
  readonly name: string;
  readonly email: string;
  readonly organisation: string;
  readonly password: string;
}

const called = (missing: string) =>
  z
    .string()
    .trim()
    .min(1, missing)
    .max(120, 'Use at most 120 characters.')
    .refine((text) => !hasUnseenSigns(text), 'Leave out the signs that nobody sees, such as ends of lines.');

const fields = {
  name: called('Say your name.'),
  email: z.email('This is not an e-mail address.').max(254, 'This is not an e-mail address.'),
  organisation: called('Say the name of the organisation.'),
} as const;

export type OwnerField = keyof typeof fields;

/** The fields as they are kept, or the first objection. */
export function readOwner(owner: NewOwner): NewOwner | { field: OwnerField; objection: string } {
  const read: Record<OwnerField, string> = { name: '', email: '', organisation: '' };
  for (const field of Object.keys(fields) as OwnerField[]) {
    const parsed = fields[field].safeParse(owner[field].trim());
    if (!parsed.success)
      return { field, objection: parsed.error.issues[0]?.message ?? 'This cannot be used.' };
    read[field] = parsed.data;
  }
  return { ...read, email: read.email.toLowerCase(), password: owner.password };
}

export const isEmail = (text: string): boolean => fields.email.safeParse(text).success;

/** The name as it is kept, or the objection. */
export function readName(text: string): string | { objection: string } {
  const parsed = fields.name.safeParse(text);
  return parsed.success ? parsed.data : { objection: parsed.error.issues[0]?.message ?? 'Say your name.' };
}

/** What a member may do, where, and until when. */
export interface Assignment {
  readonly role: Role;
  /** Of an outside administrator, as the services are. */
  readonly until: string | undefined;
  readonly services: readonly string[];
}

/** A role as people give it; the same is asked of who is invited and of who is a member. */
export interface NewAssignment {
  readonly role: string;
  /** For an outside administrator: the last day, `2027-01-31`. */
  readonly until: string;
  /** Ids, for an outside administrator. */
  readonly services: readonly string[];
}

/** @throws InvalidError with a sentence for who invites */
export function readInvited(
  given: NewAssignment & { readonly email: string },
  now: Date,
): Assignment & { readonly email: string } {
  const email = fields.email.safeParse(given.email.trim());
  if (!email.success) throw new InvalidError('email', 'this is not an e-mail address');
  return { email: email.data.toLowerCase(), ...readAssignment(given, now) };
}

/** @throws InvalidError with a sentence for who gives the role */
export function readAssignment(given: NewAssignment, now: Date): Assignment {
  const { role } = given;
  if (!isRole(role)) throw new InvalidError('role', 'choose one of the roles');
  if (role !== 'outside-administrator') return { role, until: undefined, services: [] };
  const until = endOfDay(given.until);
  if (until === undefined || until <= now) {
    throw new InvalidError('until', 'say until which day, from today on, an outside administrator is let in');
  }
  if (given.services.length === 0) throw new InvalidError('services', 'assign at least one service');
  return { role, until: instant(until), services: [...new Set(given.services)] };
}
