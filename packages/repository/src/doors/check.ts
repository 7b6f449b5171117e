/** Finding damage. */
export { type CheckOptions, checkRepository } from '../maintain/check.ts';
export { CheckAhead } from '../maintain/check-ahead.ts';
export type {
  CheckPhase,
  CheckProgress,
  CheckReport,
  Finding,
  FindingCode,
} from '../maintain/check-report.ts';
export { InvalidSubsetError, type ReadDataSubset } from '../maintain/read-data-subset.ts';
