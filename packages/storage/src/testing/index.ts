export { describeStorage, names, put, randomName, type TestStorage } from './contract.ts';
