import { resolve } from 'node:path';

/** As the shell's user means it: relative to the working folder. */
export const absolutePath = (path: string): string => resolve(path);
