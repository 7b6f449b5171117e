import { randomUUID } from 'node:crypto';
import type { Selectable } from 'kysely';
import {
  type Clock,
  type Database,
  InvalidError,
  instant,
  NotFoundError,
  parseTimetable,
  type Scheduler,
  type Writer,
} from '../platform/index.ts';
import type { Vault } from '../vault/index.ts';
import { type Criticality, criticalities, tierObjectives } from './criticality.ts';
import { splitLocation, splitOptions } from './location.ts';
import type { SourceRow } from './schema.ts';
import {
  type ProtectedSource,
  type Service,
  type SourceOptions,
  serviceFrom,
  sourceFrom,
} from './service.ts';
import { type Address, passwordOf, scratchPasswordOf } from './source-password.ts';

export interface NewService {
  readonly name: string;
  /** Default: made of the name. */
  readonly slug?: string;
  readonly criticality: Criticality;
  /** Defaults of the three: the tier's. */
  readonly rpoSeconds?: number;
  readonly rtoSeconds?: number;
  readonly rehearseSeconds?: number;
}

export interface NewSource {
  /** Id or slug of its service. */
  readonly serviceId: string;
  readonly kind: ProtectedSource['kind'];
  readonly name: string;
  /** Absolute path, or `postgres://user:password@host:port/database`; the password is kept apart. */
  readonly location: string;
  readonly options?: SourceOptions;
  /** `every 1h` or `0 3 * * * Europe/Berlin`; absent: only on demand. */
  readonly schedule?: string;
  /** Default: the tier's; `null`: only on demand. */
  readonly drillSchedule?: string | null;
  /** For a source that is backed up less often than its service's RPO asks. */
  readonly rpoSeconds?: number;
}

/** What is absent stays as it is. */
export interface SourceChanges {
  /** `null`: only on demand. */
  readonly schedule?: string | null;
  /** Each that is given replaces the one that was; the others stay. */
  readonly options?: SourceOptions;
  /** `null`: its service's. */
  readonly rpoSeconds?: number | null;
  readonly password?: string;
}

/** What is protected and what it is held to. */
export class Catalog {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #vault: Vault;

  constructor(options: { database: Database; clock: Clock; scheduler: Scheduler; vault: Vault }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#scheduler = options.scheduler;
    this.#vault = options.vault;
  }

