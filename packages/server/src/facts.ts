import type { BackupFact } from './backup/index.ts';
import type { KitFact } from './kits/index.ts';
import type { MonitoringFact } from './monitoring/index.ts';
import type { OffSiteFact } from './offsite/index.ts';
import type { ScheduleFact } from './platform/index.ts';
import type { RecoveryFact } from './recovery/index.ts';
import type { IncidentFact } from './status/index.ts';
import type { TrustFact } from './trust/index.ts';

/** Everything the platform tells those who listen. */
export type PlatformFact =
  | ScheduleFact
  | BackupFact
  | OffSiteFact
  | KitFact
  | RecoveryFact
  | MonitoringFact
  | IncidentFact
  | TrustFact;
