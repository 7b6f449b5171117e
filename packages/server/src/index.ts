export type { Actor, Origin } from './audit/index.ts';
export type { Run, RunState } from './backup/index.ts';
export {
  type Criticality,
  criticalities,
  type NewService,
  type NewSource,
  type ProtectedSource,
  type Service,
  type ServiceChanges,
  type SourceChanges,
  type SourceOptions,
  type TierObjectives,
  tierObjectives,
} from './catalog/index.ts';
export {
  type BookReport,
  type Entry,
  type EntryChanges,
  type EntryKind,
  entryKinds,
  type Grant,
  type NewEntry,
  type Opening,
} from './credentials/index.ts';
export {
  carryOut,
  configurationSchema,
  type Declaration,
  DeclarationError,
  type DeclaredSource,
  exportConfiguration,
  type FieldChange,
  firstPlan,
  isChange,
  leastInterval,
  type Plan,
  type PreparedPlan,
  preparePlan,
  readDeclaration,
  type Step,
} from './declaration/index.ts';
export type { PlatformFact } from './facts.ts';
export { type KitTrouble, platformKitRecord } from './kits/index.ts';
export type { Mail } from './mail/index.ts';
export type { HealthState, Outage, SourceHealth } from './monitoring/index.ts';
export type { MirrorRun, MirrorState, OffSiteState } from './offsite/index.ts';
export { type OpenPlatformOptions, openPlatform, Platform } from './open-platform.ts';
export {
  type Clock,
  type Config,
  ConfigError,
  createLog,
  DatabaseDamagedError,
  type Environment,
  type Failure,
  formatBytes,
  formatDuration,
  type Instant,
  InvalidError,
  type Job,
  JobCancelledError,
  type JobProgress,
  type Lapse,
  type LoadConfigOptions,
  type Log,
  type LogLevel,
  loadConfig,
  NotFoundError,
  OutgoingAddresses,
  PortInUseError,
  parseDuration,
  parseListen,
  parseTimetable,
  type Retention,
  refuseCoreDumps,
  type Schedule,
  ScheduleError,
  ServerError,
  type ServerErrorCode,
  silentLog,
  utf8Text,
  withoutUnseenSigns,
} from './platform/index.ts';
export type { Drill, Estimate, RecoveryState, Restore } from './recovery/index.ts';
export type {
  DayReport,
  Impact,
  Incident,
  IncidentEstimate,
  IncidentReport,
  IncidentState,
  IncidentUpdate,
  KitReport,
  LapseReport,
  NewIncident,
  PromiseReport,
  RepositoryReport,
  ServiceReport,
  ServiceState,
  SourceReport,
  StatusReport,
} from './status/index.ts';
export type {
  Evidence,
  KeptPromise,
  PromiseChange,
  PromiseKind,
  PromiseState,
  Sentence,
} from './trust/index.ts';
export {
  type RotationProgress,
  type RotationResult,
  type SealedSecretReport,
  VaultError,
  type VaultKeyReport,
  type VaultReport,
} from './vault/index.ts';
