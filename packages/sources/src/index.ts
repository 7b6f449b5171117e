export { SourceError, type SourceErrorCode } from './errors.ts';
export { findServerBinaries } from './postgresql/binaries.ts';
export { Cluster, type ClusterOptions } from './postgresql/cluster.ts';
export { ProcessError } from './process/process-error.ts';
export type {
  Capture,
  CapturedFile,
  Check,
  Inventory,
  InventoryObject,
  PathsCapture,
  Preflight,
  ProbeFinding,
  ProbeReport,
  Progress,
  RestoreReport,
  ScratchCopy,
  SnapshotReader,
  Source,
  SourceContext,
  SourceKind,
  StreamsCapture,
  VerificationReport,
} from './source.ts';
