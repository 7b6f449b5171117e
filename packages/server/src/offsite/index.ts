export type { OffSiteFact } from './facts.ts';
export { offSite as offSiteMigration } from './migrations/0009-offsite.ts';
export { type MirrorPayload, mirrorRequest } from './mirror-job.ts';
export type { MirrorRun, OffSiteCopy } from './mirror-run.ts';
export { OffSite, type OffSiteState, type SourceOffSite } from './off-site.ts';
export { OffSitePlace } from './off-site-place.ts';
export type { MirrorState } from './schema.ts';
