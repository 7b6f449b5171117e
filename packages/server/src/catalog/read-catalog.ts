import { NotFoundError, Prepared, type Reader } from '../platform/index.ts';
import { criticalities } from './criticality.ts';
import { type ProtectedSource, type Service, serviceFrom, sourceFrom } from './service.ts';

/** The most critical first, then in the order in which they were added. */
export async function readServices(reader: Reader): Promise<Service[]> {
  const services = await readServicesInOrder(reader);
  const rank = (service: Service): number => criticalities.indexOf(service.criticality);
  return services.sort((a, b) => rank(a) - rank(b));
}

/** In the order in which they were added. */
export async function readServicesInOrder(reader: Reader): Promise<Service[]> {
  const rows = await reader
    .selectFrom('services')
    .selectAll()
    .where('removed_at', 'is', null)
    .orderBy('created_at')
    .orderBy('slug')
    .execute();
  return rows.map(serviceFrom);
}

/** By id or slug. @throws NotFoundError */
export async function readService(reader: Reader, idOrSlug: string): Promise<Service> {
  const row = await reader
    .selectFrom('services')
    .selectAll()
    .where((e) => e.or([e('id', '=', idOrSlug), e('slug', '=', idOrSlug)]))
    .where('removed_at', 'is', null)
    .executeTakeFirst();
  if (row === undefined) throw new NotFoundError(`service "${idOrSlug}"`);
  return serviceFrom(row);
}

/** The same words for who may not see it, so that nobody learns from them that there is one. */
export const noSource = (idOrName: string): NotFoundError =>
  new NotFoundError(`source "${idOrName}"`, { advice: 'octobox status lists the sources.' });

/** By id or name; for one database. */
export class NamedSource {
  // Each list of one source asks this first.
  readonly #rows = new Prepared((reader, given: { name: string }) =>
    selectSources(reader).where((e) =>
      e.or([e('sources.id', '=', given.name), e('sources.name', '=', given.name)]),
    ),
  );

  /** @throws NotFoundError */
  async read(reader: Reader, idOrName: string): Promise<ProtectedSource> {
    const [row] = await this.#rows.rows(reader, { name: idOrName });
    if (row === undefined) throw noSource(idOrName);
    return sourceFrom(row, row.service_rpo);
  }
}

/** In the order in which they were added. */
export async function readSources(reader: Reader): Promise<ProtectedSource[]> {
  const rows = await selectSources(reader).orderBy('sources.created_at').orderBy('sources.name').execute();
  return rows.map((row) => sourceFrom(row, row.service_rpo));
}

/** Those that are protected. */
export const selectSources = (reader: Reader) =>
  reader
    .selectFrom('sources')
    .innerJoin('services', 'services.id', 'sources.service_id')
    .selectAll('sources')
    .select('services.rpo_seconds as service_rpo')
    .where('sources.removed_at', 'is', null);
