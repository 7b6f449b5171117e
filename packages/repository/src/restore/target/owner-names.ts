/** Owners by their names on this machine, each looked up once. */
import type { Node } from '../../format/trees/node.ts';

export type OwnerOf = (node: Node) => { readonly uid: number; readonly gid: number };

export const ownerByNumber: OwnerOf = ({ uid, gid }) => ({ uid, gid });

/** The numbers of the snapshot stay where a name is missing there or unknown here. */
export function ownerByName(): OwnerOf {
  const users = new Map<string, number | undefined>();
  const groups = new Map<string, number | undefined>();
  return ({ uid, gid, user, group }) => ({
    uid: numberOf('passwd', users, user) ?? uid,
    gid: numberOf('group', groups, group) ?? gid,
  });
}

function numberOf(
  database: 'passwd' | 'group',
  known: Map<string, number | undefined>,
  name: string | undefined,
): number | undefined {
  // A number would be looked up as one; an option must not be taken for a name.
  if (name === undefined || name === '' || /^\d+$/.test(name) || name.startsWith('-')) return undefined;
  if (!known.has(name)) known.set(name, lookUp(database, name));
  return known.get(name);
}

/** Through the C library's name service, as `getent` reaches it: users may live in a directory elsewhere. */
function lookUp(database: 'passwd' | 'group', name: string): number | undefined {
  try {
    // Loaded when it is needed: hardly any restore starts a program.
    const { execFileSync } = process.getBuiltinModule('node:child_process');
    const line = execFileSync('getent', [database, name], { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
    const [found, , number = ''] = line.split(':');
    return found === name && /^\d+$/.test(number) ? Number(number) : undefined;
  } catch {
    return undefined;
  }
}
