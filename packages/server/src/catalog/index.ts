export { Catalog, type NewService, type NewSource, type SourceChanges } from './catalog.ts';
export { type Criticality, criticalities, type TierObjectives, tierObjectives } from './criticality.ts';
export { catalog as catalogMigration } from './migrations/0003-catalog.ts';
export type { ProtectedSource, Service, SourceOptions } from './service.ts';
export { takeOverPasswords } from './take-over-passwords.ts';
