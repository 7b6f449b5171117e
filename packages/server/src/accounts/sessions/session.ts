import type { Membership } from '../../access/index.ts';
import type { Origin } from '../../audit/index.ts';
import type { Instant } from '../../platform/index.ts';

/** What of a request the accounts look at. */
export interface Visit {
  readonly cookie: string | undefined;
  /** The network address of the other end. */
  readonly address: string | undefined;
  readonly userAgent: string | undefined;
}

/** Somebody is signed in. */
export interface Session {
  readonly id: string;
  readonly user: { readonly id: string; readonly name: string; readonly email: string };
  /** As it was read along. Undefined: it is to be asked for. */
  readonly membership?: Membership | undefined;
  /** When it last showed who it is of; undefined: never. */
  readonly provedAt: Instant | undefined;
}

/** One of a user's sessions, for that user's eyes. */
export interface SessionReport {
  readonly id: string;
  readonly begunAt: Instant;
  /** Within some minutes. */
  readonly lastUsedAt: Instant;
  readonly address: string | undefined;
  readonly userAgent: string | undefined;
}

/** For the audit log: who asks, and from where. */
export const originOf = ({ address, userAgent }: Visit, session?: Session): Origin => ({
  actor: session === undefined ? undefined : { id: session.user.id, name: session.user.name },
  address,
  userAgent,
});
