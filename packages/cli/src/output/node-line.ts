import type { ListedNode } from '@octobox/repository';
import { permissions, rfc3339 } from './node-json.ts';
import { printableBytes } from './printable-bytes.ts';
import { bytes, localTime } from './quantities.ts';

export interface NodeLineOptions {
  readonly long?: boolean | undefined;
  readonly humanReadable?: boolean | undefined;
  readonly forTerminal: boolean;
}

/** An entry as restic's `ls` and `find` write it: its path, and with `long` what it is before that. */
export function nodeLine({ path, node }: ListedNode, options: NodeLineOptions): Buffer {
  const { long = false, humanReadable = false, forTerminal } = options;
  const target = long && node.linkTarget !== undefined ? [Buffer.from(' -> '), node.linkTarget] : [];
  const shown = printableBytes(Buffer.concat([path, ...target]), forTerminal);
  if (!long) return shown;
  const size = node.type === 'file' ? Number(node.size) : 0;
  const before = [
    permissions(node.mode),
    String(node.uid).padStart(5),
    String(node.gid).padStart(5),
    humanReadable ? bytes(size) : String(size).padStart(6),
    localTime(rfc3339(node.mtime)),
  ];
  return Buffer.concat([Buffer.from(`${before.join(' ')} `), shown]);
}
