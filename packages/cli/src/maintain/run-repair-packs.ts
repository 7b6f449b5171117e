import { applyRepairPacks, planRepairPacks, type RepairPacksPlan } from '@octobox/repository/repair';
import { enterAct } from '../access/enter-act.ts';
import { lockRepository, type OpenedRepository, openRepository } from '../access/open-repository.ts';
import { CliError, UsageError } from '../errors.ts';
import type { RepairFlags } from '../options/repair-flags.ts';
import { plural, shortId } from '../output/quantities.ts';
import { startVerbProgress } from '../output/verb-progress.ts';
import { writeWholeFile } from '../snapshot/write-whole-file.ts';
import type { Cli } from '../verb.ts';

const pieceBytes = 8 * 1024 * 1024;
/** In the audit log; who needs all has the output. */
const toldIds = 20;

export async function runRepairPacks(cli: Cli, ids: readonly string[], flags: RepairFlags): Promise<void> {
  for (const id of ids) {
    if (!/^[0-9a-f]{64}$/.test(id)) {
      throw new UsageError(`${id} is no id of a pack`, {
        advice: 'Give all 64 digits, as check names them.',
      });
    }
  }
  const dryRun = flags.dryRun ?? false;
  // From a copy on this disk, what is damaged in the storage would look sound.
  await using repository = await openRepository(cli, { ...flags, cache: false });
  await using lock = await lockRepository(cli, repository, dryRun ? 'shared' : 'exclusive', flags);
  const { signal } = lock;
  await repository.loadIndex({ signal });
  await using progress = startVerbProgress(cli, flags);
  const onPack =
    (step: string) =>
    (done: number, total: number): void =>
      progress.update({ step, done, total, unit: 'packs' });
  const plan = await planRepairPacks(repository, ids, { signal, onPack: onPack('reading packs') });
  if (!flags.json && !flags.quiet) await cli.out.printAll(planLines(plan));
  await cli.out.flush();
  const lost = plan.packs.flatMap((one) => one.lost).filter(({ isElsewhere }) => !isElsewhere).length;
  if (!dryRun) {
    const told = plan.packs.slice(0, toldIds).map(({ pack }) => shortId(pack));
    const after = { what: 'packs', packs: plan.packs.length, ids: told.join(' '), lost };
    await enterAct(cli, repository.place, { action: 'repair.asked', after });
    for (const { pack, exists } of plan.packs)
      if (exists) await keepCopy(cli, repository.beneath, pack, flags, signal);
    await applyRepairPacks(repository, plan, { signal, onPack: onPack('saving what is sound') });
  }
  if (flags.json) await cli.out.printJson(planJson(plan, dryRun));
  if (lost === 0) return;
  await cli.out.flush();
  throw new CliError(
    'cli.findings',
    `${plural(lost, 'blob')} ${dryRun ? 'would be' : lost === 1 ? 'is' : 'are'} lost`,
    {
      advice:
        'Restore the packs from a copy of the repository if there is one. Else `octobox repair snapshots --dry-run`\n' +
        'shows which snapshots suffer, and `octobox repair snapshots --forget` makes them anew without what is lost.',
    },
  );
}

/** Byte for byte, in all its layers, through which what is damaged cannot be read; for whoever can get more out of it. */
async function keepCopy(
  cli: Cli,
  { storage, suffix }: OpenedRepository['beneath'],
  pack: string,
  flags: RepairFlags,
  signal: AbortSignal,
): Promise<void> {
  const file = { kind: 'data', name: pack + suffix } as const;
  const { size } = await storage.stat(file, { signal });
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    for (let offset = 0; offset < size; offset += pieceBytes) {
      const length = Math.min(pieceBytes, size - offset);
      yield await storage.read(file, { offset, length }, { signal });
    }
  };
  try {
    await writeWholeFile(`pack-${file.name}`, pieces());
  } catch (cause) {
    signal.throwIfAborted();
    throw new CliError('cli.refused', `no copy of pack ${pack} could be put into the current folder`, {
      cause,
      advice: 'Nothing was changed. Change to a folder with room for it and run this again.',
    });
  }
  if (!flags.quiet && !flags.json) cli.out.say(`a copy is in pack-${file.name}`);
}

function planLines({ packs }: RepairPacksPlan): string[] {
  return packs.flatMap(({ pack, exists, sound, lost }) => [
    exists
      ? `pack ${pack}: ${sound.length} of ${plural(sound.length + lost.length, 'blob')} can be saved`
      : `pack ${pack} is not there: it is left out of the index`,
    ...lost.map(
      ({ type, id, isElsewhere }) =>
        `  ${type} blob ${id}: ${isElsewhere ? 'damaged here, but another pack holds it' : 'lost'}`,
    ),
  ]);
}

const planJson = ({ packs }: RepairPacksPlan, dryRun: boolean): object => ({
  message_type: 'summary',
  dry_run: dryRun,
  packs: packs.map(({ pack, exists, sound, lost }) => ({
    id: pack,
    exists,
    blobs_saved: sound.length,
    blobs_lost: lost.map(({ type, id, isElsewhere }) => ({ type, id, elsewhere: isElsewhere })),
  })),
});
