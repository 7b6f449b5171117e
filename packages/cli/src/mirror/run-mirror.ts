import type { Repository } from '@octobox/repository';
import {
  assertOtherPlace,
  type MirrorPlan,
  type MirrorRecord,
  type MirrorResult,
  mirrorRepository,
  planMirror,
  readMirrorRecord,
  writeMirrorRecord,
} from '@octobox/repository/mirror';
import type { Storage } from '@octobox/storage';
import { describeFile } from '@octobox/storage/errors';
import type { OpenedRepository } from '../access/open-repository.ts';
import { CliError, UsageError } from '../errors.ts';
import { bytes, duration, plural } from '../output/quantities.ts';
import { sayStorageUse, storageJson } from '../output/storage-use.ts';
import { startVerbProgress } from '../output/verb-progress.ts';
import { askConsent } from '../platform/ask-consent.ts';
import type { Cli } from '../verb.ts';
import { foreignEntries } from './foreign-entries.ts';
import { heldLoss } from './held-loss.ts';
import type { MirrorFlags } from './mirror-flags.ts';
import { type MirrorPlace, recordPath } from './mirror-place.ts';
import { type Estimates, planJson, planLines } from './plan-report.ts';

/** Shows what a first upload, or a dry run, would send; then sends it. */
export async function runMirror(
  cli: Cli,
  source: Repository & OpenedRepository,
  place: MirrorPlace,
  flags: MirrorFlags,
): Promise<void> {
  let target = place.storage;
  const path = recordPath(cli, source.id, target);
  const record = await readMirrorRecord(path, source.id);
  const plan = await planMirror(source.storage, target, { signal: cli.signal });
  await assertOtherPlace(source, target, plan, { signal: cli.signal, noLock: flags.lock === false });
  const isFirst = plan.isNew && record.lookedAt === undefined;
  if (flags.dryRun || plan.isNew || flags.verbose) await showPlan(cli, plan, target, record, flags);
  await cli.out.flush();
  if (flags.dryRun) return;
  if (isFirst)
    await consent(cli, flags, `Send ${bytes(plan.bytes)} to ${target.location}?`, 'a first upload');
  if (flags.acceptLoss) {
    await consent(
      cli,
      flags,
      'Was everything that went missing in the source meant to go? It will be removed from the mirror, too.',
      'accepting a loss',
    );
  }
  const made = place.isNew ? await place.make() : undefined;
  if (made !== undefined) {
    target = made.storage;
    if (made.madeKeys && !flags.quiet) {
      cli.out.say(
        `Every file there is encrypted in more layers; their keys are in ${made.folder.path}: keep copies`,
      );
    }
  }
  const result = await carryOut(cli, source, target, plan, record, flags).finally(() =>
    made?.storage.close(),
  );
  await writeMirrorRecord(path, result.record);
  if (flags.json) {
    const storage = { storage: storageJson(source.metrics), to_storage: storageJson(place.metrics) };
    await cli.out.printJson({ ...resultJson(result, target), ...storage });
  } else if (!flags.quiet) await cli.out.printAll(resultLines(result, target));
  sayStorageUse(cli, source, flags);
  sayStorageUse(cli, { storage: target, metrics: place.metrics }, flags);
  if (result.problemCount > 0) {
    throw new CliError(
      'cli.incomplete',
      `${plural(result.problemCount, 'file')} of the source could not be copied as they are`,
      {
        advice:
          'Run `octobox check --read-data` on the source, and mend it: the mirror lacks what is named above.',
      },
    );
  }
  if (result.removal.held > 0) throw heldLoss(result.removal.held, target);
}

const estimatesOf = (record: MirrorRecord, flags: MirrorFlags): Estimates => ({
  bandwidth: flags.bandwidth ?? record.bytesPerSecond,
  measured: flags.bandwidth === undefined,
  pricePerGbMonth: flags.pricePerGbMonth,
  pricePerThousandRequests: flags.pricePerThousandRequests,
  currency: flags.currency,
});

async function showPlan(
  cli: Cli,
  plan: MirrorPlan,
  target: Storage,
  record: MirrorRecord,
  flags: MirrorFlags,
): Promise<void> {
  const estimates = estimatesOf(record, flags);
  const foreign = plan.isNew ? await foreignEntries(target) : [];
  if (flags.json) await cli.out.printJson(planJson(plan, target.location, estimates, foreign));
  else if (!flags.quiet || flags.dryRun) {
    await cli.out.printAll(planLines(plan, target.location, estimates, foreign));
  }
}

