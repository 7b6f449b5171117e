import { randomUUID } from 'node:crypto';
import type { Selectable } from 'kysely';
import { InvalidError, instant, NotFoundError } from '../platform/index.ts';
import type { CatalogChange } from './catalog-ground.ts';
import { tierObjectives } from './criticality.ts';
import { splitLocation, splitOptions } from './location.ts';
import { recordSource } from './record-source.ts';
import type { SourceRow } from './schema.ts';
import { type ProtectedSource, type SourceOptions, sourceFrom } from './service.ts';
import { checkedName, checkedSchedule, positive } from './service-fields.ts';
import { passwordOf, scratchPasswordOf } from './source-password.ts';

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
  /** In place of one in the location. */
  readonly password?: string;
  /** In place of one in the scratch server's address. */
  readonly scratchPassword?: string;
}

/** What is absent stays as it is. */
export interface SourceChanges {
  /** `null`: only on demand. */
  readonly schedule?: string | null;
  /** `null`: only on demand. */
  readonly drillSchedule?: string | null;
  /** Each that is given replaces the one that was, `null` takes it away; the others stay. */
  readonly options?: SourceOptionChanges;
  /** `null`: its service's. */
  readonly rpoSeconds?: number | null;
  readonly password?: string;
  readonly scratchPassword?: string;
  /** Of the same kind. The password of another address goes with it. */
  readonly location?: string;
  /** Id of the service that it moves to. */
  readonly serviceId?: string;
}

export type SourceOptionChanges = { readonly [K in keyof SourceOptions]: SourceOptions[K] | null };

export async function insertSource(change: CatalogChange, source: NewSource): Promise<ProtectedSource> {
  const { transaction, clock, scheduler, vault } = change;
  const service = await transaction
    .selectFrom('services')
    .select(['id', 'criticality', 'rpo_seconds'])
    .where((e) => e.or([e('id', '=', source.serviceId), e('slug', '=', source.serviceId)]))
    .where('removed_at', 'is', null)
    .executeTakeFirst();
  if (service === undefined) throw new NotFoundError(`service "${source.serviceId}"`);
  const split = splitLocation(source.kind, source.location);
  const { options, scratchPassword } = splitOptions(source.options ?? {});
  const now = clock.now();
  const drillSchedule =
    source.drillSchedule === undefined
      ? tierObjectives[service.criticality].drillSchedule
      : source.drillSchedule;
  checkedSchedule('schedule', source.schedule, now);
  checkedSchedule('drillSchedule', drillSchedule, now);
  const row: Selectable<SourceRow> = {
    id: randomUUID(),
    service_id: service.id,
    kind: source.kind,
    name: checkedName(source.name),
    location: split.location,
    options: JSON.stringify(options),
    schedule: source.schedule ?? null,
    drill_schedule: drillSchedule,
    rpo_seconds: source.rpoSeconds === undefined ? null : positive('rpoSeconds', source.rpoSeconds),
    created_at: instant(change.creation()),
    removed_at: null,
  };
  await refuseTakenName(change, source.name);
  await transaction.insertInto('sources').values(row).execute();
  if (row.schedule !== null) await scheduler.add('backup', row.id, row.schedule, transaction);
  if (row.drill_schedule !== null) await scheduler.add('drill', row.id, row.drill_schedule, transaction);
  const password = source.password ?? split.password;
  if (password !== undefined) await vault.seal(transaction, passwordOf(row), password);
  const scratch = source.scratchPassword ?? scratchPassword;
  if (options.scratchServer !== undefined && scratch !== undefined) {
    await vault.seal(transaction, scratchPasswordOf(row.id, options.scratchServer), scratch);
  }
  await recordSource(change, 'source.added', row.id, undefined, row, password !== undefined);
  return sourceFrom(row, service.rpo_seconds);
}

