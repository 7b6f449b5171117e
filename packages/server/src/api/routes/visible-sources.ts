import type { Places } from '../../access/index.ts';
import { type Catalog, noSource, type ProtectedSource } from '../../catalog/index.ts';
import { reaches } from '../operation.ts';
import { readIdCursor } from '../requests/page.ts';

interface Listed<S> {
  readonly places: Places;
  readonly query: {
    readonly limit: number;
    readonly cursor?: string | undefined;
    readonly source?: string | undefined;
    readonly state?: S | undefined;
  };
}

/** Which sources, and so which of their runs, drills and restores, somebody may see. */
export class VisibleSources {
  readonly #catalog: Catalog;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  /** @throws NotFoundError also for one that there is, and that is not to be seen */
  async named(places: Places, name: string): Promise<ProtectedSource> {
    const found = await this.#catalog.source(name);
    if (!reaches(places, found.serviceId)) throw noSource(name);
    return found;
  }

  /** What was done with removed sources is for who may see everything. */
  async includes(places: Places, sourceId: string): Promise<boolean> {
    return places === 'all' || ((await this.#ids(places, undefined))?.includes(sourceId) ?? false);
  }

  /** For a list that goes by numbers: with one more than a page, of what may be seen. */
  async filter<S>(list: string, { places, query }: Listed<S>) {
    const sourceIds = await this.#ids(places, query.source);
    const beforeId = readIdCursor(list, query.cursor);
    return {
      limit: query.limit + 1,
      ...(sourceIds === undefined ? {} : { sourceIds }),
      ...(beforeId === undefined ? {} : { beforeId }),
      ...(query.state === undefined ? {} : { state: query.state }),
    };
  }

  /** Undefined: of all sources. */
  async #ids(places: Places, named: string | undefined): Promise<string[] | undefined> {
    if (named !== undefined) return [(await this.named(places, named)).id];
    if (places === 'all') return undefined;
    return (await this.#catalog.sources())
      .filter(({ serviceId }) => places.has(serviceId))
      .map(({ id }) => id);
  }
}
