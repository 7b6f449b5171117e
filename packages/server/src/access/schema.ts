import type { SealColumn } from '../identity/schema.ts';
import type { Instant } from '../platform/schema.ts';

/** A service that is assigned to a member whose role reaches no others. */
export interface MemberServiceRow {
  user_id: string;
  service_id: string;
  seal: SealColumn;
}

/** Somebody was asked to become a member, and has not answered yet. */
export interface InvitationRow {
  /** SHA-256 of the token in the link, hex. */
  token_hash: string;
  id: string;
  organisation_id: string;
  /** Lowercase. */
  email: string;
  role: string;
  /** Of the membership. */
  until: Instant | null;
  /** JSON list of the services that will be assigned. */
  services: string;
  invited_by: string;
  /** Of the link. */
  expires_at: Instant;
  seal: SealColumn;
}

export interface AccessTables {
  member_services: MemberServiceRow;
  invitations: InvitationRow;
}
