export { type KitProblem, type KitProblemCode, kitProblems, type PresentKeys } from './kit-problems.ts';
export { type KitRecord, readKitRecord, writeKitRecord } from './kit-record.ts';
export { keyFileNames, layerFingerprints, layerNames, passwordFingerprint } from './present-keys.ts';
