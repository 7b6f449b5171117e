export { type CachedKind, CacheFolder } from './cache/cache-folder.ts';
export { type CacheEntry, cacheSize, isOld, listCaches, removeOldCaches } from './cache/cache-list.ts';
export { CachedStorage, type CacheUse } from './cache/cached-storage.ts';
export {
  describeFile,
  FileExistsError,
  FileMissingError,
  ShortReadError,
  StorageError,
  type StorageErrorCode,
} from './errors.ts';
export { InletFile, InletMemory } from './inlet-file.ts';
export {
  type AskPassphrase,
  type FolderKeys,
  formatCryptKey,
  formatRecipients,
  freshCryptKey,
  type KeyFileName,
  KeyFolder,
  type NewKeys,
  parseCryptKey,
  readIdentities,
  readKeyFile,
  type StoredLayerKeys,
} from './keyring/key-folder.ts';
export { keyFolderOf } from './keyring/keyring.ts';
export { AGE_SUFFIX, type AgeKeys, MOST_RECIPIENTS } from './layers/age/age-format.ts';
export { encodeArmor } from './layers/age/armor.ts';
export type { AgeIdentity, AgeRecipient } from './layers/age/identity.ts';
export {
  isEncryptedIdentityFile,
  LARGEST_KEY_FILE,
  openIdentityFile,
  parseIdentities,
  parseRecipients,
} from './layers/age/key-files.ts';
export { PassphraseIdentity, PassphraseRecipient } from './layers/age/passphrase.ts';
export { decryptSmall, encryptSmall } from './layers/age/small-file.ts';
export { X25519Identity, X25519Recipient } from './layers/age/x25519.ts';
export { CRYPT_SUFFIX } from './layers/crypt/crypt-format.ts';
export type { CryptPassword } from './layers/crypt/crypt-key.ts';
export { obscure, reveal } from './layers/crypt/obscure.ts';
export { rcloneSection } from './layers/crypt/rclone-configuration.ts';
export { assertKeysDiffer, type SecretsByLayer } from './layers/keys-differ.ts';
export {
  isDamage,
  LayerConfigurationError,
  LayerDamagedError,
  LayerKeyError,
  LayerMismatchError,
  LayerMissingError,
  type LayerName,
} from './layers/layer-errors.ts';
export { HeaderError } from './layers/layer-format.ts';
export { foundLayers, layersOf, openLayers } from './layers/open-layers.ts';
export type { RekeyOptions, RekeyProgress, RekeyResult } from './layers/rekey/rekey.ts';
export { type RenewKeys, renewCrypt } from './layers/rekey/renew-crypt.ts';
export { mendReplacements } from './layers/rekey/replace-file.ts';
export { type RewrapKeys, rewrapAge } from './layers/rekey/rewrap-age.ts';
export {
  isRewrapUnfinished,
  isSameRewrap,
  type RecipientsChange,
} from './layers/rekey/unfinished-rewrap.ts';
export {
  type CryptKeys,
  cryptFingerprint,
  type LayerKeys,
  withAge,
  withCrypt,
  withLayers,
} from './layers/with-layers.ts';
export { pathOf } from './layout.ts';
export { LocalStorage } from './local.ts';
export { syncFolder } from './local-errors.ts';
export { MemoryStorage } from './memory.ts';
export { isFileName, SUFFIXES } from './names.ts';
export type { OpenStorageOptions, Rate, RateLimits, RetryNotice, RetrySettings } from './open-options.ts';
export { openStorage } from './open-storage.ts';
export { outletOf } from './outlet.ts';
export { parseRestLocation } from './rest/rest-location.ts';
export { isAmazon, parseS3Location, regionOf } from './s3/s3-location.ts';
export { parseSftpLocation } from './sftp/sftp-location.ts';
export type {
  ByteRange,
  FileKind,
  FileWriter,
  Inlet,
  LayerOpening,
  LayerSeal,
  ListedFile,
  Outlet,
  Storage,
  StorageOptions,
  StoredFile,
} from './storage.ts';
export { BandwidthSchedule } from './transfer/bandwidth-schedule.ts';
export {
  MeasuredStorage,
  type OperationMetrics,
  StorageMetrics,
  type StorageOperation,
} from './wrappers/metrics.ts';
