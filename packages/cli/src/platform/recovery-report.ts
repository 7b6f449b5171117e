import type { Drill, ProtectedSource, Restore } from '@octobox/server';
import { bytes, duration, localTime, plural, shortId } from '../output/quantities.ts';
import { printable } from '../output/snapshot-table.ts';

export const recoveryJson = (
  type: 'drill' | 'restore',
  source: ProtectedSource,
  ended: Drill | Restore,
): object => ({
  message_type: type,
  source: source.name,
  state: ended.state,
  snapshot_id: ended.snapshotId,
  recovery_point: ended.recoveryPointAt,
  started: ended.startedAt,
  finished: ended.finishedAt,
  restore_seconds: ended.restoreSeconds,
  verify_seconds: ended.verifySeconds,
  recovery_seconds: ended.recoverySeconds,
  loss_seconds: ended.lossSeconds,
  ...('rtoSeconds' in ended ? { rto_seconds: ended.rtoSeconds, rpo_seconds: ended.rpoSeconds } : {}),
  bytes: ended.bytes,
  files: ended.files,
  checks: ended.checks,
  warnings: ended.warnings.length === 0 ? undefined : ended.warnings,
  failure: ended.failure,
});

const outcome = { passed: 'ok    ', failed: 'FAILED' } as const;

/** What was asked, what was found, and how long it took. */
export function recoveryLines(
  type: 'drill' | 'restore',
  source: ProtectedSource,
  ended: Drill | Restore,
): string[] {
  const target = 'rtoSeconds' in ended ? ` (target ${duration(ended.rtoSeconds)})` : '';
  const point = 'rpoSeconds' in ended ? ` (target ${duration(ended.rpoSeconds)})` : '';
  return [
    `${type} of ${printable(source.name)}: ${ended.state}`,
    ...(ended.snapshotId === undefined
      ? []
      : [
          `  snapshot        ${shortId(ended.snapshotId)}${ended.recoveryPointAt === undefined ? '' : ` of ${localTime(ended.recoveryPointAt)}`}`,
        ]),
    ...(ended.bytes === undefined
      ? []
      : [
          `  restored        ${bytes(ended.bytes)}${ended.files === undefined ? '' : ` in ${plural(ended.files, 'file')}`}`,
        ]),
    ...(ended.recoverySeconds === undefined
      ? []
      : [
          `  recovery time   ${duration(ended.recoverySeconds)}${target}: ${duration(ended.restoreSeconds ?? 0)} to restore, ${duration(ended.verifySeconds ?? 0)} to verify`,
        ]),
    ...(ended.lossSeconds === undefined
      ? []
      : [`  recovery point  ${duration(Math.max(0, ended.lossSeconds))} old${point}`]),
    ...ended.checks.flatMap((check) => [
      `  ${outcome[check.outcome]}  ${check.name}: ${printable(check.summary)}`,
      ...check.differences.map((difference) => `          ${printable(difference)}`),
    ]),
  ];
}
