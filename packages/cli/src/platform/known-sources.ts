import { type Platform, type ProtectedSource, type Service, VaultError } from '@octobox/server';
import { UsageError } from '../errors.ts';
import type { SourceRequest } from './protect-request.ts';

/** A source that is asked for and protected already. */
export interface KnownSource {
  readonly source: ProtectedSource;
  readonly service: Service;
  /** Of its database, as the schedules use it. */
  readonly password: string | undefined;
  /** Why the password that is kept cannot be opened; a new one can be given in its place. */
  readonly unreadable?: VaultError;
}

export type KnownSources = ReadonlyMap<SourceRequest, KnownSource>;

/** Which of the requests are protected already. */
export async function knownSources(
  { catalog }: Platform,
  requests: readonly SourceRequest[],
): Promise<KnownSources> {
  const sources = await catalog.sources();
  const known = new Map<SourceRequest, KnownSource>();
  for (const request of requests) {
    const { kind, location } = request.parsed;
    const source = sources.find((each) => each.kind === kind && each.location === location);
    if (source === undefined) continue;
    const service = await catalog.service(source.serviceId);
    try {
      known.set(request, { source, service, password: await catalog.sourcePassword(source) });
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      known.set(request, { source, service, password: undefined, unreadable: error });
    }
  }
  return known;
}

/** What is said of the service itself; `protect` sets it for a new one and cannot change it. */
export interface ServiceWishes {
  readonly name?: string;
  /** seconds */
  readonly rto?: number;
  readonly criticality?: string;
}

/** The same said again is no contradiction; anything else is refused rather than ignored. */
export function refuseOtherObjectives(service: Service, wishes: ServiceWishes): void {
  const { criticality = service.criticality, rto = service.rtoSeconds } = wishes;
  if (criticality === service.criticality && rto === service.rtoSeconds) return;
  throw new UsageError(`the service ${service.name} exists, with objectives of its own`, {
    advice:
      'Leave --rto and --criticality away. A service that is new takes them: choose another --name for it.',
  });
}

export const isNamed = (service: Service, name: string): boolean =>
  service.slug === name.toLowerCase() || service.name.toLowerCase() === name.toLowerCase();

/** @throws UsageError when something is asked of a known source's service that cannot be given */
export function refuseOtherServices(known: KnownSources, wishes: ServiceWishes): void {
  for (const { source, service } of known.values()) {
    if (wishes.name !== undefined && !isNamed(service, wishes.name)) {
      throw new UsageError(`${source.name} belongs to the service ${service.name} already`, {
        advice: 'Leave --name away, or name only sources that are new.',
      });
    }
    refuseOtherObjectives(service, wishes);
  }
}
