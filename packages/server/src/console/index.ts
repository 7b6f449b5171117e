export { type Bundle, readBundle } from './bundle.ts';
export { bundleFolder } from './bundle-folder.ts';
