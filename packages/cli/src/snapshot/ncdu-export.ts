/** The export format of ncdu, version 1.2 (https://dev.yorhel.nl/ncdu/jsonfmt), laid out as restic lays it out. */
import type { Snapshot, VisitedNode } from '@octobox/repository';
import { snapshotContentJson } from '../output/snapshot-json.ts';

const blockSize = 512;
const billion = 1_000_000_000n;
/** Go's bits of a file mode and those of the system. */
const specialBits = [
  [0x00800000, 0o4000],
  [0x00400000, 0o2000],
  [0x00100000, 0o1000],
] as const;

export const ncduHead = (snapshot: Snapshot): string =>
  `[1, 2, ${JSON.stringify(snapshotContentJson(snapshot))}, [{"name":"/"}`;

export const ncduTail = '\n]\n]\n';

/** Writes entries one behind another; knows how deep it is. */
export class NcduWriter {
  #depth = 1;

  entry({ node }: VisitedNode): string {
    const json = ncduNode(node);
    const indent = '  '.repeat(this.#depth);
    if (node.type !== 'dir') return `,\n${indent}${json}`;
    this.#depth++;
    return `,\n${indent}[\n${indent}  ${json}`;
  }

  leave(): string {
    this.#depth--;
    return `\n${'  '.repeat(this.#depth)}]`;
  }
}

function ncduNode(node: VisitedNode['node']): string {
  const size = node.type === 'file' ? Number(node.size) : 0;
  const special = specialBits.reduce((bits, [go, system]) => (node.mode & go ? bits | system : bits), 0);
  const fields: readonly (readonly [string, string | number | bigint | boolean])[] = [
    ['name', JSON.stringify(node.name.toString())],
    ['asize', size],
    ['dsize', Math.ceil(size / blockSize) * blockSize],
    ['dev', node.deviceId],
    ['ino', node.inode],
    ['nlink', node.links],
    ['notreg', node.type !== 'dir' && node.type !== 'file'],
    ['uid', node.uid],
    ['gid', node.gid],
    ['mode', (node.mode & 0o777) | special],
    // ncdu takes no times before 1970.
    ['mtime', node.mtime < 0n ? 0n : node.mtime / billion],
  ];
  // By hand: inode numbers above 2^53 lose digits as JavaScript numbers.
  return `{${fields.map(([name, value]) => `"${name}":${value}`).join(',')}}`;
}
