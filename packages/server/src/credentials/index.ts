export { BookCheck, type BookReport } from './book-check.ts';
export { BookSeals } from './book-seal.ts';
export { Entries, type EntryCheck } from './entries.ts';
export {
  type Entry,
  type EntryChanges,
  type EntryKind,
  entryKinds,
  type NewEntry,
  type Person,
} from './entry.ts';
export { type Grant, type GrantState, grantStates } from './grant.ts';
export { Grants, type NewGrant } from './grants.ts';
export { type Holdings, readHoldings } from './holdings.ts';
export { vaultEntries as vaultEntriesMigration } from './migrations/0025-vault-entries.ts';
export { vaultBook as vaultBookMigration } from './migrations/0027-vault-book.ts';
export { transfersInTheBook as transfersInTheBookMigration } from './migrations/0035-transfers-in-the-book.ts';
export { type Opening, type OpeningFilter, Openings, openingsAnHour } from './openings.ts';
export type { EntryFilter } from './read-entries.ts';
export type { GrantFilter } from './read-grants.ts';
export { type NewOwner, type TellTransfer, type TransferNotice, Transfers } from './transfers.ts';
