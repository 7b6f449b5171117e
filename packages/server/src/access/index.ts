export { Access, type Asker, type Who } from './access.ts';
export { decide, type Membership, type Places } from './decide.ts';
export { access as accessMigration } from './migrations/0014-access.ts';
export { needsProof, type Permission, permissions, type Reach, reach } from './permissions.ts';
export { isFreshProof, proofSeconds } from './proof.ts';
export { memberColumns, membershipAlong } from './read-along.ts';
export { isRole, type Role, roles } from './roles.ts';
