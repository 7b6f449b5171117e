import { SourceError } from '../../errors.ts';
import type { RestoreReport, SourceContext } from '../../source.ts';
import { Session, type SessionTarget } from '../connecting/session.ts';
import { verifyDatabase } from '../inventory/verify.ts';
import { cleanUp, dropDatabase, type LoadOptions, loadDatabase, maintenanceDatabase } from './load.ts';
import { swapDatabases } from './swap.ts';

/** PostgreSQL cuts names at 63 bytes, quietly; cut the front part instead, at a whole character. */
export function derivedName(database: string, suffix: string): string {
  let front = database;
  while (Buffer.byteLength(`${front}${suffix}`) > 63) front = [...front].slice(0, -1).join('');
  return `${front}${suffix}`;
}

/** To the millisecond, so that two restores in a row do not meet: `20261123_075532_123`. */
const stamp = (now: Date): string => now.toISOString().replace(/[-:Z]/g, '').replace(/[T.]/g, '_');

/**
 * Restores beside the live database and verifies the result while nobody can write to it; only then
 * the two change names. Until that moment the live database works on as it is, and it is never dropped.
 */
export async function restoreInPlace(
  options: Omit<LoadOptions, 'drill'>,
  context: SourceContext,
): Promise<RestoreReport> {
  const live = options.target.location.database;
  const now = stamp(new Date());
  const names = {
    live,
    restored: derivedName(live, `_octobox_restore_${now}`),
    kept: derivedName(live, `_before_restore_${now}`),
  };
  await assertMayRestore(options.target, context);
  const beside: SessionTarget = {
    ...options.target,
    location: { ...options.target.location, database: names.restored },
  };
  const loaded = await loadDatabase({ ...options, target: beside, drill: false }, context);
  try {
    const verification = await verifyBeside(beside, options, context);
    if (verification.outcome === 'failed') {
      const first = verification.checks.flatMap(({ differences }) => differences).slice(0, 5);
      throw new SourceError(
        'source.verification-failed',
        `The restored copy of ${live} is not what the backup promised: ${first.join('; ')}`,
        {
          advice:
            'The live database was left as it was. Choose another snapshot, or look into the differences.',
        },
      );
    }
    context.onProgress?.({ step: `putting ${live} in place` });
    context.signal.throwIfAborted();
    // From here on an abort comes too late: stopping between the two renames would leave no live database.
    await using swapping = await Session.open(options.target, { database: maintenanceDatabase(live) });
    const { keptOld } = await swapDatabases(swapping, names);
    const warnings: string[] = [];
    if (loaded.createdRoles.length > 0) warnings.push(`Roles created: ${loaded.createdRoles.join(', ')}`);
    if (keptOld) {
      warnings.push(
        `The database as it was before the restore is kept as ${names.kept}; drop it when nothing in it is needed.`,
      );
    }
    return { files: 1, bytes: loaded.bytes, warnings, verification };
  } catch (error) {
    await cleanUp(context, names.restored, () => dropDatabase(options.target, names.restored));
    throw error;
  }
}

async function verifyBeside(
  target: SessionTarget,
  options: Omit<LoadOptions, 'drill'>,
  context: SourceContext,
) {
  await using session = await Session.open(target, { signal: context.signal });
  return await verifyDatabase(
    session,
    options.inventory,
    { growth: false, ownServer: false, otherLocale: false },
    context,
  );
}

async function assertMayRestore(target: SessionTarget, context: SourceContext): Promise<void> {
  const database = maintenanceDatabase(target.location.database);
  await using session = await Session.open(target, { signal: context.signal, database });
  const [role] = await session.query<{ able: boolean }>(
    'select rolsuper or rolcreatedb as able from pg_catalog.pg_roles where rolname = current_user',
  );
  if (role?.able === true) return;
  throw new SourceError('source.denied', `The user ${target.location.user} may not create databases`, {
    advice: 'Restore as a superuser, or as a user with CREATEDB who owns the database.',
  });
}
