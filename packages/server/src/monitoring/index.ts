export type { HealthDay, MonitoringFact, Outage, SourceHealth } from './facts.ts';
export { monitoring as monitoringMigration } from './migrations/0006-monitoring.ts';
export { Monitoring, type Prober } from './monitoring.ts';
export { recoveryConfirmations } from './outages.ts';
export type { HealthState, OutageState } from './schema.ts';
