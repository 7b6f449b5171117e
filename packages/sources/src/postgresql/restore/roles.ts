import type { SnapshotReader } from '../../source.ts';
import type { Session } from '../connecting/session.ts';
import { roleStatements } from './role-script.ts';

const maxScriptBytes = 64 << 20;

export async function readScript(snapshot: SnapshotReader, path: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of snapshot.read(path)) {
    size += chunk.length;
    if (size > maxScriptBytes) throw new RangeError(`${path} is larger than any list of roles`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * Creates the roles that the server does not have, with their attributes and memberships. A role that
 * exists is never touched: it may serve other databases. Returns the names of the created ones.
 */
export async function createMissingRoles(
  session: Session,
  script: string,
  options: { drill: boolean },
): Promise<string[]> {
  const rows = await session.query<{ name: string }>('select rolname as name from pg_catalog.pg_roles');
  const existing = new Set(rows.map(({ name }) => name));
  const created = new Set<string>();
  for (const statement of roleStatements(script)) {
    const { kind, role, sql } = statement;
    // A grant on a setting of the server would keep a drill from dropping the role again.
    if (options.drill && kind === 'parameter') continue;
    const wanted =
      kind === 'create'
        ? !existing.has(role)
        : created.has(role) || (statement.kind === 'grant' && created.has(statement.member));
    if (!wanted) continue;
    await session.query(sql);
    if (kind === 'create') created.add(role);
  }
  return [...created];
}
