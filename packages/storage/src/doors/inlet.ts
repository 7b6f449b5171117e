/** Reading a file in another thread than the storage's. */
export { InletFile } from '../inlet-file.ts';
export { InletMemory } from '../inlet-memory.ts';
