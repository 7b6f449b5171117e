import { z } from 'zod';

/** What the first owner says of himself. */
export interface NewOwner {
  readonly name: string;
  readonly email: string;
  readonly organisation: string;
  readonly password: string;
}

const fields = {
  name: z.string().trim().min(1, 'Say your name.').max(120, 'Use at most 120 characters.'),
  email: z.email('This is not an e-mail address.').max(254, 'This is not an e-mail address.'),
  organisation: z
    .string()
    .trim()
    .min(1, 'Say the name of the organisation.')
    .max(120, 'Use at most 120 characters.'),
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
