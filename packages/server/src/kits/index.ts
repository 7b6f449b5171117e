export type { KitFact } from './facts.ts';
export type { KitTrouble } from './judge-kit.ts';
export { kitRecordFile, platformKitRecord } from './kit-files.ts';
export { KitWatch } from './kit-watch.ts';
export type { SeenKit } from './seen-kit.ts';
