import { randomUUID } from 'node:crypto';
import type { Selectable } from 'kysely';
import { InvalidError, instant, NotFoundError } from '../platform/index.ts';
import type { CatalogChange } from './catalog-ground.ts';
import { type Criticality, tierObjectives } from './criticality.ts';
import type { ServiceRow } from './schema.ts';
import { type Service, serviceFrom } from './service.ts';
import { checkedCriticality, checkedName, checkedSlug, positive, slugOf } from './service-fields.ts';
import { removeSource } from './write-source.ts';

export interface NewService {
  readonly name: string;
  /** Default: made of the name, or `service`, `service-2` … where that has no Latin letters. */
  readonly slug?: string;
  readonly criticality: Criticality;
  /** Defaults of the three: the tier's. */
  readonly rpoSeconds?: number;
  readonly rtoSeconds?: number;
  readonly rehearseSeconds?: number;
}

/** What is absent stays as it is; another criticality changes no objective by itself. */
export type ServiceChanges = Partial<Omit<NewService, 'slug'>>;

/** A slug that was removed is that service again, with its history. */
export async function insertService(change: CatalogChange, service: NewService): Promise<Service> {
  const { transaction } = change;
  const name = checkedName(service.name);
  const slug = checkedSlug(service.slug ?? slugOf(name) ?? (await numberedSlug(change, name)));
  const tier = tierObjectives[checkedCriticality(service.criticality)];
  const content = {
    name,
    criticality: service.criticality,
    rpo_seconds: positive('rpoSeconds', service.rpoSeconds ?? tier.rpoSeconds),
    rto_seconds: positive('rtoSeconds', service.rtoSeconds ?? tier.rtoSeconds),
    rehearse_seconds: positive('rehearseSeconds', service.rehearseSeconds ?? tier.rehearseSeconds),
    removed_at: null,
  };
  const taken = await transaction
    .selectFrom('services')
    .select(['id', 'created_at', 'removed_at'])
    .where('slug', '=', slug)
    .executeTakeFirst();
  if (taken !== undefined && taken.removed_at === null) {
    throw new InvalidError('slug', `there is a service "${slug}" already`, {
      advice: 'Choose another name.',
    });
  }
  const row: Selectable<ServiceRow> = {
    id: taken?.id ?? randomUUID(),
    slug,
    created_at: taken?.created_at ?? instant(change.creation()),
    ...content,
  };
  if (taken === undefined) await transaction.insertInto('services').values(row).execute();
  else await transaction.updateTable('services').set(content).where('id', '=', row.id).execute();
  await record(change, 'service.added', row.id, undefined, row);
  return serviceFrom(row);
}

export async function updateService(
  change: CatalogChange,
  id: string,
  changes: ServiceChanges,
): Promise<Service> {
  const { name, criticality, rpoSeconds, rtoSeconds, rehearseSeconds } = changes;
  const before = await serviceRow(change, id);
  const after = {
    ...before,
    ...(name === undefined ? {} : { name: checkedName(name) }),
    ...(criticality === undefined ? {} : { criticality: checkedCriticality(criticality) }),
    ...(rpoSeconds === undefined ? {} : { rpo_seconds: positive('rpoSeconds', rpoSeconds) }),
    ...(rtoSeconds === undefined ? {} : { rto_seconds: positive('rtoSeconds', rtoSeconds) }),
    ...(rehearseSeconds === undefined
      ? {}
      : { rehearse_seconds: positive('rehearseSeconds', rehearseSeconds) }),
  };
  await change.transaction.updateTable('services').set(after).where('id', '=', id).execute();
  await record(change, 'service.changed', id, before, after);
  return serviceFrom(after);
}

/** Ends the protection of its sources as well; what was recorded of them, and of its incidents, stays. */
export async function removeService(change: CatalogChange, id: string): Promise<void> {
  const { transaction, clock } = change;
  const before = await serviceRow(change, id);
  const sources = await transaction
    .selectFrom('sources')
    .select('id')
    .where('service_id', '=', id)
    .where('removed_at', 'is', null)
    .execute();
  for (const source of sources) await removeSource(change, source.id);
  await transaction
    .updateTable('services')
    .set({ removed_at: instant(clock.now()) })
    .where('id', '=', id)
    .execute();
  await change.onServiceRemoved(transaction, id);
  await record(change, 'service.removed', id, before, undefined);
}

/** The first that is free, or that a service of this very name had before it was removed. */
async function numberedSlug({ transaction }: CatalogChange, name: string): Promise<string> {
  for (let number = 1; ; number++) {
    const slug = number === 1 ? 'service' : `service-${number}`;
    const taken = await transaction
      .selectFrom('services')
      .select(['name', 'removed_at'])
      .where('slug', '=', slug)
      .executeTakeFirst();
    if (taken === undefined || (taken.removed_at !== null && taken.name === name)) return slug;
  }
}

async function serviceRow({ transaction }: CatalogChange, id: string): Promise<Selectable<ServiceRow>> {
  const row = await transaction
    .selectFrom('services')
    .selectAll()
    .where('id', '=', id)
    .where('removed_at', 'is', null)
    .executeTakeFirst();
  if (row === undefined) throw new NotFoundError(`service "${id}"`);
  return row;
}

type Row = Selectable<ServiceRow>;

async function record(
  { audit, transaction, origin }: CatalogChange,
  action: string,
  id: string,
  before: Row | undefined,
  after: Row | undefined,
): Promise<void> {
  const names = ['slug', 'name', 'criticality', 'rpo_seconds', 'rto_seconds', 'rehearse_seconds'] as const;
  const shown = names.filter((name) => name === 'slug' || before?.[name] !== after?.[name]);
  const fieldsOf = (row: Row | undefined) =>
    row === undefined ? undefined : Object.fromEntries(shown.map((name) => [name, row[name]]));
  const subject = `service:${id}`;
  await audit.append(transaction, {
    action,
    origin,
    subject,
    before: fieldsOf(before),
    after: fieldsOf(after),
  });
}
