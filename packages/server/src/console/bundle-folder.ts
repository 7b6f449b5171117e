import { fileURLToPath } from 'node:url';

/** Where the launcher has Vite put the console. */
export const bundleFolder = fileURLToPath(new URL('../../../console/dist/', import.meta.url));
