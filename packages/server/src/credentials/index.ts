export { Entries, type EntryCheck } from './entries.ts';
export {
  type Entry,
  type EntryChanges,
  type EntryKind,
  entryKinds,
  type NewEntry,
  type Person,
} from './entry.ts';
export { vaultEntries as vaultEntriesMigration } from './migrations/0025-vault-entries.ts';
export type { EntryFilter } from './read-entries.ts';
