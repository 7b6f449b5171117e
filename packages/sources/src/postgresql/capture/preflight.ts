import { SourceError } from '../../errors.ts';
import { countOf } from '../../inventory/compare.ts';
import type { Preflight, SourceContext } from '../../source.ts';
import { describePostgresqlLocation } from '../connecting/location.ts';
import { Session, type SessionTarget } from '../connecting/session.ts';
import { type PostgresqlVersion, parseServerVersionNumber, supportedMajors } from '../connecting/versions.ts';
import { findBinaries, nearestBinaries, type PostgresqlBinaries } from '../programs/binaries.ts';
import { clientFor } from '../programs/programs.ts';

export interface PostgresqlFacts {
  readonly server: PostgresqlVersion;
  readonly client: PostgresqlBinaries;
  /** Whether the user may read the passwords of roles, so that a restore can bring them back. */
  readonly rolePasswords: boolean;
}

/** Everything a capture must know, found out on one connection; rejects when the capture could not work. */
export async function examine(
  target: SessionTarget,
  options: { binFolders: readonly string[] | undefined },
  context: SourceContext,
): Promise<PostgresqlFacts> {
  await using session = await Session.open(target, { signal: context.signal });
  const [row] = await session.query<{ version: string; passwords: boolean }>(
    `select current_setting('server_version_num') as version,
       has_table_privilege('pg_catalog.pg_authid', 'select') as passwords`,
  );
  const server = parseServerVersionNumber(row?.version ?? '');
  const client = await clientFor(server.major, { folders: options.binFolders, signal: context.signal });
  await assertReadable(session, target);
  return { server, client, rolePasswords: row?.passwords === true };
}

async function assertReadable(session: Session, target: SessionTarget): Promise<void> {
  const denied = await session.query<{ name: string; total: string }>(
    `select c.oid::regclass::text as name, count(*) over () as total from pg_catalog.pg_class c
     join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'S', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
     and not (has_schema_privilege(n.oid, 'usage') and case when c.relkind = 'S'
       then has_sequence_privilege(c.oid, 'select') else has_table_privilege(c.oid, 'select') end)
     order by 1 limit 3`,
  );
  if (denied.length > 0) {
    const names = denied.map(({ name }) => name).join(', ');
    const more = Number(denied[0]?.total) - denied.length;
    throw new SourceError(
      'source.denied',
      `The user ${target.location.user} may not read ${names}${more > 0 ? ` and ${more} more` : ''}`,
      { advice: 'Grant it; on PostgreSQL 14 and newer: GRANT pg_read_all_data TO the user.' },
    );
  }
  // Membership of pg_read_all_data does not reach them.
  const [objects] = await session.query<{ denied: string }>(
    `select count(*) as denied from pg_catalog.pg_largeobject_metadata m where not (pg_has_role(m.lomowner, 'usage')
     or exists (select from aclexplode(m.lomacl) x where x.privilege_type = 'SELECT'
       and (x.grantee = 0 or pg_has_role(x.grantee, 'usage'))))`,
  );
  if (Number(objects?.denied) > 0) {
    throw new SourceError(
      'source.denied',
      `The user ${target.location.user} may not read ${countOf(Number(objects?.denied), 'large object')}`,
      { advice: 'Back up as a superuser, or grant SELECT ON LARGE OBJECT for each of them.' },
    );
  }
  const hidden = await session.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_catalog.pg_class c
     where c.relrowsecurity and row_security_active(c.oid) limit 3`,
  );
  if (hidden.length > 0) {
    throw new SourceError(
      'source.denied',
      `Row security hides rows of ${hidden.map(({ name }) => name).join(', ')} from the user ${target.location.user}`,
      { advice: 'Back up as a user with BYPASSRLS; a dump without the hidden rows would be no backup.' },
    );
  }
}

export async function preflightPostgresql(
  target: SessionTarget,
  options: { binFolders: readonly string[] | undefined; scratchServer: boolean },
  context: SourceContext,
): Promise<Preflight> {
  const { server, client, rolePasswords } = await examine(target, options, context);
  const warnings: string[] = [];
  if (server.major < supportedMajors.oldest || server.major > supportedMajors.newest) {
    const { oldest, newest } = supportedMajors;
    warnings.push(
      `PostgreSQL ${server.text} is outside of the versions Octobox was made for (${oldest} to ${newest}).`,
    );
  }
  if (!rolePasswords) {
    warnings.push(
      'The user may not read the passwords of roles: a restore creates missing roles without them.',
    );
  }
  if (!options.scratchServer) {
    const servers = await findBinaries('postgres', { folders: options.binFolders, signal: context.signal });
    if (nearestBinaries(servers, server.major) === undefined) {
      warnings.push(
        `No PostgreSQL server ${server.major} or newer is on this machine: a drill needs one, or a scratch server.`,
      );
    }
  }
  const where = describePostgresqlLocation(target.location);
  return {
    description: `PostgreSQL ${server.text}, database ${where}, pg_dump ${client.version.text}`,
    warnings,
  };
}
