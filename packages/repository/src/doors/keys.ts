/** The key files of a repository. */
export {
  findKeyFile,
  KeyAmbiguousError,
  KeyInUseError,
  type KeyListing,
  KeyMissingError,
  type ListedKey,
  listKeys,
  removeKey,
} from '../store/keys/key-list.ts';
