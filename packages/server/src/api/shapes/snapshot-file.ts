import { z } from '@hono/zod-openapi';
import type { Difference, Node } from '@octobox/repository';
import { systemFileMode } from '@octobox/repository/browse';
import type { SnapshotEntry } from '../../backup/index.ts';
import { given } from './given.ts';
import { pathText, shownName } from './path-text.ts';
import { instantText } from './texts.ts';

const kinds = ['file', 'folder', 'link', 'device', 'pipe', 'socket', 'other'] as const;

const differenceKinds = ['added', 'removed', 'content', 'silent-content', 'type', 'metadata'] as const;
/** By the letters of the repository. */
const differenceKindOf: Readonly<Record<string, (typeof differenceKinds)[number]>> = {
  '+': 'added',
  '-': 'removed',
  M: 'content',
  'M?': 'silent-content',
  T: 'type',
  TU: 'type',
  U: 'metadata',
};

/** As the repository names them. */
const kindOf: Readonly<Record<string, (typeof kinds)[number]>> = {
  file: 'file',
  dir: 'folder',
  symlink: 'link',
  dev: 'device',
  chardev: 'device',
  fifo: 'pipe',
  socket: 'socket',
};

const fields = {
  name: z.string().openapi({
    description:
      'As its owner wrote it, line ends and marks of direction included; bytes that are no UTF-8 are U+FFFD',
  }),
  path: z.string().openapi({
    description:
      'To be given back as it is. Begins with `/`, or is `base64:` and the bytes as base64url when they are no UTF-8',
  }),
  kind: z.enum(kinds),
  size: z.int().min(0).optional().openapi({ description: 'Bytes, of a file' }),
  modifiedAt: instantText.optional(),
  mode: z
    .string()
    .regex(/^[0-7]{4}$/)
    .openapi({ description: 'Permissions as chmod takes them', example: '0644' }),
  linkTarget: z
    .string()
    .optional()
    .openapi({ description: 'As the link has it; bytes that are no UTF-8 are U+FFFD' }),
};

export const snapshotFileShape = z
  .strictObject(fields)
  .openapi('SnapshotFile', { description: 'A file, a folder or the like in a snapshot' });

const { path, name: _, ...side } = fields;
const sideShape = z.strictObject(side).openapi('DifferenceSide');

export const differenceShape = z
  .strictObject({
    path,
    change: z.enum(differenceKinds).openapi({
      description:
        '`content`: of a file; `silent-content`: other content although size, times and everything else are the same, as when a disk goes bad; `type`: such as a folder that is a file now, of which nothing below is told; `metadata`: only owner, mode, times or attributes, told when they are asked for',
    }),
    before: sideShape.optional(),
    after: sideShape.optional(),
  })
  .openapi('SnapshotDifference');

export const foundFileShape = z
  .strictObject({
    snapshotId: z.string(),
    takenAt: instantText.openapi({ description: 'When the run began that took the snapshot' }),
    ...fields,
  })
  .openapi('FoundFile');

export function presentFile({ path, node }: SnapshotEntry): z.output<typeof snapshotFileShape> {
  const kind = kindOf[node.type] ?? 'other';
  return {
    name: shownName(node.name),
    path: pathText(path),
    kind,
    mode: (systemFileMode(node.mode) & 0o7777).toString(8).padStart(4, '0'),
    ...given({
      size: kind === 'file' ? safeNumber(node.size) : undefined,
      modifiedAt: instantOf(node.mtime),
      linkTarget: node.linkTarget?.toString('utf8'),
    }),
  };
}

export function presentDifference({
  path,
  modifier,
  before,
  after,
}: Difference): z.output<typeof differenceShape> {
  const side = (node: Node | undefined) => {
    if (node === undefined) return undefined;
    const { name: _, path: __, ...shown } = presentFile({ path, node });
    return shown;
  };
  const change = differenceKindOf[modifier];
  if (change === undefined) throw new Error(`"${modifier}" is no difference`);
  return { path: pathText(path), change, ...given({ before: side(before), after: side(after) }) };
}

/** Who writes to a repository can name any number. */
const safeNumber = (size: bigint): number =>
  Number(size > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : size);

/** Undefined outside of the years that dates can have. */
function instantOf(nanoseconds: bigint): string | undefined {
  const date = new Date(Number(nanoseconds / 1_000_000n));
  const year = date.getUTCFullYear();
  return year >= 1 && year <= 9_999 ? date.toISOString() : undefined;
}