export async function updateSource(change: CatalogChange, id: string, changes: SourceChanges): Promise<void> {
  const { transaction, clock, scheduler, vault } = change;
  const { schedule, drillSchedule, rpoSeconds } = changes;
  checkedSchedule('schedule', schedule, clock.now());
  checkedSchedule('drillSchedule', drillSchedule, clock.now());
  if (typeof rpoSeconds === 'number') positive('rpoSeconds', rpoSeconds);
  const before = await sourceRow(change, id);
  const split = changes.location === undefined ? before : splitLocation(before.kind, changes.location);
  const earlier = JSON.parse(before.options) as SourceOptions;
  const { options, scratchPassword } = changedOptions(earlier, changes);
  const after = {
    ...before,
    location: split.location,
    options: JSON.stringify(options),
    ...(schedule === undefined ? {} : { schedule }),
    ...(drillSchedule === undefined ? {} : { drill_schedule: drillSchedule }),
    ...(rpoSeconds === undefined ? {} : { rpo_seconds: rpoSeconds }),
    ...(changes.serviceId === undefined ? {} : { service_id: changes.serviceId }),
  };
  await transaction.updateTable('sources').set(after).where('id', '=', id).execute();
  for (const [kind, given] of [
    ['backup', schedule],
    ['drill', drillSchedule],
  ] as const) {
    if (given === null) await scheduler.remove(kind, id, transaction);
    else if (given !== undefined) await scheduler.set(kind, id, given, transaction);
  }
  const password = changes.password ?? ('password' in split ? split.password : undefined);
  if (after.location !== before.location) await vault.remove(transaction, passwordOf(before));
  if (password !== undefined) await vault.seal(transaction, passwordOf(after), password);
  const { scratchServer } = earlier;
  // A password goes when the address is given again without one: of the same one as well.
  if (changes.options?.scratchServer !== undefined && scratchServer !== undefined) {
    await vault.remove(transaction, scratchPasswordOf(id, scratchServer));
  }
  const scratch = changes.scratchPassword ?? scratchPassword;
  if (options.scratchServer !== undefined && scratch !== undefined) {
    await vault.seal(transaction, scratchPasswordOf(id, options.scratchServer), scratch);
  }
  const isSealed = password !== undefined || scratch !== undefined;
  await recordSource(change, 'source.changed', id, before, after, isSealed);
}

/** Ends its protection. Its snapshots, runs and evidence stay; its passwords are deleted. */
export async function removeSource(change: CatalogChange, id: string): Promise<void> {
  const { transaction, clock, scheduler, vault } = change;
  const before = await sourceRow(change, id);
  await transaction
    .updateTable('sources')
    .set({ removed_at: instant(clock.now()) })
    .where('id', '=', id)
    .execute();
  await scheduler.remove('backup', id, transaction);
  await scheduler.remove('drill', id, transaction);
  await vault.removeAll(transaction, passwordOf(before).owner);
  await recordSource(change, 'source.removed', id, before, undefined, false);
}

function changedOptions(
  earlier: SourceOptions,
  changes: SourceChanges,
): { options: SourceOptions; scratchPassword?: string } {
  const entries = Object.entries(changes.options ?? {}).filter(([, value]) => value !== undefined);
  const given = Object.fromEntries(entries.filter(([, value]) => value !== null)) as SourceOptions;
  const { options, ...secret } = splitOptions(given);
  const taken = new Set(entries.filter(([, value]) => value === null).map(([name]) => name));
  const stays = Object.fromEntries(Object.entries(earlier).filter(([name]) => !taken.has(name)));
  return { options: { ...stays, ...options }, ...secret };
}

async function sourceRow({ transaction }: CatalogChange, id: string): Promise<Selectable<SourceRow>> {
  const row = await transaction
    .selectFrom('sources')
    .selectAll()
    .where('id', '=', id)
    .where('removed_at', 'is', null)
    .executeTakeFirst();
  if (row === undefined) throw new NotFoundError(`source "${id}"`);
  return row;
}

async function refuseTakenName({ transaction }: CatalogChange, name: string): Promise<void> {
  const taken = await transaction
    .selectFrom('sources')
    .select('id')
    .where('name', '=', name)
    .where('removed_at', 'is', null)
    .executeTakeFirst();
  if (taken !== undefined) {
    throw new InvalidError('name', `there is a source "${name}" already`, { advice: 'Choose another name.' });
  }
}
