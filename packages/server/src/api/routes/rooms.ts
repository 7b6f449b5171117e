import type { Access } from '../../access/index.ts';
import type { Accounts, ApiKeys, Invitations, Members } from '../../accounts/index.ts';
import type { AuditLog } from '../../audit/index.ts';
import type {
  PlannedRemovals,
  ReplacedSnapshots,
  RepositoryGrowth,
  RepositoryKeeper,
  Rests,
  Runs,
  SnapshotBrowser,
} from '../../backup/index.ts';
import type { Catalog } from '../../catalog/index.ts';
import type { BookCheck, Entries, Grants, Openings, Transfers } from '../../credentials/index.ts';
import type { KitWatch } from '../../kits/index.ts';
import type { Outbox } from '../../mail/index.ts';
import type { Monitoring } from '../../monitoring/index.ts';
import type { OffSite } from '../../offsite/index.ts';
import type { Clock, Config, Database, JobQueue, Log, OutgoingAddresses } from '../../platform/index.ts';
import type { Recoveries, RestorePlans } from '../../recovery/index.ts';
import type { Incidents, StatusBoard } from '../../status/index.ts';
import type { PromiseRegister } from '../../trust/index.ts';
import type { KeyRing, MachineUses } from '../../vault/index.ts';

/** What the API offers the outside comes from these. */
export interface ApiRooms {
  readonly config: Config;
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly accounts: Accounts;
  readonly access: Access;
  readonly members: Members;
  readonly invitations: Invitations;
  readonly keys: ApiKeys;
  readonly outbox: Outbox;
  readonly audit: AuditLog;
  readonly catalog: Catalog;
  readonly entries: Entries;
  readonly grants: Grants;
  readonly openings: Openings;
  readonly transfers: Transfers;
  readonly book: BookCheck;
  readonly machineUses: MachineUses;
  readonly vaultKeys: KeyRing;
  readonly keeper: RepositoryKeeper;
  readonly outgoing: OutgoingAddresses;
  /** What speaks against forgetting a snapshot. */
  readonly rests: Rests;
  readonly plannedRemovals: PlannedRemovals;
  readonly growth: RepositoryGrowth;
  readonly browser: SnapshotBrowser;
  readonly runs: Runs;
  readonly replaced: ReplacedSnapshots;
  readonly recoveries: Recoveries;
  readonly restorePlans: RestorePlans;
  readonly jobs: JobQueue;
  readonly offSite: OffSite;
  readonly kits: KitWatch;
  readonly monitoring: Monitoring;
  readonly incidents: Incidents;
  readonly promises: PromiseRegister;
  readonly board: StatusBoard;
}
