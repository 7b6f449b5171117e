/** Reading a file in another thread than the storage's. */
export { InletFile, InletMemory } from '../inlet-file.ts';
