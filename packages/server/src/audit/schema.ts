import type { Generated } from 'kysely';
import type { Instant } from '../platform/schema.ts';

export interface AuditEntryRow {
  id: Generated<number>;
  at: Instant;
  action: string;
  /** `user:5c1f…`, `system:root`; null: nobody was signed in. */
  actor: string | null;
  /** The name as it was then: a person may be gone when the log is read. */
  actor_name: string | null;
  /** What it was done to: `user:5c1f…`, `session:…`. */
  subject: string | null;
  /** The network address that the request came from; null: the machine itself. */
  address: string | null;
  user_agent: string | null;
  /** JSON objects of the fields that changed. */
  before: string | null;
  after: string | null;
}

/** What went from `audit_entries`. */
export interface AuditRemovalRow {
  id: Generated<number>;
  at: Instant;
  /** All that went is older. */
  until: Instant;
  first_id: number;
  last_id: number;
  entries: number;
  /** A JSON list of actors and subjects whose entries stayed. */
  held: string;
  /** SHA-256 of the entries as lines of CSV, hex. */
  digest: string;
}

export interface AuditTables {
  audit_removals: AuditRemovalRow;
  audit_entries: AuditEntryRow;
}
