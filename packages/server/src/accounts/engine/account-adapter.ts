import { kyselyAdapter } from '@better-auth/kysely-adapter';
import type { BetterAuthOptions } from 'better-auth';
import type { DBAdapter } from 'better-auth/adapters';
import type { Kysely } from 'kysely';
import type { AuditLog, Origin } from '../../audit/index.ts';
import type { IdentitySeals } from '../../identity/index.ts';
import type { Database, Writer } from '../../platform/index.ts';
import type { Acts } from './acts.ts';
import { type RecordedVerb, recordOf } from './recorded-changes.ts';
import { readSealed, SealedWriting } from './sealed-models.ts';

type Where = Parameters<DBAdapter['delete']>[0]['where'];
type Row = Readonly<Record<string, unknown>>;

/**
 * better-auth on the project's own connection. What it reads comes from there; each of its changes runs in a
 * `change`, as those of every room do, or joins the one that is under way, and is entered in the audit log and sealed in it;
 * what it is given to read is as it was sealed.
 *
 * `sqlite` for both engines on purpose: to that better-auth hands texts and flags of 0 and 1, which is what the
 * columns of this house are on PostgreSQL too.
 */
export function accountAdapter(options: {
  database: Database;
  acts: Acts;
  audit: AuditLog;
  identity: IdentitySeals;
}) {
  const { database, acts, audit, identity } = options;
  return (settings: BetterAuthOptions): DBAdapter => {
    const over = (kysely: Kysely<never>): DBAdapter => kyselyAdapter(kysely, { type: 'sqlite' })(settings);
    const overTransaction = (transaction: Writer): DBAdapter => over(transaction as unknown as Kysely<never>);
    // A reader has the selecting half of Kysely, and nothing else is used of it here.
    const reading = over(database.read as unknown as Kysely<never>);
    const here = (): DBAdapter =>
      acts.transaction === undefined ? reading : overTransaction(acts.transaction);

    /** Runs one statement of better-auth with the entries that tell of it. */
    const changed = async <T>(
      verb: RecordedVerb,
      model: string,
      where: Where | undefined,
      work: (adapter: DBAdapter) => Promise<T>,
      after: (result: T, before: Row) => Row | undefined,
      fields: readonly string[] = [],
    ): Promise<T> => {
      await identity.get(acts.transaction);
      return await acts.change(async (transaction) => {
        const adapter = overTransaction(transaction);
        const before = where === undefined ? [{}] : await adapter.findMany<Row>({ model, where });
        const writing = new SealedWriting(identity, transaction, model);
        const rows = verb === 'update' ? await writing.before(before.map(({ id }) => String(id))) : new Map();
        const result = await work(adapter);
        if (verb === 'create') await writing.created(String((result as Row).id));
        await writing.updated(rows, fields);
        const origin = await originOf(transaction, result);
        for (const row of before) {
          const record = recordOf({
            verb,
            model,
            origin,
            before: row,
            after: after(result, row),
          });
          if (record !== undefined) await audit.append(transaction, record);
        }
        return result;
      });
    };

    /** Who signs in is known by the session that begins. */
    const originOf = async (transaction: Writer, result: unknown): Promise<Origin> => {
      const { origin } = acts;
      const { userId } = (result ?? {}) as { userId?: unknown };
      if (origin.actor !== undefined || typeof userId !== 'string') return origin;
      const user = transaction.selectFrom('users').select(['id', 'name']).where('id', '=', userId);
      return { ...origin, actor: await user.executeTakeFirst() };
    };

    const updated = (data: { model: string; where: Where; update: Row }) =>
      [data.model, data.where, (_: unknown, row: Row): Row => ({ ...row, ...data.update })] as const;

    const recording: DBAdapter = {
      ...reading,
      findOne: async <T>({ select: _, ...data }: Parameters<DBAdapter['findOne']>[0]) => {
        await identity.get(acts.transaction);
        return await readSealed(identity, data.model, await here().findOne<T>(data), acts.transaction);
      },
      findMany: async <T>({ select: _, ...data }: Parameters<DBAdapter['findMany']>[0]) => {
        await identity.get(acts.transaction);
        const rows = await here().findMany<T>(data);
        const read = rows.map((row) => readSealed(identity, data.model, row, acts.transaction));
        return (await Promise.all(read)).filter((row) => row !== null);
      },
      count: (data) => here().count(data),
      create: (data) =>
        changed(
          'create',
          data.model,
          undefined,
          (adapter) => adapter.create(data),
          (row) => row as Row,
        ),
      update: <T>(data: Parameters<DBAdapter['update']>[0]) => {
        const [model, where, after] = updated(data);
        const fields = Object.keys(data.update);
        return changed('update', model, where, (adapter) => adapter.update<T>(data), after, fields);
      },
      updateMany: (data) => {
        const [model, where, after] = updated(data);
        const fields = Object.keys(data.update);
        return changed('update', model, where, (adapter) => adapter.updateMany(data), after, fields);
      },
      delete: (data) =>
        changed(
          'delete',
          data.model,
          data.where,
          (adapter) => adapter.delete(data),
          () => undefined,
        ),
      deleteMany: (data) =>
        changed(
          'delete',
          data.model,
          data.where,
          (adapter) => adapter.deleteMany(data),
          () => undefined,
        ),
      consumeOne: (data) =>
        changed(
          'delete',
          data.model,
          data.where,
          (adapter) => adapter.consumeOne(data),
          () => undefined,
        ),
      incrementOne: (data) =>
        changed(
          'update',
          data.model,
          data.where,
          (adapter) => adapter.incrementOne(data),
          (_, row) => row,
        ),
      transaction: (work) => acts.change(() => work(recording)),
    };
    return recording;
  };
}
