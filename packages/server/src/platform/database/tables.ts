import type { AccessTables } from '../../access/schema.ts';
import type { AccountTables } from '../../accounts/schema.ts';
import type { ApiTables } from '../../api/schema.ts';
import type { AuditTables } from '../../audit/schema.ts';
import type { BackupTables } from '../../backup/schema.ts';
import type { CatalogTables } from '../../catalog/schema.ts';
import type { CredentialTables } from '../../credentials/schema.ts';
import type { MailTables } from '../../mail/schema.ts';
import type { MonitoringTables } from '../../monitoring/schema.ts';
import type { OffSiteTables } from '../../offsite/schema.ts';
import type { RecoveryTables } from '../../recovery/schema.ts';
import type { StatusTables } from '../../status/schema.ts';
import type { TrustTables } from '../../trust/schema.ts';
import type { VaultTables } from '../../vault/schema.ts';
import type { JobTables } from '../jobs/schema.ts';
import type { LeaderTables } from '../leader/schema.ts';
import type { ScheduleTables } from '../schedules/schema.ts';

/** Every table of the house; each room describes its own. Times are `Instant` texts, flags 0 or 1. */
export interface Tables
  extends JobTables,
    ScheduleTables,
    LeaderTables,
    CatalogTables,
    BackupTables,
    RecoveryTables,
    MonitoringTables,
    StatusTables,
    OffSiteTables,
    TrustTables,
    VaultTables,
    CredentialTables,
    AuditTables,
    AccessTables,
    AccountTables,
    MailTables,
    ApiTables {}
