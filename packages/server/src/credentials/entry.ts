import type { Instant } from '../platform/index.ts';
import { entryOwner, type SecretName } from '../vault/index.ts';

export const entryKinds = ['email-account', 'web-login', 'server-login', 'api-key', 'other'] as const;
export type EntryKind = (typeof entryKinds)[number];

/** A member; without a name when there is no such account any more. */
export interface Person {
  readonly id: string;
  readonly name?: string;
}

/** What somebody keeps in the vault, without its secret. */
export interface Entry {
  readonly id: string;
  readonly name: string;
  readonly kind: EntryKind;
  readonly owner: Person;
  /** The name to sign in with; no secret. */
  readonly login?: string;
  readonly serviceId?: string;
  /** Whose it is, outside of the organisation. */
  readonly customer?: string;
  readonly createdAt: Instant;
  /** When its secret was given. */
  readonly sealedAt: Instant;
}

export interface NewEntry {
  readonly ownerId: string;
  readonly name: string;
  readonly kind: EntryKind;
  readonly secret: string;
  readonly login?: string;
  readonly serviceId?: string;
  readonly customer?: string;
}

/** Null takes away, absent leaves as it is. */
export interface EntryChanges {
  readonly kind?: EntryKind;
  readonly secret?: string;
  readonly login?: string | null;
  readonly serviceId?: string | null;
  readonly customer?: string | null;
}

/** Under which name its secret is in the vault: moved to another owner, entry or name it opens no more. */
export const secretOf = ({ id, name, owner }: Pick<Entry, 'id' | 'name' | 'owner'>): SecretName => ({
  owner: entryOwner(owner.id),
  name: `entry ${id} ${name}`,
});
