import type { Instant } from '../platform/schema.ts';

/** `waiting`: it is sent, or sent again, by a job. What was sent or failed is kept for a while, without its body. */
export type MailState = 'waiting' | 'sent' | 'failed';

/** One mail to one person. Its body, which may hold a secret link, is sealed in the vault until it was sent. */
export interface MailRow {
  id: string;
  /** What it is for: `invitation`. */
  kind: string;
  recipient: string;
  /** What it is about: `invitation:ID`; null: nothing that has a mark. */
  about: string | null;
  state: MailState;
  /** So often it was tried. */
  attempts: number;
  created_at: Instant;
  /** After that it is of no use, and not sent. */
  expires_at: Instant;
  /** When it was sent, or given up. */
  settled_at: Instant | null;
  /** What the server answered to the last attempt that was taken. */
  answer: string | null;
  /** JSON `Failure` of the last attempt that was not. */
  failure: string | null;
}

export interface MailTables {
  mails: MailRow;
}
