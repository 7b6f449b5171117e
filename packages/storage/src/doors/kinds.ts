/** Kinds of storage that need no connection. */
export { LocalStorage } from '../local.ts';
export { syncFolder } from '../local-errors.ts';
export { MemoryStorage } from '../memory.ts';
