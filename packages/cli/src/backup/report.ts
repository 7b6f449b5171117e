import type { BackupItem, BackupProgress, BackupResult, BackupWarning } from '@octobox/repository';
import { type Sign, SUSPICIOUS_TAG } from '@octobox/repository/suspicion';
import { CliError } from '../errors.ts';
import type { OutputFlags } from '../options/global-options.ts';
import type { ProgressState } from '../output/progress.ts';
import { bytes, clock, count, plural, shortId } from '../output/quantities.ts';
import { summaryJson } from '../output/snapshot-json.ts';
import { printable } from '../output/snapshot-table.ts';
import type { Cli } from '../verb.ts';

export interface BackupState extends ProgressState {
  readonly backup: BackupProgress;
}

export const backupState = (backup: BackupProgress): BackupState => ({
  step: 'backing up',
  done: backup.bytesDone,
  // Totals come from the parent snapshot; more may be there by now.
  total: backup.bytesTotal === undefined ? undefined : Math.max(backup.bytesTotal, backup.bytesDone),
  unit: 'bytes',
  files: backup.filesDone,
  filesTotal: backup.filesTotal === undefined ? undefined : Math.max(backup.filesTotal, backup.filesDone),
  detail: backup.current[0],
  backup,
});

/** restic's status line. */
export function backupStatusJson({ backup }: BackupState, seconds: number): object {
  const { filesDone, bytesDone, filesTotal, bytesTotal, errors, current } = backup;
  const share = bytesTotal === undefined || bytesTotal === 0 ? 0 : Math.min(1, bytesDone / bytesTotal);
  return {
    message_type: 'status',
    seconds_elapsed: Math.floor(seconds),
    seconds_remaining: share > 0 ? Math.floor((seconds * (1 - share)) / share) : undefined,
    percent_done: share,
    total_files: filesTotal,
    files_done: filesDone,
    total_bytes: bytesTotal,
    bytes_done: bytesDone,
    error_count: errors || undefined,
    current_files: current.length === 0 ? undefined : current,
  };
}

export function itemErrorLine(flags: OutputFlags, path: string, message: string): string {
  if (!flags.json) return `octobox: ${printable(path)}: ${message}`;
  return JSON.stringify({ message_type: 'error', error: { message }, during: 'archival', item: path });
}

const actions = { new: 'new', changed: 'modified', unmodified: 'unchanged' } as const;

/** One line a file or folder, for those who said --verbose twice; restic's words, and the size of a file. */
export function itemLine(flags: OutputFlags, item: BackupItem): string {
  const action = actions[item.state];
  if (flags.json) return JSON.stringify(itemJson(action, item));
  const { path, bytes: size, added } = item;
  const brought = added.bytes === 0 ? '' : `, ${bytes(added.bytes)} added (${bytes(added.stored)} stored)`;
  return `${action.padEnd(9)} ${printable(path)}${size === undefined ? '' : `, ${bytes(size)}`}${brought}`;
}

function itemJson(action: string, { path, bytes: size, added, seconds }: BackupItem): object {
  const [data, metadata] = size === undefined ? [NOTHING, added] : [added, NOTHING];
  return {
    message_type: 'verbose_status',
    action,
    item: path,
    duration: seconds,
    data_size: data.bytes,
    data_size_in_repo: data.stored,
    metadata_size: metadata.bytes,
    metadata_size_in_repo: metadata.stored,
    size,
  };
}

const NOTHING = { bytes: 0, stored: 0 };

/** The snapshot is whole all the same, so this is no item that is missing. */
export function warningLine(flags: OutputFlags, { item, message }: BackupWarning): string {
  if (!flags.json) return `octobox: warning: ${printable(message)}`;
  return JSON.stringify({ message_type: 'warning', message, item });
}

/** Prints the summary of a backup. */
export async function printBackup(
  { out }: Cli,
  result: BackupResult,
  options: OutputFlags & {
    readonly seconds: number;
    readonly dryRun: boolean;
    readonly storage: object | undefined;
  },
): Promise<void> {
  const { summary, snapshot, changedWhileReading } = result;
  if (options.json) {
    await out.printJson({
      message_type: 'summary',
      dry_run: options.dryRun || undefined,
      ...summaryJson(summary),
      total_duration: options.seconds,
      snapshot_id: snapshot?.id,
      changed_while_reading: changedWhileReading.length === 0 ? undefined : changedWhileReading,
      suspicious: result.signs.length === 0 ? undefined : result.signs.map(signJson),
      storage: options.storage,
    });
    return;
  }
  for (const path of changedWhileReading) {
    out.say(`octobox: ${printable(path)} changed while it was read; the next backup will have it right`);
  }
  if (!options.quiet) await out.printAll(summaryLines(result, options));
  if (snapshot !== undefined) for (const line of suspicionLines(result.signs, snapshot.id)) out.say(line);
}

function summaryLines(
  { summary, snapshot }: BackupResult,
  { dryRun, seconds }: { readonly seconds: number; readonly dryRun: boolean },
): string[] {
  const row = (fresh: number, changed: number, same: number): string =>
    [
      `${count(fresh).padStart(7)} new`,
      `${count(changed).padStart(7)} changed`,
      `${count(same).padStart(7)} unmodified`,
    ].join(', ');
  const added = `${bytes(summary.dataAdded)} (${bytes(summary.dataAddedPacked)} stored)`;
  const lines = [
    '',
    `Files:   ${row(summary.filesNew, summary.filesChanged, summary.filesUnmodified)}`,
    `Folders: ${row(summary.dirsNew, summary.dirsChanged, summary.dirsUnmodified)}`,
    dryRun ? `Would add to the repository: ${added}` : `Added to the repository: ${added}`,
    '',
    `processed ${plural(summary.totalFilesProcessed, 'file')}, ${bytes(summary.totalBytesProcessed)} in ${clock(seconds)}`,
  ];
  if (snapshot !== undefined) lines.push(`snapshot ${shortId(snapshot.id)} saved`);
  else if (!dryRun) lines.push('nothing has changed: no snapshot was written');
  return lines;
}

const signJson = ({ summary, ...numbers }: Sign): object => ({ ...numbers, message: summary });

/** Why the snapshot is marked, and what follows from it. */
function suspicionLines(signs: readonly Sign[], id: string): string[] {
  if (signs.length === 0) return [];
  return [
    `octobox: SUSPICIOUS: this backup is unlike those before it, as after an intrusion`,
    ...signs.map(({ summary }) => `octobox:   ${summary}`),
    `octobox: it carries the tag ${SUSPICIOUS_TAG}; forget keeps it and every backup before it while it does`,
    `octobox: look at the files first; when the change was meant: octobox tag --remove ${SUSPICIOUS_TAG} ${shortId(id)}`,
  ];
}

/** Thrown after the summary when the snapshot lacks something that was asked for. */
export function incompleteBackup(result: BackupResult, missing: readonly string[]): CliError | undefined {
  const lacking = result.errorCount + missing.length;
  if (lacking === 0) return undefined;
  return new CliError(
    'cli.incomplete',
    `${plural(lacking, 'item')} could not be read and ${lacking === 1 ? 'is' : 'are'} not, or not wholly, in the snapshot`,
    { advice: 'See the messages above; everything else is saved.' },
  );
}
