/** What can go wrong. */
export {
  describeFile,
  FileExistsError,
  FileMissingError,
  ShortReadError,
  StorageError,
  type StorageErrorCode,
} from '../errors.ts';
export {
  isDamage,
  LayerConfigurationError,
  LayerDamagedError,
  LayerKeyError,
  LayerKeysChangedError,
  LayerMismatchError,
  LayerMissingError,
  type LayerName,
} from '../layers/layer-errors.ts';
