/** The keys of the layers, and what they lock. */
export { type AgeKeys, MOST_RECIPIENTS } from '../layers/age/age-format.ts';
export { encodeArmor } from '../layers/age/armor.ts';
export type { AgeIdentity, AgeRecipient } from '../layers/age/identity.ts';
export {
  isEncryptedIdentityFile,
  openIdentityFile,
  parseIdentities,
  parseRecipients,
} from '../layers/age/key-files.ts';
export { PassphraseIdentity, PassphraseRecipient } from '../layers/age/passphrase.ts';
export { decryptSmall, encryptSmall } from '../layers/age/small-file.ts';
export { X25519Identity, X25519Recipient } from '../layers/age/x25519.ts';
export type { CryptPassword } from '../layers/crypt/crypt-key.ts';
export { obscure, reveal } from '../layers/crypt/obscure.ts';
export { rcloneSection } from '../layers/crypt/rclone-configuration.ts';
export { HeaderError } from '../layers/layer-format.ts';
export { AGE_SUFFIX, CRYPT_SUFFIX } from '../layers/suffixes.ts';
export {
  type CryptKeys,
  cryptFingerprint,
  type LayerKeys,
  withAge,
  withCrypt,
  withLayers,
} from '../layers/with-layers.ts';
