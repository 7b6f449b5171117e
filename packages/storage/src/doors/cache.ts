/** Copies of metadata on this disk. */
export { type CachedKind, CacheFolder } from '../cache/cache-folder.ts';
export { type CacheEntry, cacheSize, isOld, listCaches, removeOldCaches } from '../cache/cache-list.ts';
export { CachedStorage, type CacheUse } from '../cache/cached-storage.ts';
