export { IdentitySeal, type Sealable, type Sealed } from './identity-seal.ts';
export { IdentitySeals } from './identity-seals.ts';
export { type KnownUser, knownUser } from './known-user.ts';
export { identitySeals as identitySealsMigration } from './migrations/0036-identity-seals.ts';
export { RowCheck, type RowReport } from './row-check.ts';
export { sealAllRows } from './seal-all-rows.ts';
export { type SealedTable, sealedColumns, sealedTables } from './sealed-columns.ts';
