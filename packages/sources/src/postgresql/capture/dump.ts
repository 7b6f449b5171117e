import { join } from 'node:path';
import { SourceError } from '../../errors.ts';
import { readChild } from '../../process/child.ts';
import type { SourceContext } from '../../source.ts';
import type { SessionTarget } from '../connecting/session.ts';
import type { PostgresqlBinaries } from '../programs/binaries.ts';
import { databaseArgument, programEnvironment } from '../programs/programs.ts';

/** The first bytes of every archive in custom format (pg_backup_archiver.c, WriteHead). */
const archiveMagic = Buffer.from('PGDMP', 'latin1');

/** A table that stays locked longer than this fails the run instead of holding it up for ever. */
const lockWait = '5min';

/**
 * A database in pg_dump's custom format, uncompressed so that the repository can deduplicate it. The
 * stream ends only when pg_dump ended well and what it wrote is an archive.
 */
export async function* dumpDatabase(
  client: PostgresqlBinaries,
  target: SessionTarget,
  snapshotName: string,
  context: SourceContext,
): AsyncGenerator<Uint8Array, void, undefined> {
  const step = `dumping ${target.location.database}`;
  let done = 0;
  let head: Buffer = Buffer.alloc(0);
  const output = readChild({
    command: join(client.folder, 'pg_dump'),
    args: [
      '--format=custom',
      '--compress=0',
      '--no-password',
      `--snapshot=${snapshotName}`,
      `--lock-wait-timeout=${lockWait}`,
    ],
    env: programEnvironment(target),
    signal: context.signal,
    onErrorLine: (line) => context.onLog?.(`pg_dump: ${line}`),
  });
  for await (const chunk of output) {
    if (head.length < archiveMagic.length)
      head = Buffer.concat([head, chunk.subarray(0, archiveMagic.length)]);
    done += chunk.length;
    context.onProgress?.({ step, done, unit: 'bytes' });
    yield chunk;
  }
  if (!head.subarray(0, archiveMagic.length).equals(archiveMagic)) {
    throw new SourceError(
      'source.capture-failed',
      `pg_dump ended well, but its ${done} bytes are no archive`,
      {
        advice: 'Check which program answers as pg_dump on this machine.',
      },
    );
  }
}

/** Roles, memberships and tablespaces of the whole server, as SQL. */
export async function* dumpGlobals(
  client: PostgresqlBinaries,
  target: SessionTarget,
  options: { rolePasswords: boolean },
  context: SourceContext,
): AsyncGenerator<Uint8Array, void, undefined> {
  let done = 0;
  const output = readChild({
    command: join(client.folder, 'pg_dumpall'),
    args: [
      '--globals-only',
      '--no-password',
      ...(options.rolePasswords ? [] : ['--no-role-passwords']),
      // The one database that this user may certainly enter.
      databaseArgument(target.location, '--database'),
    ],
    env: programEnvironment(target),
    signal: context.signal,
    onErrorLine: (line) => context.onLog?.(`pg_dumpall: ${line}`),
  });
  for await (const chunk of output) {
    done += chunk.length;
    yield chunk;
  }
  if (done === 0) {
    throw new SourceError('source.capture-failed', 'pg_dumpall ended well, but wrote nothing', {
      advice: 'Check which program answers as pg_dumpall on this machine.',
    });
  }
}
