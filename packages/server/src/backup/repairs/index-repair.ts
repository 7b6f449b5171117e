import type { RepairIndexPlan } from '@octobox/repository/repair';
import type { PlanRepair } from './repair.ts';
import { countOf, firstOf, markOf } from './sentences.ts';

/** Needs no index. */
export const planIndexRepair: PlanRepair<{
  readonly what: 'index';
  readonly readAllPacks?: boolean;
}> = async (repository, { readAllPacks }, { signal, onProgress }) => {
  const { applyRepairIndex, planRepairIndex, repairsIndex } = await import('@octobox/repository/repair');
  const plan = await planRepairIndex(repository, {
    readAllPacks,
    signal,
    onPack: (done, total) => onProgress({ step: 'reading packs', done, total, unit: 'packs' }),
  });
  const changesAnything = repairsIndex(plan);
  const lost = lostPacks(plan);
  return {
    figures: {
      changesAnything,
      ...firstOf(sentencesOf(plan, changesAnything)),
      counts: {
        indexFilesReplaced: plan.unreadableIndexes.length,
        packsAdded: plan.added.length,
        packsReadAgain: plan.resized.length,
        packsLeftOut: plan.missing.length + lost.length,
      },
      // What is added, or put together, takes nothing away: backups may do so meanwhile.
      marks: [
        ...plan.unreadableIndexes.map(({ file }) => markOf('index', file.name)),
        ...plan.missing.map((name) => markOf('missing', name)),
        ...plan.resized.map(({ name }) => markOf('resized', name)),
        ...lost.map((name) => markOf('lost', name)),
      ],
    },
    apply: async () => {
      const { written, removed } = await applyRepairIndex(repository, plan, { signal });
      const sentences = [
        `wrote ${countOf(written, 'index file')}, removed ${countOf(removed, 'index file')}`,
        ...(lost.length === 0
          ? []
          : [
              `${countOf(lost.length, 'pack')} cannot be read: put them back from a copy of the repository and repair the index once more; without one, the repair of snapshots tells what suffers`,
            ]),
      ];
      return { sentences };
    },
  };
};

/** One that no index named is most often left over from a backup that was killed: freeing of space removes it. */
function lostPacks({ readAllPacks, resized, unreadablePacks }: RepairIndexPlan): string[] {
  const known = new Set(resized.map(({ name }) => name));
  return unreadablePacks.map(({ file }) => file.name).filter((name) => readAllPacks || known.has(name));
}

function sentencesOf(plan: RepairIndexPlan, changesAnything: boolean): string[] {
  const { unreadableIndexes, missing, resized, readAllPacks, added, spread, unreadablePacks } = plan;
  return [
    ...(changesAnything ? [] : ['the index says what the packs hold: nothing to do']),
    ...unreadableIndexes.map(({ message }) => `replace: ${message}`),
    ...missing.map((name) => `leave out: pack ${name}, which is not there`),
    ...unreadablePacks.map(({ message }) => `leave out: ${message}`),
    ...resized.map(({ name, size }) => `read again: pack ${name}, which has ${countOf(size, 'byte')}`),
    ...(readAllPacks
      ? [`read again: all packs (${added.length})`]
      : added.map(({ name, size }) => `add: pack ${name} (${countOf(size, 'byte')})`)),
    ...spread.map((name) => `put together: pack ${name}, which several index files name`),
  ];
}
