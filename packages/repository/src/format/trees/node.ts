/** One entry of a tree: a file, folder, link or special file with its metadata, as restic keeps it. */
export type NodeType = 'file' | 'dir' | 'symlink' | 'dev' | 'chardev' | 'fifo' | 'socket';

export interface ExtendedAttribute {
  readonly name: Buffer;
  readonly value: Buffer;
}

export interface Node {
  /** The last part of the path as the file system has it, which need not be UTF-8. */
  name: Buffer;
  /** One of NodeType in every sound tree; damaged or foreign ones may hold anything. */
  type: NodeType | (string & {});
  /** Go's FileMode; see file-mode.ts */
  mode: number;
  /** Times are nanoseconds since 1970. */
  mtime: bigint;
  atime: bigint;
  ctime: bigint;
  uid: number;
  gid: number;
  user?: string | undefined;
  group?: string | undefined;
  inode: bigint;
  deviceId: bigint;
  /** bytes, for files */
  size: bigint;
  links: bigint;
  /** bytes as the link holds them */
  linkTarget?: Buffer | undefined;
  extendedAttributes?: ExtendedAttribute[] | undefined;
  /** Attributes of other systems, each value as the JSON that was found. */
  genericAttributes?: Record<string, string> | undefined;
  /** st_rdev, for devices */
  device: bigint;
  /** Ids of the data blobs, 32 bytes each; undefined for everything but files. */
  content?: Buffer[] | undefined;
  /** Id of the tree blob of a folder. */
  subtree?: Buffer | undefined;
  error?: string | undefined;
}
