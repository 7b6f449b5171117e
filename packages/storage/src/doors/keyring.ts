/** Where the keys of the layers are kept. */
export {
  type AskPassphrase,
  type FolderKeys,
  formatCryptKey,
  formatRecipients,
  freshCryptKey,
  type KeyFileName,
  KeyFolder,
  LARGEST_KEY_FILE,
  type NewKeys,
  parseCryptKey,
  readIdentities,
  readKeyFile,
  type StoredLayerKeys,
} from '../keyring/key-folder.ts';
export { keyFolderOf } from '../keyring/keyring.ts';
export { forPresentRecipients } from '../keyring/present-recipients.ts';
export { beforeWriting } from '../wrappers/before-writing.ts';
