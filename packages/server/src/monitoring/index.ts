export type { HealthDay, MonitoringFact, Outage, SourceHealth } from './health.ts';
export { monitoring as monitoringMigration } from './migrations/0006-monitoring.ts';
export { Monitoring, type Prober, recoveryConfirmations } from './monitoring.ts';
export type { HealthState, OutageState } from './schema.ts';
