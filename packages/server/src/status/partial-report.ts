import { countStates } from './count-states.ts';
import type { StatusReport } from './report.ts';
import { overallState, summaryOf } from './summary.ts';
import { withoutBasis } from './without-basis.ts';

/**
 * What a report says of some services, by their slugs: nothing in it tells that there are others, so of the
 * repositories, which are everybody's, it says nothing.
 */
export function partialReport(report: StatusReport, slugs: ReadonlySet<string>): StatusReport {
  const { alive } = report.watching;
  const services = report.services.filter(({ slug }) => slugs.has(slug));
  const state = overallState(services, alive);
  return {
    ...report,
    state,
    summary: summaryOf(state, services, alive),
    services,
    general: [],
    incidents: report.incidents
      .map((incident) => {
        const services = incident.services.filter((slug) => slugs.has(slug));
        return services.length === incident.services.length
          ? incident
          : { ...withoutBasis(incident), services };
      })
      .filter((incident) => incident.services.length > 0),
    promises: countStates(services.flatMap(({ promises }) => promises)),
    repositories: [],
  };
}
