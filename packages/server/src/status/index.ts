export type { Incident, IncidentEstimate, IncidentFact, IncidentUpdate } from './incident.ts';
export { Incidents, type NewIncident } from './incidents.ts';
export { incidents as incidentsMigration } from './migrations/0007-incidents.ts';
export { updatesNotReplaced as updatesNotReplacedMigration } from './migrations/0015-updates-not-replaced.ts';
export { restoresTold as restoresToldMigration } from './migrations/0024-restores-told.ts';
export { OutageDesk } from './outage-desk.ts';
export { partialReport } from './partial-report.ts';
export { publicPages } from './public-pages.ts';
export type {
  DayReport,
  IncidentReport,
  KitReport,
  LapseReport,
  PromiseChangeReport,
  PromiseReport,
  RepositoryReport,
  ServiceReport,
  ServiceState,
  SourceReport,
  StatusReport,
} from './report.ts';
export { repositoryReports } from './repository-reports.ts';
export type { Impact, IncidentState } from './schema.ts';
export { StatusBoard, sameReport, type WrittenReport } from './status-board.ts';
export { withoutBasis } from './without-basis.ts';
