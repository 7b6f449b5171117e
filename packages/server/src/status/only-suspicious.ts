import type { Outage } from '../monitoring/index.ts';

export const isSuspicion = ({ kind }: Outage['findings'][number]): boolean => kind === 'suspicious';

/** A backup was unlike those before it, and that is all that is known to be wrong. */
export const isOnlySuspicious = ({ kind, findings }: Pick<Outage, 'kind' | 'findings'>): boolean =>
  kind === 'damaged' && findings.length > 0 && findings.every(isSuspicion);
