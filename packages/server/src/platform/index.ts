export { AcmeCertificate } from './acme/index.ts';
export { readAuthorities } from './authorities-file.ts';
export { type Clock, type Instant, instant, millisecondsBetween, systemClock } from './clock.ts';
export {
  type Config,
  configFrom,
  databaseFile,
  duration,
  type Environment,
  fileSchema,
  type LoadConfigOptions,
  type Locate,
  loadConfig,
  type MailSettings,
  type OffSiteSettings,
  type OidcSettings,
  type Place,
  parseConfigFile,
  parseListen,
  plain,
  type Retention,
  readYaml,
  utf8Text,
  wordsOf,
  type YamlText,
} from './config/index.ts';
export {
  Database,
  type DatabaseSettings,
  type Migration,
  openDatabase,
  Prepared,
  type Reader,
  type SchemaDialect,
  type Tables,
  type Writer,
} from './database/index.ts';
export { createFile, replaceFile, syncFolder } from './durable-file.ts';
export { durationWords, everyWords, formatBytes, formatDuration, parseDuration } from './duration.ts';
export {
  ConfigError,
  DatabaseDamagedError,
  InvalidError,
  NotFoundError,
  PortInUseError,
  ServerError,
  type ServerErrorCode,
} from './errors.ts';
export { type Emitter, Events, type Fact, type Listener } from './events.ts';
export { describeFailure, type Failure } from './failure.ts';
export { Held, heldMs } from './held.ts';
export {
  clientAddressOf,
  comesFromOwnPage,
  conditional,
  cutConnection,
  etagOf,
  favicon,
  formHeaders,
  type Listening,
  listen,
  ownAddress,
  ownHost,
  ownOrigin,
  redirectTo,
  securityHeaders,
} from './http/index.ts';
export {
  type Afterwards,
  type Job,
  JobCancelledError,
  type JobContext,
  type JobDefinition,
  JobInterruptedError,
  type JobLogLine,
  type JobProgress,
  type JobQueue,
  type JobRequest,
  makeJobQueue,
} from './jobs/index.ts';
export { jobs as jobsMigration } from './jobs/migrations/0001-jobs.ts';
export { jobPriority as jobPriorityMigration } from './jobs/migrations/0011-job-priority.ts';
export { Leader } from './leader/index.ts';
export { leader as leaderMigration } from './leader/migrations/0023-leader.ts';
export { createLog, type Log, type LogLevel, silentLog } from './log.ts';
export { type NetworkSettings, OutgoingAddresses } from './network/outgoing.ts';
export { type CoreDumps, refuseCoreDumps } from './no-core-dumps.ts';
export { Recurring } from './recurring.ts';
export { withoutSecrets } from './redaction.ts';
export {
  beat,
  type Lapse,
  lastBeat,
  parseTimetable,
  type Schedule,
  ScheduleError,
  type ScheduleFact,
  Scheduler,
} from './schedules/index.ts';
export { schedules as schedulesMigration } from './schedules/migrations/0002-schedules.ts';
export { Secret } from './secret.ts';
export { readSecretFile, readSecretLine } from './secret-file.ts';
export { octal, openToOthers, warnOfOpenSecret } from './secret-mode.ts';
export { type LayerKeySettings, storedLayerKeys } from './stored-layer-keys.ts';
export { hasUnseenSigns, withoutUnseenSigns } from './unseen-signs.ts';
export type { Writable } from './writable.ts';
