export { type FixtureOptions, type FixtureTree, makeFixtureTree, noise } from './fixture-tree.ts';
export {
  createTestRepository,
  TEST_PASSWORD,
  TEST_POLYNOMIAL,
  type TestRepository,
  WEAK_KDF,
} from './repository.ts';
export { type ResticOptions, type ResticResult, restic, resticBinary } from './restic.ts';
export { describeTree, treeDifferences } from './tree-differences.ts';
export { Workshop } from './workshop.ts';
