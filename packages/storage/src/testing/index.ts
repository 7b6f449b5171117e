export { describeStorage, names, put, randomName, type TestStorage } from './contract.ts';
export { type PeelOptions, peelLayers } from './stock-tools.ts';