/** Asks, unless --yes says so already; `look` is how to see what it is about where there is nobody to ask. */
export async function consent(
  cli: Cli,
  flags: MirrorFlags,
  question: string,
  what: string,
  look = 'Look at the plan with --dry-run',
): Promise<void> {
  if (flags.yes) return;
  if (!cli.interactive || flags.json) {
    throw new UsageError(`${what} needs a yes, and there is nobody to ask`, {
      advice: `${look}, then run again with --yes.`,
    });
  }
  if (!(await askConsent(question, cli.signal))) throw new CliError('cli.refused', 'nothing was sent');
}

const steps = {
  key: 'sending keys',
  data: 'sending packs',
  index: 'sending the index',
  snapshot: 'sending snapshots',
  remove: 'removing what was forgotten',
} as const;

async function carryOut(
  cli: Cli,
  source: Repository,
  target: Storage,
  plan: MirrorPlan,
  record: MirrorRecord,
  flags: MirrorFlags,
): Promise<MirrorResult> {
  await using progress = startVerbProgress(cli, flags);
  return await mirrorRepository(source, target, {
    plan,
    record,
    keepDeleted: flags.keepDeleted,
    acceptLoss: flags.acceptLoss,
    anew: flags.anew,
    retain: flags.retain,
    transfers: flags.transfers,
    verify: flags.verify,
    noLock: flags.lock === false,
    retryLock: (flags.retryLock ?? 0) * 1000,
    signal: cli.signal,
    onProgress: ({ phase, bytesDone, bytesTotal }) =>
      progress.update({ step: steps[phase], done: bytesDone, total: bytesTotal, unit: 'bytes' }),
    onProblem: ({ file, problem }) => {
      if (flags.json) {
        cli.out.printSoon(
          JSON.stringify({ message_type: 'mirror_problem', file: describeFile(file), message: problem }),
        );
      } else cli.out.say(`${describeFile(file)}: ${problem}`);
    },
  });
}

function resultLines(result: MirrorResult, target: Storage): string[] {
  const { removal, withheld } = result;
  const rate = result.bytesCopied / Math.max(result.seconds, 0.001);
  return [
    result.objectsCopied === 0
      ? `${target.location} is up to date: ${plural(result.snapshots.size, 'snapshot')}`
      : `sent ${plural(result.objectsCopied, 'object')}, ${bytes(result.bytesCopied)} in ${duration(result.seconds)} (${bytes(Math.round(rate))}/s); ${plural(result.snapshots.size, 'snapshot')} there now`,
    ...(withheld.snapshots > 0
      ? [`${plural(withheld.snapshots, 'snapshot')} stayed behind: their data could not be copied`]
      : []),
    ...(removal.removed > 0
      ? [`removed ${plural(removal.removed, 'object')} that were forgotten long enough ago`]
      : []),
    ...(removal.waiting > 0
      ? [`${plural(removal.waiting, 'object')} that were forgotten here still wait there`]
      : []),
    ...(removal.refused > 0 ? [`${plural(removal.refused, 'object')} stay: ${removal.reason ?? ''}`] : []),
    ...(removal.held > 0
      ? [
          `${plural(removal.held, 'object')} are held: ${removal.reason ?? 'they went missing under suspicious circumstances'}`,
        ]
      : removal.refused === 0 && removal.reason !== undefined
        ? [`nothing was removed: ${removal.reason}`]
        : []),
  ];
}

const resultJson = (result: MirrorResult, target: Storage): object => ({
  message_type: 'mirror_summary',
  to: target.location,
  objects_copied: result.objectsCopied,
  bytes_copied: result.bytesCopied,
  seconds: result.seconds,
  rounds: result.rounds,
  snapshots: result.snapshots.size,
  problems: result.problemCount,
  withheld_indexes: result.withheld.indexes,
  withheld_snapshots: result.withheld.snapshots,
  removed: result.removal.removed,
  waiting: result.removal.waiting,
  held: result.removal.held,
  refused: result.removal.refused,
  reason: result.removal.reason,
  last_success: result.record.succeededAt,
});
