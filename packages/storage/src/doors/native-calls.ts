/** Calls of C functions, for who stands above the storage as well. */
export { type Koffi, nativeCalls } from '../native-calls.ts';