  async addService(service: NewService): Promise<Service> {
    const slug = service.slug ?? slugOf(service.name);
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug)) {
      throw new InvalidError('slug', `"${slug}" is not made of lowercase letters, digits and single dashes`);
    }
    if (!criticalities.includes(service.criticality)) {
      throw new InvalidError(
        'criticality',
        `"${service.criticality}" is none of ${criticalities.join(', ')}`,
      );
    }
    const tier = tierObjectives[service.criticality];
    const row = {
      id: randomUUID(),
      slug,
      name: service.name,
      criticality: service.criticality,
      rpo_seconds: positive('rpoSeconds', service.rpoSeconds ?? tier.rpoSeconds),
      rto_seconds: positive('rtoSeconds', service.rtoSeconds ?? tier.rtoSeconds),
      rehearse_seconds: positive('rehearseSeconds', service.rehearseSeconds ?? tier.rehearseSeconds),
      created_at: instant(this.#clock.now()),
    };
    await this.#database.change(async (transaction) => {
      const taken = await transaction
        .selectFrom('services')
        .select('id')
        .where('slug', '=', slug)
        .executeTakeFirst();
      if (taken !== undefined) {
        throw new InvalidError('slug', `there is a service "${slug}" already`, {
          advice: 'Choose another name.',
        });
      }
      await transaction.insertInto('services').values(row).execute();
    });
    return serviceFrom(row);
  }

  /** The most critical first, then in the order in which they were added. */
  async services(): Promise<Service[]> {
    const rows = await this.#database.read
      .selectFrom('services')
      .selectAll()
      .orderBy('created_at')
      .orderBy('slug')
      .execute();
    const rank = (service: Service): number => criticalities.indexOf(service.criticality);
    return rows.map(serviceFrom).sort((a, b) => rank(a) - rank(b));
  }

  /** By id or slug. */
  async service(idOrSlug: string): Promise<Service> {
    const row = await this.#database.read
      .selectFrom('services')
      .selectAll()
      .where((e) => e.or([e('id', '=', idOrSlug), e('slug', '=', idOrSlug)]))
      .executeTakeFirst();
    if (row === undefined) throw new NotFoundError(`service "${idOrSlug}"`);
    return serviceFrom(row);
  }

  async addSource(source: NewSource): Promise<ProtectedSource> {
    const service = await this.service(source.serviceId);
    const { location, password } = splitLocation(source.kind, source.location);
    const { options, scratchPassword } = splitOptions(source.options ?? {});
    const now = this.#clock.now();
    const drillSchedule =
      source.drillSchedule === undefined
        ? tierObjectives[service.criticality].drillSchedule
        : source.drillSchedule;
    for (const expression of [source.schedule, drillSchedule]) {
      if (expression !== undefined && expression !== null) parseTimetable(expression, now);
    }
    const row: Selectable<SourceRow> = {
      id: randomUUID(),
      service_id: service.id,
      kind: source.kind,
      name: source.name,
      location,
      options: JSON.stringify(options),
      schedule: source.schedule ?? null,
      drill_schedule: drillSchedule,
      rpo_seconds: source.rpoSeconds === undefined ? null : positive('rpoSeconds', source.rpoSeconds),
      created_at: instant(now),
      removed_at: null,
    };
    if (password !== undefined || scratchPassword !== undefined) await this.#vault.prepare();
    await this.#database.change(async (transaction) => {
      await this.#refuseTakenName(transaction, source.name);
      await transaction.insertInto('sources').values(row).execute();
      if (row.schedule !== null) await this.#scheduler.set('backup', row.id, row.schedule, transaction);
      if (row.drill_schedule !== null)
        await this.#scheduler.set('drill', row.id, row.drill_schedule, transaction);
      if (password !== undefined) await this.#vault.seal(transaction, passwordOf(row), password);
      if (options.scratchServer !== undefined && scratchPassword !== undefined) {
        const secret = scratchPasswordOf(row.id, options.scratchServer);
        await this.#vault.seal(transaction, secret, scratchPassword);
      }
    });
    return sourceFrom(row, service.rpoSeconds);
  }

  async #refuseTakenName(transaction: Writer, name: string): Promise<void> {
    const taken = await transaction
      .selectFrom('sources')
      .select('id')
      .where('name', '=', name)
      .where('removed_at', 'is', null)
      .executeTakeFirst();
    if (taken !== undefined) {
      throw new InvalidError('name', `there is a source "${name}" already`, {
        advice: 'Choose another name.',
      });
    }
  }

  /** All, or those of one service, in the order in which they were added. */
  async sources(serviceId?: string): Promise<ProtectedSource[]> {
    let query = this.#database.read
      .selectFrom('sources')
      .innerJoin('services', 'services.id', 'sources.service_id')
      .selectAll('sources')
      .select('services.rpo_seconds as service_rpo')
      .where('removed_at', 'is', null)
      .orderBy('sources.created_at')
      .orderBy('sources.name');
    if (serviceId !== undefined) query = query.where('service_id', '=', serviceId);
    return (await query.execute()).map((row) => sourceFrom(row, row.service_rpo));
  }

  /** By id or name. */
  async source(idOrName: string): Promise<ProtectedSource> {
    const row = await this.#database.read
      .selectFrom('sources')
      .innerJoin('services', 'services.id', 'sources.service_id')
      .selectAll('sources')
      .select('services.rpo_seconds as service_rpo')
      .where((e) => e.or([e('sources.id', '=', idOrName), e('sources.name', '=', idOrName)]))
      .where('removed_at', 'is', null)
      .executeTakeFirst();
    if (row === undefined) {
      throw new NotFoundError(`source "${idOrName}"`, { advice: 'octobox status lists the sources.' });
    }
    return sourceFrom(row, row.service_rpo);
  }

  /**
   * The password of its connection, for whoever connects to this very address.
   * @throws VaultError when it cannot be opened here
   */
  async sourcePassword(source: Address): Promise<string | undefined> {
    return await this.#vault.open(passwordOf(source));
  }

  /** The same for the scratch server of its drills. */
  async scratchPassword(sourceId: string, scratchServer: string): Promise<string | undefined> {
    return await this.#vault.open(scratchPasswordOf(sourceId, scratchServer));
  }

  /**
   * Changes of a source what is given: all of it or, when anything is refused, nothing. Who connects to the
   * source next uses the new password.
   */
  async changeSource(idOrName: string, changes: SourceChanges): Promise<ProtectedSource> {
    const { id } = await this.source(idOrName);
    const { schedule, rpoSeconds, password } = changes;
    if (typeof schedule === 'string') parseTimetable(schedule, this.#clock.now());
    if (typeof rpoSeconds === 'number') positive('rpoSeconds', rpoSeconds);
    const { options: changed, scratchPassword } = splitOptions(changes.options ?? {});
    if (password !== undefined || scratchPassword !== undefined) await this.#vault.prepare();
    await this.#database.change(async (transaction) => {
      const row = await transaction
        .selectFrom('sources')
        .select(['location', 'options'])
        .where('id', '=', id)
        .where('removed_at', 'is', null)
        .executeTakeFirst();
      if (row === undefined) throw new NotFoundError(`source "${idOrName}"`);
      const earlier = JSON.parse(row.options) as SourceOptions;
      const options = { ...earlier, ...changed };
      await transaction
        .updateTable('sources')
        .set({
          options: JSON.stringify(options),
          ...(schedule === undefined ? {} : { schedule }),
          ...(rpoSeconds === undefined ? {} : { rpo_seconds: rpoSeconds }),
        })
        .where('id', '=', id)
        .execute();
      if (schedule === null) await this.#scheduler.remove('backup', id, transaction);
      else if (schedule !== undefined) await this.#scheduler.set('backup', id, schedule, transaction);
      if (password !== undefined) {
        await this.#vault.seal(transaction, passwordOf({ id, location: row.location }), password);
      }
      const { scratchServer } = changed;
      if (scratchServer === undefined) return;
      if (earlier.scratchServer !== undefined) {
        await this.#vault.remove(transaction, scratchPasswordOf(id, earlier.scratchServer));
      }
      if (scratchPassword !== undefined) {
        await this.#vault.seal(transaction, scratchPasswordOf(id, scratchServer), scratchPassword);
      }
    });
    return await this.source(id);
  }

  /** Ends its protection. Its snapshots, runs and evidence stay; its passwords are deleted. */
  async removeSource(idOrName: string): Promise<void> {
    const source = await this.source(idOrName);
    await this.#database.change(async (transaction) => {
      await transaction
        .updateTable('sources')
        .set({ removed_at: instant(this.#clock.now()) })
        .where('id', '=', source.id)
        .execute();
      await this.#scheduler.remove('backup', source.id, transaction);
      await this.#scheduler.remove('drill', source.id, transaction);
      await this.#vault.removeAll(transaction, passwordOf(source).owner);
    });
  }
}

function positive(field: string, value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidError(field, 'it must be more than nothing');
  return value;
}

const slugOf = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '') || 'service';
