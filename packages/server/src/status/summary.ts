import type { OverallState, ServiceState } from './report.ts';

/** What the headline needs of a service. */
export interface Summarised {
  readonly name: string;
  readonly state: ServiceState;
  /** Everything answers: that its data changed is all that is wrong. */
  readonly changedUnusually?: true;
  readonly sources: readonly { readonly checkedAt?: string }[];
}

const severity: readonly ServiceState[] = ['operational', 'unknown', 'degraded', 'outage'];

/** The worst of all services; never good while nobody watches. */
export function overallState(services: readonly Summarised[], alive: boolean): OverallState {
  const worst = Math.max(...services.map(({ state }) => severity.indexOf(state)), alive ? 0 : 1);
  return services.length === 0 ? 'unknown' : (severity[worst] ?? 'unknown');
}

/** The headline: trouble first, else what works and what is not known. */
export function summaryOf(state: OverallState, services: readonly Summarised[], alive: boolean): string {
  if (services.length === 0) return 'Nothing is watched yet';
  const affected = services.filter((service) => service.state === state);
  if (state === 'outage') return `${subject(affected, 'is', 'are')} down`;
  if (state === 'degraded' && affected.every(({ changedUnusually }) => changedUnusually === true)) {
    return `The data of ${subject(affected)} changed in an unusual way; we look into it`;
  }
  if (state === 'degraded') return `${subject(affected, 'is', 'are')} impaired`;
  if (!alive) return 'We cannot tell at the moment';
  if (state === 'unknown') return partly(services, affected);
  return services.length === 1 ? subject(services, 'works', 'work') : 'All services work';
}

function partly(services: readonly Summarised[], unknown: readonly Summarised[]): string {
  const working = services.filter((service) => service.state === 'operational');
  const yet = unknown.every(isNew) ? ' yet' : '';
  if (working.length === 0 && unknown.length > 1) {
    return yet === '' ? 'We cannot tell at the moment' : 'Nothing is known yet';
  }
  const missing = `${subject(unknown, 'is', 'are')} not known${yet}`;
  return working.length === 0 ? missing : `${subject(working, 'works', 'work')}; ${missing}`;
}

/** Something of it was never looked at. */
const isNew = ({ sources }: Summarised): boolean =>
  sources.length === 0 || sources.some(({ checkedAt }) => checkedAt === undefined);

/** "Web shop is", "2 services are" */
const subject = (services: readonly Summarised[], one = '', many = ''): string =>
  (services.length === 1 ? `${services[0]?.name} ${one}` : `${services.length} services ${many}`).trimEnd();
