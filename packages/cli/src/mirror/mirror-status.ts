import type { Repository } from '@octobox/repository';
import {
  heldObjects,
  type MirrorLag,
  type MirrorRecord,
  mirrorLag,
  noteMissing,
  readMirrorRecord,
} from '@octobox/repository/mirror';
import type { Storage } from '@octobox/storage';
import { CliError } from '../errors.ts';
import { bytes, duration, localTime, plural, shortId } from '../output/quantities.ts';
import type { Cli } from '../verb.ts';
import { heldLoss } from './held-loss.ts';
import type { MirrorFlags } from './mirror-flags.ts';
import { recordPath } from './mirror-place.ts';

/** How far a mirror is behind; an error when that is not good. */
export async function showMirrorStatus(
  cli: Cli,
  source: Repository,
  target: Storage,
  flags: MirrorFlags,
): Promise<void> {
  const remembered = await readMirrorRecord(recordPath(cli, source.id, target), source.id);
  const lag = await mirrorLag(source, target, { signal: cli.signal, noLock: flags.lock === false });
  const now = Date.now();
  // As the next run will judge it; nothing is remembered of a mere look.
  const { missing } = noteMissing(remembered, lag.plan, new Date(now), { accept: false }).record;
  const record = { ...remembered, missing };
  if (flags.json) await cli.out.printJson(statusJson(lag, record, target, now));
  else await cli.out.printAll(statusLines(lag, record, target, now));
  const wrong = complaint(lag, target, now, flags.maxAge);
  if (wrong !== undefined) throw new CliError('cli.not-good', wrong);
  const held = heldIn(record);
  if (held > 0) throw heldLoss(held, target);
}

const heldIn = (record: MirrorRecord): number => heldObjects(record).length;

const ageOf = (time: string, now: number): number => Math.max(0, (now - Date.parse(time)) / 1000);

function complaint(
  lag: MirrorLag,
  target: Storage,
  now: number,
  maxAge: number | undefined,
): string | undefined {
  if (lag.plan.isNew) return `there is no mirror at ${target.location}`;
  const { oldest } = lag.behind;
  if (maxAge === undefined || oldest === undefined || ageOf(oldest.time, now) <= maxAge) return undefined;
  return `snapshot ${shortId(oldest.id)} has waited ${duration(ageOf(oldest.time, now))} for its copy`;
}

function statusLines(lag: MirrorLag, record: MirrorRecord, target: Storage, now: number): string[] {
  const newest = ({ newest }: MirrorLag['source']): string =>
    newest === undefined
      ? 'none'
      : `${shortId(newest.id)} of ${localTime(newest.time)}, ${duration(ageOf(newest.time, now))} old`;
  const held = heldIn(record);
  return [
    lag.plan.isNew ? `there is no mirror at ${target.location} yet` : `the mirror at ${target.location}`,
    `newest snapshot here:  ${newest(lag.source)} (${plural(lag.source.snapshots, 'snapshot')})`,
    `newest snapshot there: ${newest(lag.mirror)} (${plural(lag.mirror.snapshots, 'snapshot')})`,
    lag.behind.objects === 0
      ? 'nothing is behind'
      : `behind: ${plural(lag.behind.snapshots, 'snapshot')}, ${plural(lag.behind.objects, 'object')}, ${bytes(lag.behind.bytes)}`,
    `last run without a problem: ${record.succeededAt === undefined ? 'none is known to this user' : localTime(record.succeededAt)}`,
    ...(record.missing.size > 0
      ? [
          `no longer here and still there: ${plural(record.missing.size, 'object')}${held > 0 ? `, ${held} of them held as suspicious` : ''}`,
        ]
      : []),
  ];
}

function statusJson(lag: MirrorLag, record: MirrorRecord, target: Storage, now: number): object {
  const side = ({ snapshots, newest }: MirrorLag['source']): object => ({
    snapshots,
    newest: newest && { id: newest.id, time: newest.time, age_seconds: Math.round(ageOf(newest.time, now)) },
  });
  const { oldest, ...behind } = lag.behind;
  return {
    message_type: 'mirror_status',
    to: target.location,
    exists: !lag.plan.isNew,
    primary: side(lag.source),
    mirror: side(lag.mirror),
    behind: { ...behind, oldest: oldest && { id: oldest.id, time: oldest.time } },
    last_look: record.lookedAt,
    last_success: record.succeededAt,
    forgotten_here: record.missing.size,
    held: heldIn(record),
  };
}
