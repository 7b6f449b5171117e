import type { Snapshot } from '@octobox/repository';
import { bytes, localTime, plural, shortId } from './quantities.ts';
import { type Column, table } from './table.ts';

export interface SnapshotTableOptions {
  readonly compact?: boolean | undefined;
  /** Why a snapshot is kept, for `forget`. */
  readonly reasons?: ((snapshot: Snapshot) => readonly string[]) | undefined;
}

/** Names from a repository may hold anything; on a terminal nothing may steer it. */
export const printable = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '?');

/** Snapshots as restic lists them. */
export function snapshotTable(snapshots: readonly Snapshot[], options: SnapshotTableOptions = {}): string[] {
  const { compact = false, reasons } = options;
  const columns: Column<Snapshot>[] = [
    { title: 'ID', cell: ({ id }) => shortId(id) },
    { title: 'Time', cell: ({ time }) => localTime(time) },
    { title: 'Host', cell: ({ hostname }) => printable(hostname) },
    { title: 'Tags', cell: ({ tags }) => (compact ? tags.map(printable) : printable(tags.join(','))) },
  ];
  if (reasons !== undefined) columns.push({ title: 'Reasons', cell: reasons });
  if (!compact) columns.push({ title: 'Paths', cell: ({ paths }) => paths.map(printable) });
  columns.push({
    title: 'Size',
    cell: ({ summary }) => (summary === undefined ? '' : bytes(summary.totalBytesProcessed)),
    align: 'right',
    optional: true,
  });
  return [
    ...table(columns, snapshots),
    `Timestamps shown in local time`,
    plural(snapshots.length, 'snapshot'),
  ];
}
