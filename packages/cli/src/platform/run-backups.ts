import type { Failure, Platform, ProtectedSource, Run } from '@octobox/server';
import { CliError } from '../errors.ts';
import type { OutputFlags } from '../options/global-options.ts';
import { bytes, duration, plural, shortId } from '../output/quantities.ts';
import { printable } from '../output/snapshot-table.ts';
import { storageUseJson, tellStorageUse } from '../output/storage-use.ts';
import type { Cli } from '../verb.ts';
import { withJobProgress } from './job-progress.ts';
import { systemOrigin } from './system-origin.ts';

/** Backs up protected sources one after the other; one that fails does not keep the others from it. */
export async function runBackups(
  cli: Cli,
  platform: Platform,
  sources: readonly ProtectedSource[],
  flags: OutputFlags,
): Promise<void> {
  const failed: string[] = [];
  const suspect: string[] = [];
  for (const source of sources) {
    const run = await withJobProgress(cli, flags, source.name, (onProgress) =>
      platform.runNow.backup(source.id, {
        ...{ onProgress, signal: cli.signal, reason: 'manual', origin: systemOrigin() },
      }),
    );
    cli.signal.throwIfAborted();
    if (flags.json) await cli.out.printJson(runJson(source, run));
    else await cli.out.print(runLine(source, run));
    tellStorageUse(cli, printable(source.name), run.storage, flags);
    await cli.out.flush();
    for (const warning of run.warnings)
      cli.out.say(`octobox: ${printable(source.name)}: ${printable(warning)}`);
    if (run.state !== 'succeeded') failed.push(source.name);
    else if (run.suspect) suspect.push(source.name);
    if (run.failure !== undefined && !flags.json) sayFailure(cli, source.name, run.failure);
  }
  if (failed.length > 0) {
    throw new CliError('cli.findings', `no backup of ${failed.join(', ')} was taken`, {
      advice: 'The backups before are untouched. See the messages above.',
    });
  }
  if (suspect.length > 0) {
    throw new CliError(
      'cli.not-good',
      `the backup of ${suspect.join(', ')} was taken and is not counted on`,
      {
        advice:
          'The good ones before it are kept. `octobox status` shows what is wrong and what to do: restore, or\n' +
          'octobox accept NAME when the change was intended.',
      },
    );
  }
}

export function sayFailure({ out }: Cli, name: string, { message, advice }: Failure): void {
  out.say(`octobox: ${printable(name)}: ${printable(message)}`);
  if (advice !== undefined) out.say(`         ${printable(advice)}`);
}

function runLine({ name }: ProtectedSource, run: Run): string {
  if (run.state !== 'succeeded') return `${printable(name)}: ${run.state}`;
  const files = run.files === undefined ? '' : `${plural(run.files, 'file')}, `;
  return (
    `${printable(name)}: snapshot ${shortId(run.snapshotId ?? '')} saved, ` +
    `${files}${bytes(run.bytesRead ?? 0)} (${bytes(run.bytesStored ?? 0)} stored) in ${duration(run.durationSeconds ?? 0)}`
  );
}

const runJson = (source: ProtectedSource, run: Run): object => ({
  message_type: 'run',
  source: source.name,
  state: run.state,
  snapshot_id: run.snapshotId,
  not_counted_on: run.suspect || undefined,
  recovery_point: run.recoveryPointAt,
  started: run.startedAt,
  finished: run.finishedAt,
  total_duration: run.durationSeconds,
  files: run.files,
  files_changed: run.filesChanged,
  bytes_read: run.bytesRead,
  bytes_stored: run.bytesStored,
  storage: storageUseJson(run.storage),
  warnings: run.warnings.length === 0 ? undefined : run.warnings,
  failure: run.failure,
});
