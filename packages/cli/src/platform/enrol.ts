import type { Criticality, Platform, ProtectedSource, Service, SourceOptions } from '@octobox/server';
import { UsageError } from '../errors.ts';
import { locationWithPassword, type SourceRequest } from './protect-request.ts';

export interface Objectives {
  readonly criticality: Criticality;
  /** seconds; the tier's when absent */
  readonly rpo: number | undefined;
  readonly rto: number | undefined;
}

export interface Enrolled {
  readonly source: ProtectedSource;
  /** False: it was protected already, and only its schedule was set. */
  readonly isNew: boolean;
}

/** The service of that name, made when there is none. */
export async function findOrAddService(
  platform: Platform,
  name: string,
  objectives: Objectives & { readonly given: boolean },
): Promise<Service> {
  const wanted = name.toLowerCase();
  const existing = (await platform.catalog.services()).find(
    (service) => service.slug === wanted || service.name.toLowerCase() === wanted,
  );
  if (existing === undefined) {
    const { criticality, rpo, rto } = objectives;
    return platform.catalog.addService({
      name,
      criticality,
      ...(rpo === undefined ? {} : { rpoSeconds: rpo }),
      ...(rto === undefined ? {} : { rtoSeconds: rto }),
    });
  }
  if (objectives.given) {
    throw new UsageError(`the service ${existing.name} exists, with objectives of its own`, {
      advice: 'Leave --rpo, --rto and --criticality away, or choose another --name.',
    });
  }
  return existing;
}

/** The source that protects this already, with its schedule set to the one that is asked for. */
export async function renew(platform: Platform, request: SourceRequest): Promise<Enrolled | undefined> {
  const { catalog } = platform;
  const { parsed, schedule } = request;
  const known = (await catalog.sources()).find(
    (source) => source.kind === parsed.kind && source.location === parsed.location,
  );
  if (known === undefined) return undefined;
  await catalog.changeSource(known.id, { schedule });
  return { source: await catalog.source(known.id), isNew: false };
}

/** Adds a source to a service. */
export async function enrol(
  platform: Platform,
  service: Service,
  request: SourceRequest,
  options: {
    readonly source: SourceOptions;
    readonly rpo: number | undefined;
    /** Of the database, when its location has none. */
    readonly password: string | undefined;
  },
): Promise<Enrolled> {
  const { catalog } = platform;
  const { parsed, schedule, interval } = request;
  const taken = new Set((await catalog.sources()).map((source) => source.name));
  // What is backed up less often than its service asks is held to its own rhythm.
  const rpoSeconds =
    options.rpo ?? (interval === undefined ? undefined : Math.max(interval, service.rpoSeconds));
  const source = await catalog.addSource({
    serviceId: service.id,
    kind: parsed.kind,
    name: freeName(parsed.name, parsed.kind, taken),
    location: locationWithPassword(parsed, options.password),
    schedule,
    ...(parsed.kind === 'files' ? { options: options.source } : {}),
    ...(rpoSeconds === undefined ? {} : { rpoSeconds }),
  });
  return { source, isNew: true };
}

/** `shop`, else `shop files`, else `shop files 2` … */
function freeName(name: string, kind: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  const withKind = `${name}-${kind}`;
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? withKind : `${withKind}-${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}
