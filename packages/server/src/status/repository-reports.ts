import type { OffSite, OffSiteState } from '../offsite/index.ts';
import type { RepositoryReport } from './report.ts';

/** Where the backups lie, as the public sees it: places and times, no addresses. */
export async function repositoryReports(
  place: string | undefined,
  offSite: OffSite,
): Promise<RepositoryReport[]> {
  const primary: RepositoryReport = { role: 'primary', ...(place === undefined ? {} : { place }) };
  return [primary, ...(await offSite.states()).map(offSiteReport)];
}

function offSiteReport(known: OffSiteState): RepositoryReport {
  const { settings, upTo, behind, lastSucceeded, lastEnded } = known;
  const held = lastEnded?.held ?? 0;
  return {
    role: 'off-site',
    name: settings.name,
    ...(settings.place === undefined ? {} : { place: settings.place }),
    state: stateOf(known),
    ...(upTo === undefined ? {} : { upTo }),
    behind,
    ...(held === 0 ? {} : { held }),
    ...(lastSucceeded?.finishedAt === undefined ? {} : { lastSuccessAt: lastSucceeded.finishedAt }),
  };
}

function stateOf({ upTo, behind, lastEnded }: OffSiteState): NonNullable<RepositoryReport['state']> {
  if (lastEnded !== undefined && lastEnded.state !== 'succeeded') return 'failing';
  if (upTo === undefined) return 'unknown';
  return behind.runs > 0 ? 'behind' : 'up-to-date';
}
