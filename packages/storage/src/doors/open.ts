/** Opening a storage, and the layers around it. */
export { assertKeysDiffer, type SecretsByLayer } from '../layers/keys-differ.ts';
export { foundLayers, layersOf, openLayers } from '../layers/open-layers.ts';
export { suffixOf } from '../layers/suffixes.ts';
export type { OpenStorageOptions, Rate, RateLimits, RetryNotice, RetrySettings } from '../open-options.ts';
export { openStorage } from '../open-storage.ts';
