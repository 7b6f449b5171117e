/** A second place for the very same repository: what is new at the source is copied, object by object. */
import type { Storage } from '@octobox/storage';
import { acquireLock, type RepositoryLock } from '../locks/lock.ts';
import type { Repository } from '../store/repository.ts';
import { assertElsewhere, assertMirror, copyConfig, openMirror } from './establish-mirror.ts';
import { heldLossOf } from './held-loss.ts';
import { MirrorGoneError, MirrorUnsettledError } from './mirror-errors.ts';
import { type MirrorPlan, planMirror } from './mirror-plan.ts';
import { type MirrorRecord, noteMissing } from './mirror-record.ts';
import { mirrorRound, type RoundResult } from './mirror-round.ts';
import type { MirrorOptions, MirrorResult } from './mirror-types.ts';
import { relabelledSnapshots } from './relabelled.ts';
import { removeForgotten } from './remove-forgotten.ts';
import { extendRetention } from './retention.ts';
import { Transfer } from './transfer.ts';

const mostRounds = 10;
/** A transfer that is smaller says more about latency than about bandwidth. */
const telling = 1024 * 1024;

/**
 * Brings the target up to date with the source: the same bytes under the same names, so that the same keys open it.
 * At every moment, also when it is interrupted in any way, the target is a valid repository; the next run sends only
 * what is not there yet. Afterwards what the source forgot at least `keepDeleted` ago is removed.
 *
 * Takes shared locks on both sides while it copies, and an exclusive one at the target while it removes.
 * @throws MirrorMismatchError, MirrorGoneError, MirrorUnsettledError, MirrorWriteError, LockedError, or the storage's own error
 */
export async function mirrorRepository(
  source: Repository,
  target: Storage,
  options: MirrorOptions,
): Promise<MirrorResult> {
  const began = performance.now();
  await using sourceLock =
    options.noLock === true
      ? undefined
      : await acquireLock(source, { ...lockOptions(options), kind: 'shared' });
  const signal = sourceLock?.signal ?? options.signal ?? new AbortController().signal;
  let plan =
    options.plan !== undefined && !options.plan.isNew
      ? options.plan
      : await planMirror(source.storage, target, { signal });
  const exists = await assertMirror(source, target, plan, signal);
  const transfer = new Transfer(source.storage, target, signal, options);
  if (!exists) {
    const { lookedAt } = options.record;
    if (lookedAt !== undefined && options.anew !== true) throw new MirrorGoneError(target.location, lookedAt);
    await target.create();
    transfer.beginRound(plan);
    await transfer.send('key', plan.kinds.key.copy, plan.kinds.key.target);
    await copyConfig(source, target, signal);
    plan = await planMirror(source.storage, target, { signal });
  }
  const mirror = await openMirror(source, target, signal);
  const { round, rounds, lastPlan } = await copy();
  const seconds = (performance.now() - began) / 1000;
  const now = options.now?.() ?? new Date();
  const { suspicion } = noteMissing(options.record, lastPlan, now, { accept: false });
  // They are read there one by one: only when it is a question.
  const relabelled =
    suspicion === undefined
      ? undefined
      : await relabelledSnapshots({ source, mirror }, options.record, lastPlan, signal);
  const accept = isAccepted(lastPlan, now);
  const noted = noteMissing(options.record, lastPlan, now, { accept, relabelled });
  const retainedAt =
    options.retain === undefined
      ? undefined
      : await extendRetention(target, lastPlan, options.record, { seconds: options.retain, now, signal });
  const removal = await removeForgotten(
    {
      source,
      mirror,
      plan: lastPlan,
      record: { ...noted.record, retainedAt },
      suspicion: noted.suspicion,
      signal,
    },
    options,
  );
  const { objectsCopied, bytesCopied, problems, problemCount } = transfer;
  return {
    objectsCopied,
    bytesCopied,
    rounds,
    seconds,
    problems,
    problemCount,
    withheld: round.withheld,
    snapshots: round.snapshots,
    removal: removal.result,
    loss: heldLossOf(removal.record, lastPlan, noted.suspicion),
    record: recordOf(removal.record, problemCount === 0),
  };

  async function copy() {
    await using lock: RepositoryLock = await acquireLock(mirror, {
      ...lockOptions(options),
      kind: 'shared',
      signal,
    });
    await assertElsewhere(source, target, lock.signal);
    const parts = { source, mirror, transfer, signal: lock.signal, locked: sourceLock !== undefined };
    for (let rounds = 1; ; rounds++) {
      const round: RoundResult = await mirrorRound(parts, plan);
      if (round.settled) return { round, rounds, lastPlan: plan };
      if (rounds === mostRounds) throw new MirrorUnsettledError(source.storage.location, rounds);
      plan = await planMirror(source.storage, target, { signal: lock.signal });
    }
  }

  function isAccepted(plan: MirrorPlan, now: Date): boolean {
    const { acceptLoss = false, record } = options;
    if (typeof acceptLoss === 'boolean') return acceptLoss;
    const held = noteMissing(record, plan, now, { accept: false, relabelled });
    return heldLossOf(held.record, plan, held.suspicion)?.id === acceptLoss;
  }

  function recordOf(record: MirrorRecord, withoutProblem: boolean): MirrorRecord {
    const bytes = transfer.bytesCopied;
    return {
      ...record,
      ...(bytes < telling ? {} : { bytesPerSecond: Math.round(bytes / seconds) }),
      ...(withoutProblem ? { succeededAt: record.lookedAt } : {}),
    };
  }
}

const lockOptions = ({ retryLock, onLockWait, abandonedAfter, signal, lockTiming }: MirrorOptions) => ({
  retryFor: retryLock,
  onWait: onLockWait,
  abandonedAfter,
  signal,
  timing: lockTiming,
});
