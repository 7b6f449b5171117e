import type { Platform, ProtectedSource } from '@octobox/server';
import { CliError, UsageError } from '../errors.ts';
import { shortId } from '../output/quantities.ts';
import { printable } from '../output/snapshot-table.ts';
import { type RestoreFlags, restoreToFolder } from '../restore/restore-to-folder.ts';
import type { Cli } from '../verb.ts';
import { refuseOtherOptions } from './is-for-platform.ts';
import { withJobProgress } from './job-progress.ts';
import { recoveryJson, recoveryLines } from './recovery-report.ts';
import { sayFailure } from './run-backups.ts';
import { systemOrigin } from './system-origin.ts';

export interface SourceRestoreFlags extends RestoreFlags {
  readonly target?: string;
  readonly yes?: boolean;
}

/** Brings a protected source back: into a folder when one is named, else in place of the live one. */
export async function restoreSource(
  cli: Cli,
  platform: Platform,
  source: ProtectedSource,
  name: string | undefined,
  flags: SourceRestoreFlags,
): Promise<void> {
  // The repository's latest may be another source's; of a source, the newest good one is meant.
  const snapshot = name === 'latest' ? undefined : name;
  if (flags.target !== undefined)
    return await intoFolder(cli, platform, source, snapshot, { ...flags, target: flags.target });
  refuseOtherOptions(flags, ['yes']);
  await consent(cli, source, snapshot, flags.yes ?? false);
  const restore = await withJobProgress(cli, flags, source.name, (onProgress) =>
    platform.runNow.restore(source.id, {
      onProgress,
      signal: cli.signal,
      reason: 'manual',
      origin: systemOrigin(),
      ...(snapshot === undefined ? {} : { snapshot }),
    }),
  );
  cli.signal.throwIfAborted();
  if (flags.json) await cli.out.printJson(recoveryJson('restore', source, restore));
  else await cli.out.printAll(recoveryLines('restore', source, restore));
  await cli.out.flush();
  for (const warning of restore.warnings)
    cli.out.say(`octobox: ${printable(source.name)}: ${printable(warning)}`);
  if (restore.state === 'passed') return;
  if (restore.failure !== undefined && !flags.json) sayFailure(cli, source.name, restore.failure);
  throw new CliError('cli.findings', `the restore of ${source.name} ended as ${restore.state}`);
}

/** Replacing live data is asked about on a terminal, and said beforehand in a script. */
async function consent(
  cli: Cli,
  source: ProtectedSource,
  snapshot: string | undefined,
  yes: boolean,
): Promise<void> {
  if (yes) return;
  const what = `${snapshot === undefined ? 'its newest good backup' : `snapshot ${shortId(snapshot)}`}`;
  const question = `Replace what is now in ${printable(source.location)} by ${what}?`;
  if (!cli.interactive) {
    throw new UsageError('a restore in place replaces live data and was not confirmed', {
      advice: `Say --yes to do it, or name a folder with --target to restore beside it.`,
    });
  }
  const { askConsent } = await import('./ask-consent.ts');
  if (!(await askConsent(question, cli.signal))) {
    throw new CliError('cli.refused', 'nothing was restored, as you wished');
  }
}

async function intoFolder(
  cli: Cli,
  platform: Platform,
  source: ProtectedSource,
  name: string | undefined,
  flags: SourceRestoreFlags & { readonly target: string },
): Promise<void> {
  const wanted = name ?? (await platform.runs.lastGood(source.id))?.snapshotId;
  if (wanted === undefined) {
    throw new CliError('cli.source-missing', `there is no backup of ${source.name} yet`, {
      advice: 'Take one with `octobox backup`.',
    });
  }
  const repository = await platform.repository.open();
  try {
    const snapshot = await repository.snapshot(wanted, {}, { signal: cli.signal });
    const request = { snapshot, folder: '/', target: flags.target, signal: cli.signal, takeLock: true };
    await restoreToFolder(cli, repository, request, flags);
  } finally {
    await repository.close();
  }
}
