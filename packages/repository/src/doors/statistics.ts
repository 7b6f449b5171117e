/** Counting what snapshots hold. */
export {
  COUNTING_MODES,
  type CountingMode,
  countRepository,
  type RepositoryStatistics,
  type StatisticsOptions,
} from '../inspect/repository-statistics.ts';
