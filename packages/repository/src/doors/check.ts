/** Finding damage. */
export { type CheckOptions, checkRepository } from '../check/check.ts';
export { CheckAhead } from '../check/check-ahead.ts';
export type {
  CheckPhase,
  CheckProgress,
  CheckReport,
  Finding,
  FindingCode,
} from '../check/check-report.ts';
export { InvalidSubsetError, type ReadDataSubset } from '../check/read-data-subset.ts';
