import type { Origin } from '../audit/index.ts';
import type { Database, Writer } from '../platform/index.ts';
import { type CatalogGround, creations } from './catalog-ground.ts';
import { type CatalogSnapshot, readSnapshot } from './catalog-snapshot.ts';
import { CatalogWriting } from './catalog-writing.ts';
import { splitLocation, splitOptions } from './location.ts';
import { NamedSource, readService, readServices, readSources } from './read-catalog.ts';
import type { ProtectedSource, Service } from './service.ts';
import { type Address, passwordOf, scratchPasswordOf } from './source-password.ts';
import type { NewService, ServiceChanges } from './write-service.ts';
import type { NewSource, SourceChanges } from './write-source.ts';

/** What is protected and what it is held to. Every change is entered in the audit log in its transaction. */
export class Catalog {
  readonly #database: Database;
  readonly #ground: CatalogGround;
  readonly #named = new NamedSource();
  readonly #creation: () => Date;

  constructor(options: { database: Database } & CatalogGround) {
    this.#database = options.database;
    this.#ground = options;
    this.#creation = creations(options.clock);
  }

  /**
   * Runs `work` in one transaction of the database, which all that it changes is kept with or undone with.
   * `seals`: it will keep a password, for which the vault may first have to make its key.
   */
  async change<T>(
    origin: Origin,
    work: (change: CatalogWriting, transaction: Writer) => Promise<T>,
    options: { readonly seals: boolean } = { seals: true },
  ): Promise<T> {
    if (options.seals) await this.#ground.vault.prepare();
    const creation = this.#creation;
    return await this.#database.change((transaction) =>
      work(new CatalogWriting({ ...this.#ground, transaction, origin, creation }), transaction),
    );
  }

  /** All of it. What follows from it is asked again within `change`. */
  async snapshot(): Promise<CatalogSnapshot> {
    return await readSnapshot(this.#database.read, this.#ground.vault);
  }

  async addService(service: NewService, origin: Origin = {}): Promise<Service> {
    return await this.change(origin, (catalog) => catalog.addService(service), { seals: false });
  }

  async changeService(idOrSlug: string, changes: ServiceChanges, origin: Origin = {}): Promise<Service> {
    const { id } = await this.service(idOrSlug);
    return await this.change(origin, (catalog) => catalog.changeService(id, changes), { seals: false });
  }

  /** Ends the protection of its sources as well; snapshots, evidence and incidents stay. */
  async removeService(idOrSlug: string, origin: Origin = {}): Promise<void> {
    const { id } = await this.service(idOrSlug);
    await this.change(origin, (catalog) => catalog.removeService(id), { seals: false });
  }

  /** The most critical first, then in the order in which they were added. */
  async services(): Promise<Service[]> {
    return await readServices(this.#database.read);
  }

  /** By id or slug. */
  async service(idOrSlug: string): Promise<Service> {
    return await readService(this.#database.read, idOrSlug);
  }

  async addSource(source: NewSource, origin: Origin = {}): Promise<ProtectedSource> {
    const isSecret =
      splitLocation(source.kind, source.location).password !== undefined ||
      splitOptions(source.options ?? {}).scratchPassword !== undefined;
    const seals = isSecret || source.password !== undefined || source.scratchPassword !== undefined;
    return await this.change(origin, (catalog) => catalog.addSource(source), { seals });
  }

  /** All, or those of one service, in the order in which they were added. */
  async sources(serviceId?: string): Promise<ProtectedSource[]> {
    const sources = await readSources(this.#database.read);
    return serviceId === undefined ? sources : sources.filter((source) => source.serviceId === serviceId);
  }

  /** By id or name. */
  async source(idOrName: string): Promise<ProtectedSource> {
    return await this.#named.read(this.#database.read, idOrName);
  }

  /**
   * The password of its connection, for whoever connects to this very address.
   * @throws VaultError when it cannot be opened here
   */
  async sourcePassword(source: Address): Promise<string | undefined> {
    return await this.#ground.vault.open(passwordOf(source));
  }

  /** The same for the scratch server of its drills. */
  async scratchPassword(sourceId: string, scratchServer: string): Promise<string | undefined> {
    return await this.#ground.vault.open(scratchPasswordOf(sourceId, scratchServer));
  }

  /**
   * Changes of a source what is given: all of it or, when anything is refused, nothing. Who connects to the
   * source next uses the new password.
   */
  async changeSource(
    idOrName: string,
    changes: SourceChanges,
    origin: Origin = {},
  ): Promise<ProtectedSource> {
    const { id, kind } = await this.source(idOrName);
    const { scratchServer } = changes.options ?? {};
    const isSecret =
      changes.location !== undefined && splitLocation(kind, changes.location).password !== undefined;
    const isScratchSecret =
      typeof scratchServer === 'string' && splitOptions({ scratchServer }).scratchPassword !== undefined;
    const isGiven = changes.password !== undefined || changes.scratchPassword !== undefined;
    const seals = isSecret || isScratchSecret || isGiven;
    await this.change(origin, (catalog) => catalog.changeSource(id, changes), { seals });
    return await this.source(id);
  }

  /** Ends its protection. Its snapshots, runs and evidence stay; its passwords are deleted. */
  async removeSource(idOrName: string, origin: Origin = {}): Promise<void> {
    const { id } = await this.source(idOrName);
    await this.change(origin, (catalog) => catalog.removeSource(id), { seals: false });
  }
}
