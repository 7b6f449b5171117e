import type { Instant } from '../platform/schema.ts';

/** What a request with an idempotency key was answered, for whoever sends it again. */
export interface IdempotentReplyRow {
  user_id: string;
  key: string;
  /** SHA-256 of method, path and body, hex. */
  fingerprint: string;
  status: number;
  /** JSON */
  headers: string;
  /** JSON */
  body: string;
  at: Instant;
}

export interface ApiTables {
  idempotent_replies: IdempotentReplyRow;
}
