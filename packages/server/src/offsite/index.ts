export type { OffSiteFact } from './facts.ts';
export { offSite as offSiteMigration } from './migrations/0009-offsite.ts';
export { heldLosses as heldLossesMigration } from './migrations/0037-held-losses.ts';
export { type MirrorPayload, mirrorRequest } from './mirror-job.ts';
export type { MirrorLoss, MirrorRun, OffSiteCopy } from './mirror-run.ts';
export { OffSite, type OffSiteState, type SourceOffSite, type Waiting } from './off-site.ts';
export { OffSitePlace } from './off-site-place.ts';
export type { MirrorState } from './schema.ts';
