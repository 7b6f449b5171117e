import type { IncidentEstimate } from './incident.ts';

/** For who may see only some of what an incident concerns: what was measured has the names of sources. */
export const withoutBasis = <I extends { readonly estimate?: IncidentEstimate }>(incident: I): I => {
  const { estimate } = incident;
  if (estimate === undefined) return incident;
  return { ...incident, estimate: { ...estimate, basis: 'the last rehearsals of all that it concerns' } };
};
