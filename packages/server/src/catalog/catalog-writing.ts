import type { CatalogChange } from './catalog-ground.ts';
import { type CatalogSnapshot, readSnapshot } from './catalog-snapshot.ts';
import { NamedSource, readService } from './read-catalog.ts';
import type { ProtectedSource, Service } from './service.ts';
import {
  insertService,
  type NewService,
  removeService,
  type ServiceChanges,
  updateService,
} from './write-service.ts';
import {
  insertSource,
  type NewSource,
  removeSource,
  type SourceChanges,
  updateSource,
} from './write-source.ts';

/** The catalog within one transaction: what it reads stays true until that ends. Services and sources go by id. */
export class CatalogWriting {
  readonly #change: CatalogChange;

  constructor(change: CatalogChange) {
    this.#change = change;
  }

  snapshot = (): Promise<CatalogSnapshot> => readSnapshot(this.#change.transaction, this.#change.vault);

  service = (id: string): Promise<Service> => readService(this.#change.transaction, id);

  source = (id: string): Promise<ProtectedSource> => new NamedSource().read(this.#change.transaction, id);

  addService = (service: NewService): Promise<Service> => insertService(this.#change, service);

  changeService = (id: string, changes: ServiceChanges): Promise<Service> =>
    updateService(this.#change, id, changes);

  removeService = (id: string): Promise<void> => removeService(this.#change, id);

  addSource = (source: NewSource): Promise<ProtectedSource> => insertSource(this.#change, source);

  changeSource = (id: string, changes: SourceChanges): Promise<void> =>
    updateSource(this.#change, id, changes);

  removeSource = (id: string): Promise<void> => removeSource(this.#change, id);
}
