import type { RestoredItem, RestoreProgress, RestoreResult } from '@octobox/repository';
import type { OutputFlags } from '../options/global-options.ts';
import type { ProgressState } from '../output/progress.ts';
import { bytes, clock, count, plural } from '../output/quantities.ts';
import { printable } from '../output/snapshot-table.ts';
import type { Cli } from '../verb.ts';

export interface RestoreState extends ProgressState {
  readonly restore: RestoreProgress;
}

export const restoreState = (restore: RestoreProgress): RestoreState => ({
  step: 'restoring',
  done: restore.bytesDone,
  total: restore.bytesTotal === undefined ? undefined : Math.max(restore.bytesTotal, restore.bytesDone),
  unit: 'bytes',
  files: restore.filesDone,
  filesTotal: restore.filesTotal === undefined ? undefined : Math.max(restore.filesTotal, restore.filesDone),
  detail: restore.current,
  restore,
});

/** restic's status line. */
export function restoreStatusJson({ restore }: RestoreState, seconds: number): object {
  const { filesDone, bytesDone, filesTotal, bytesTotal } = restore;
  return {
    message_type: 'status',
    seconds_elapsed: Math.floor(seconds),
    percent_done: bytesTotal === undefined || bytesTotal === 0 ? 0 : Math.min(1, bytesDone / bytesTotal),
    total_files: filesTotal,
    files_restored: filesDone,
    total_bytes: bytesTotal,
    bytes_restored: bytesDone,
  };
}

/** One line an entry, for those who said --verbose twice. */
export function itemLine(item: RestoredItem, flags: OutputFlags): string {
  if (flags.json) {
    const { action, path, size } = item;
    return JSON.stringify({ message_type: 'verbose_status', action, item: path, size });
  }
  return `${item.action.padEnd(9)} ${printable(item.path)}${item.size > 0 ? `, ${bytes(item.size)}` : ''}`;
}

export const restoreErrorLine = (flags: OutputFlags, path: string, message: string): string =>
  flags.json
    ? JSON.stringify({ message_type: 'error', error: { message }, during: 'restore', item: path })
    : `octobox: ${printable(path)}: ${message}`;

/** Prints the summary of a restore. */
export async function printRestore(
  { out }: Cli,
  result: RestoreResult,
  options: OutputFlags & {
    readonly target: string;
    readonly seconds: number;
    readonly dryRun: boolean;
    readonly storage: object | undefined;
  },
): Promise<void> {
  const restored = result.filesRestored + result.folders + result.others;
  const left = result.filesUnchanged + result.skipped;
  if (options.json) {
    return out.printJson({
      message_type: 'summary',
      dry_run: options.dryRun || undefined,
      seconds_elapsed: Math.floor(options.seconds),
      total_files: restored + left,
      files_restored: restored,
      files_skipped: left || undefined,
      files_deleted: result.deleted || undefined,
      total_bytes: result.bytesRestored + result.bytesUnchanged,
      bytes_restored: result.bytesRestored,
      bytes_skipped: result.bytesUnchanged || undefined,
      files_verified: result.verified || undefined,
      errors: result.errorCount || undefined,
      warnings: result.warningCount || undefined,
      storage: options.storage,
    });
  }
  if (options.quiet) return;
  const parts = [
    `${plural(result.filesRestored, 'file')} (${bytes(result.bytesRestored)}), ${plural(result.folders, 'folder')} and ${plural(result.others, 'other entry', 'other entries')}`,
    ...(result.filesUnchanged > 0
      ? [`${plural(result.filesUnchanged, 'file')} (${bytes(result.bytesUnchanged)}) right already`]
      : []),
    ...(result.skipped > 0 ? [`${count(result.skipped)} left alone`] : []),
    ...(result.deleted > 0 ? [`${count(result.deleted)} deleted`] : []),
    ...(result.verified > 0 ? [`${plural(result.verified, 'file')} read back and verified`] : []),
  ];
  const did = options.dryRun ? 'would restore' : 'restored';
  await out.print(`${did} ${parts.join('; ')}, to ${printable(options.target)} in ${clock(options.seconds)}`);
}
