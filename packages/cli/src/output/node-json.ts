import type { ListedNode } from '@octobox/repository';
import { encodeNode } from '@octobox/repository/store';

type Node = ListedNode['node'];

const nanosecondsPerSecond = 1_000_000_000n;

/** RFC 3339 in UTC with nanoseconds, as Go writes it: without trailing zeros. */
export function rfc3339(nanoseconds: bigint): string {
  const fraction = ((nanoseconds % nanosecondsPerSecond) + nanosecondsPerSecond) % nanosecondsPerSecond;
  const seconds = (nanoseconds - fraction) / nanosecondsPerSecond;
  const instant = new Date(Number(seconds) * 1000);
  // A file system can hold times that no calendar of ours reaches.
  if (Number.isNaN(instant.getTime())) return `${seconds}s since 1970`;
  const digits = String(fraction).padStart(9, '0').replace(/0+$/, '');
  return instant.toISOString().replace(/\.\d+Z$/, `${digits === '' ? '' : `.${digits}`}Z`);
}

/** Letters for the upper bits of Go's FileMode, from bit 31 down. */
const modeLetters = 'dalTLDpSugct?';

/** `drwxr-xr-x`, in Go's spelling. */
export function permissions(mode: number): string {
  const kind = [...modeLetters].filter((_, at) => ((mode >>> (31 - at)) & 1) === 1).join('');
  const rights = [...'rwxrwxrwx'].map((letter, at) => ((mode >>> (8 - at)) & 1 ? letter : '-')).join('');
  return (kind === '' ? '-' : kind) + rights;
}

/** An entry of a snapshot as restic's `ls --json` shows it. */
export const nodeJson = ({ path, node }: { path: Buffer; node: Node }): object => ({
  name: node.name.toString(),
  type: node.type,
  path: path.toString(),
  uid: node.uid,
  gid: node.gid,
  size: node.type === 'file' ? Number(node.size) : undefined,
  mode: node.mode,
  permissions: permissions(node.mode),
  mtime: rfc3339(node.mtime),
  atime: rfc3339(node.atime),
  ctime: rfc3339(node.ctime),
  inode: Number(node.inode) || undefined,
  message_type: 'node',
  struct_type: 'node',
});

/** An entry as restic's `find --json` shows it: everything that is kept of it but its content and attributes. */
export function foundNodeJson({ path, node }: { path: Buffer; node: Node }): string {
  // The engine writes numbers of 64 bits as they are, which JSON.stringify cannot.
  const bare = { ...node, content: undefined, extendedAttributes: undefined, genericAttributes: undefined };
  const kept = encodeNode({ ...bare, device: 0n, subtree: undefined });
  const rest = kept.slice(kept.indexOf(',"type":')).replace(/,"content":null/, '');
  return `{"path":${JSON.stringify(path.toString())},"permissions":${JSON.stringify(permissions(node.mode))}${rest}`;
}
