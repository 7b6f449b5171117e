/** What differs between two snapshots. */
export {
  type DiffCounts,
  type DiffOptions,
  type DiffStatistics,
  diffSnapshots,
  type SnapshotChange,
} from '../inspect/diff-snapshots.ts';
export { type Difference, type DifferenceOptions, differencesOf } from '../inspect/differences.ts';
