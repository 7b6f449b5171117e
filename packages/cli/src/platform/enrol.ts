import {
  type Criticality,
  type Platform,
  type ProtectedSource,
  type Service,
  withoutUnseenSigns,
} from '@octobox/server';
import { isNamed, type KnownSource, refuseOtherObjectives } from './known-sources.ts';
import { locationWithPassword, type SourceRequest } from './protect-request.ts';
import { type Changed, changesFor, type SourceWishes, whatChanged } from './source-changes.ts';
import { systemOrigin } from './system-origin.ts';

export interface Objectives {
  /** The default when absent: critical. */
  readonly criticality?: Criticality;
  /** seconds; the tier's when absent */
  readonly rpo?: number;
  readonly rto?: number;
}

export interface Enrolled {
  readonly source: ProtectedSource;
  /** What was changed of a source that was protected already; absent: it is new. */
  readonly changed?: Changed;
}

/** The service of that name, made when there is none. */
export async function findOrAddService(
  { catalog }: Platform,
  name: string,
  objectives: Objectives,
): Promise<Service> {
  const existing = (await catalog.services()).find((service) => isNamed(service, name));
  if (existing !== undefined) {
    refuseOtherObjectives(existing, objectives);
    return existing;
  }
  const { criticality = 'critical', rpo, rto } = objectives;
  return catalog.addService(
    {
      name,
      criticality,
      ...(rpo === undefined ? {} : { rpoSeconds: rpo }),
      ...(rto === undefined ? {} : { rtoSeconds: rto }),
    },
    systemOrigin(),
  );
}

/** Changes what is given of a source that is protected already. */
export async function renew(
  { catalog }: Platform,
  request: SourceRequest,
  known: KnownSource,
  wishes: SourceWishes,
): Promise<Enrolled> {
  const changes = changesFor(request, known, wishes);
  const source = await catalog.changeSource(known.source.id, changes, systemOrigin());
  return { source, changed: whatChanged(known, source, changes) };
}

/** Adds a source to a service. */
export async function enrol(
  { catalog }: Platform,
  service: Service,
  request: SourceRequest,
  wishes: SourceWishes,
): Promise<Enrolled> {
  const { parsed, schedule, interval } = request;
  const taken = new Set((await catalog.sources()).map((source) => source.name));
  // What is backed up less often than its service asks is held to its own rhythm.
  const rpoSeconds =
    wishes.rpo ?? (interval === undefined ? undefined : Math.max(interval, service.rpoSeconds));
  const source = await catalog.addSource(
    {
      serviceId: service.id,
      kind: parsed.kind,
      name: freeName(withoutUnseenSigns(parsed.name).slice(0, 100), parsed.kind, taken),
      location: locationWithPassword(parsed, wishes.password),
      schedule,
      ...(parsed.kind === 'files' ? { options: wishes.options } : {}),
      ...(rpoSeconds === undefined ? {} : { rpoSeconds }),
    },
    systemOrigin(),
  );
  return { source };
}

/** `shop`, else `shop-files`, else `shop-files-2` …, of what fits into a name with that. */
function freeName(name: string, kind: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  const withKind = `${name}-${kind}`;
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? withKind : `${withKind}-${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}
