export { VaultError } from './errors.ts';
export {
  inspectVault,
  type SealedSecretReport,
  type VaultKeyReport,
  type VaultReport,
} from './inspection.ts';
export { KeyFile } from './key-file.ts';
export type { KeyHolder } from './key-holder.ts';
export { KeyRing } from './key-ring.ts';
export { type MachineUse, MachineUses } from './machine-uses.ts';
export { vault as vaultMigration } from './migrations/0010-vault.ts';
export { type LostKey, type OwnKeyName, OwnKeys } from './own-keys.ts';
export {
  Rotation,
  type RotationOptions,
  type RotationProgress,
  type RotationResult,
  type UnreadableSecret,
} from './rotation.ts';
export { longestSecret } from './sealing.ts';
export { entryOwner, type SecretName, secretKey, Vault } from './vault.ts';
