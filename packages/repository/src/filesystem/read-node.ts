/** Turns a path of this machine into a node of a tree: all metadata that restic keeps, but no content. */
import { readlinkSync } from 'node:fs';
import { goFileMode } from '../format/go/file-mode.ts';
import type { ExtendedAttribute, Node } from '../format/trees/node.ts';
import { type FileStat, kindOf } from './file-stat.ts';
import { libc } from './libc.ts';

export interface NodeReading {
  node: Node;
  /** Metadata that could not be read; the node lacks it. */
  problems: Error[];
}

/** `stat` must belong to `path`. Throws Node's file-system errors when a link cannot be read. */
export function readNode(path: Buffer, name: Buffer, stat: FileStat, withAtime = false): NodeReading {
  const node = describeNode(path, name, stat, withAtime);
  const { attributes, problems } = readAttributes(path);
  if (attributes.length > 0) node.extendedAttributes = attributes;
  return { node, problems };
}

/** As `readNode`, without the extended attributes. */
export function describeNode(path: Buffer, name: Buffer, stat: FileStat, withAtime = false): Node {
  const type = kindOf(stat);
  const node: Node = {
    name,
    type,
    mode: goFileMode(stat.mode),
    mtime: stat.modified,
    // Access times change with every reading, and a tree would be new each time.
    atime: withAtime ? stat.accessed : stat.modified,
    ctime: stat.changed,
    uid: stat.uid,
    gid: stat.gid,
    user: userName(stat.uid),
    group: groupName(stat.gid),
    inode: stat.inode,
    deviceId: stat.device,
    size: type === 'file' ? stat.size : 0n,
    links: type === 'dir' || type === 'fifo' || type === 'socket' ? 0n : stat.links,
    device: type === 'dev' || type === 'chardev' ? stat.specialDevice : 0n,
  };
  if (type === 'symlink') node.linkTarget = readlinkSync(path, { encoding: 'buffer' });
  return node;
}

export interface AttributesReading {
  readonly attributes: ExtendedAttribute[];
  /** What could not be read. */
  readonly problems: Error[];
}

/** The extended attributes of what is open, or of a path, links not followed; none where there is no such thing. */
export function readAttributes(file: Buffer | number): AttributesReading {
  const problems: Error[] = [];
  return { attributes: listAttributes(file, problems), problems };
}

function listAttributes(file: Buffer | number, problems: Error[]): ExtendedAttribute[] {
  const system = libc();
  if (system === undefined) return [];
  try {
    return system.listAttributes(file).flatMap((name) => {
      try {
        return [{ name, value: system.getAttribute(file, name) }];
      } catch (error) {
        // Removed since it was listed.
        if (codeOf(error) !== 'ENODATA') problems.push(asError(error));
        return [];
      }
    });
  } catch (error) {
    if (!NO_ATTRIBUTES.has(codeOf(error))) problems.push(asError(error));
    return [];
  }
}

/** The file system has no such thing, or the file has just gone (which reading it will tell). */
const NO_ATTRIBUTES = new Set(['ENOTSUP', 'EOPNOTSUPP', 'ENODATA', 'ENOENT']);

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';
const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

const users = new Map<number, string | undefined>();
const groups = new Map<number, string | undefined>();

function userName(uid: number): string | undefined {
  if (!users.has(uid)) users.set(uid, libc()?.userName(uid));
  return users.get(uid);
}

function groupName(gid: number): string | undefined {
  if (!groups.has(gid)) groups.set(gid, libc()?.groupName(gid));
  return groups.get(gid);
}
