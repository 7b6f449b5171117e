import { accessMigration } from './access/index.ts';
import {
  accountsMigration,
  apiKeysMigration,
  passkeysMigration,
  secondFactorMigration,
} from './accounts/index.ts';
import { apiMigration } from './api/index.ts';
import { auditMigration, auditRetentionMigration } from './audit/index.ts';
import {
  grownDaysMigration,
  plannedRemovalsMigration,
  replacedSnapshotsMigration,
  repositoryLocationsMigration,
  repositorySizesMigration,
  runIndexesMigration,
  runStorageMigration,
  runsInOrderMigration,
  runsMigration,
  runsOfSourceMigration,
} from './backup/index.ts';
import { catalogMigration, servicesRemovedMigration } from './catalog/index.ts';
import {
  transfersInTheBookMigration,
  vaultBookMigration,
  vaultEntriesMigration,
} from './credentials/index.ts';
import { identitySealsMigration } from './identity/index.ts';
import { mailMigration } from './mail/index.ts';
import { monitoringMigration } from './monitoring/index.ts';
import { heldLossesMigration, offSiteMigration } from './offsite/index.ts';
import {
  jobPriorityMigration,
  jobsMigration,
  leaderMigration,
  type Migration,
  schedulesMigration,
} from './platform/index.ts';
import { recoveryMigration, restorePlansMigration } from './recovery/index.ts';
import { incidentsMigration, restoresToldMigration, updatesNotReplacedMigration } from './status/index.ts';
import { historyNotReplacedMigration, promisesMigration } from './trust/index.ts';
import { vaultMigration } from './vault/index.ts';

/** Every migration of the house; their numbers give the order. */
export const migrations: readonly Migration[] = [
  jobsMigration,
  schedulesMigration,
  catalogMigration,
  runsMigration,
  recoveryMigration,
  monitoringMigration,
  incidentsMigration,
  promisesMigration,
  offSiteMigration,
  jobPriorityMigration,
  vaultMigration,
  auditMigration,
  accountsMigration,
  accessMigration,
  updatesNotReplacedMigration,
  historyNotReplacedMigration,
  servicesRemovedMigration,
  runIndexesMigration,
  secondFactorMigration,
  apiKeysMigration,
  apiMigration,
  runStorageMigration,
  leaderMigration,
  restoresToldMigration,
  vaultEntriesMigration,
  mailMigration,
  vaultBookMigration,
  restorePlansMigration,
  repositorySizesMigration,
  passkeysMigration,
  auditRetentionMigration,
  grownDaysMigration,
  runsInOrderMigration,
  runsOfSourceMigration,
  transfersInTheBookMigration,
  identitySealsMigration,
  heldLossesMigration,
  plannedRemovalsMigration,
  replacedSnapshotsMigration,
  repositoryLocationsMigration,
];
