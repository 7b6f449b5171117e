import { setTimeout as delay } from 'node:timers/promises';
import { reasonOf, SourceError } from '../../errors.ts';
import { quoteIdentifier, quoteLiteral, type Session } from '../connecting/session.ts';

/** Sessions need a moment to end after they were told to; a busy pool reconnects in between. */
const attempts = 50;
const pauseMilliseconds = 100;

const inUse = (error: unknown): boolean =>
  error instanceof SourceError && /being accessed by other users/.test(reasonOf(error));

async function rename(session: Session, from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    await session.query(
      `select pg_terminate_backend(pid) from pg_catalog.pg_stat_activity
       where datname = ${quoteLiteral(from)} and pid <> pg_backend_pid()`,
    );
    try {
      await session.query(`alter database ${quoteIdentifier(from)} rename to ${quoteIdentifier(to)}`);
      return;
    } catch (error) {
      if (attempt === attempts || !inUse(error)) throw error;
      await delay(pauseMilliseconds);
    }
  }
}

/**
 * Puts the restored database under the live name. The live one, when it exists, ends up under the name
 * `kept`, whole and open. When the second step fails the first is taken back, so that the live name is
 * never left empty. `session` is connected to neither.
 */
export async function swapDatabases(
  session: Session,
  names: { live: string; restored: string; kept: string },
): Promise<{ keptOld: boolean }> {
  const found = await session.query(
    `select from pg_catalog.pg_database where datname = ${quoteLiteral(names.live)}`,
  );
  if (found.length === 0) {
    await rename(session, names.restored, names.live);
    return { keptOld: false };
  }
  await session.query(`alter database ${quoteIdentifier(names.live)} allow_connections false`);
  try {
    await rename(session, names.live, names.kept);
  } catch (error) {
    await session.query(`alter database ${quoteIdentifier(names.live)} allow_connections true`);
    throw error;
  }
  try {
    await rename(session, names.restored, names.live);
  } catch (error) {
    await rename(session, names.kept, names.live);
    await session.query(`alter database ${quoteIdentifier(names.live)} allow_connections true`);
    throw error;
  }
  await session.query(`alter database ${quoteIdentifier(names.kept)} allow_connections true`);
  return { keptOld: true };
}
