import type { SeenKit } from '../kits/index.ts';
import type { OffSiteState } from '../offsite/index.ts';
import type { KitReport, RepositoryReport } from './report.ts';

/** Where the backups lie, as the public sees it: places and times, no addresses. */
export function repositoryReports(
  place: string | undefined,
  offSite: readonly OffSiteState[],
  kits: readonly SeenKit[],
): RepositoryReport[] {
  const primary: RepositoryReport = { role: 'primary', ...(place === undefined ? {} : { place }) };
  return [primary, ...offSite.map(offSiteReport)].map((report) => {
    const kit = kits.find(({ repository }) => repository === report.name);
    return kit === undefined ? report : { ...report, recoveryKit: kitReport(kit) };
  });
}

const kitReport = ({ state, trouble, madeAt, verifiedAt }: SeenKit): KitReport => ({
  state,
  ...(trouble === undefined ? {} : { trouble }),
  ...(madeAt === undefined ? {} : { madeAt }),
  ...(verifiedAt === undefined ? {} : { verifiedAt }),
});

function offSiteReport(known: OffSiteState): RepositoryReport {
  const { settings, upTo, behind, lastSucceeded, lastCompleted } = known;
  const held = lastCompleted?.held ?? 0;
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
