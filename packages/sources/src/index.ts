export { createSource, type ParsedLocation, parseLocation, type SourceOptions } from './create-source.ts';
export { SourceError, type SourceErrorCode } from './errors.ts';
export { removeTree } from './files/remove-tree.ts';
export { FilesSource, type FilesSourceOptions } from './files/source.ts';
export { Cluster, type ClusterOptions } from './postgresql/cluster/cluster.ts';
export {
  describePostgresqlLocation,
  formatPostgresqlLocation,
  type PostgresqlLocation,
  parsePostgresqlLocation,
} from './postgresql/connecting/location.ts';
export { postgresqlTls } from './postgresql/connecting/tls.ts';
export { findServerBinaries, type PostgresqlBinaries } from './postgresql/programs/binaries.ts';
export { PostgresqlScratch } from './postgresql/restore/scratch.ts';
export { PostgresqlSource, type PostgresqlSourceOptions } from './postgresql/source.ts';
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
export { SqliteSource, type SqliteSourceOptions } from './sqlite/source.ts';
