import type { LostBlob, PackSalvage } from '@octobox/repository/repair';
import { loadWholeIndex } from './load-whole-index.ts';
import type { PlanRepair } from './repair.ts';
import { countOf, firstOf, markOf } from './sentences.ts';

export const planPacksRepair: PlanRepair<{
  readonly what: 'packs';
  readonly packs: readonly string[];
}> = async (repository, { packs: names }, { signal, onProgress }) => {
  const { applyRepairPacks, planRepairPacks } = await import('@octobox/repository/repair');
  await loadWholeIndex(repository, signal);
  const onPack =
    (step: string) =>
    (done: number, total: number): void =>
      onProgress({ step, done, total, unit: 'packs' });
  const unknown: string[] = [];
  const plan = await planRepairPacks(repository, names, {
    signal,
    onPack: onPack('reading packs'),
    onUnknown: (pack) => unknown.push(pack),
  });
  const { packs } = plan;
  const lost = packs.flatMap((one) => one.lost).filter(isLost);
  const changesAnything = packs.length > 0;
  return {
    figures: {
      changesAnything,
      ...firstOf([
        ...packs.flatMap(sentencesOf),
        ...unknown.map((pack) => `pack ${pack} is not there, and no index names it: nothing to do`),
      ]),
      counts: {
        packsRemoved: packs.filter(({ exists }) => exists).length,
        packsLeftOut: packs.filter(({ exists }) => !exists).length,
        blobsSaved: packs.reduce((sum, { sound }) => sum + sound.length, 0),
        blobsLost: lost.length,
      },
      marks: [
        ...packs.map(({ pack }) => markOf('pack', pack)),
        ...lost.map(({ type, id }) => markOf('blob', type, id)),
      ],
    },
    apply: async ({ keepPack }) => {
      const copies: string[] = [];
      // All of them first: without room for the copies nothing is changed.
      for (const { pack, exists } of packs) if (exists) copies.push(await keepPack(pack));
      await applyRepairPacks(repository, plan, { signal, onPack: onPack('saving what is sound') });
      const sentences = [
        ...packs.flatMap(({ pack, exists, sound, lost: gone }) => [
          exists
            ? `pack ${pack}: saved ${sound.length} of ${countOf(sound.length + gone.length, 'blob')}, and removed it`
            : `pack ${pack}: left out of the index`,
        ]),
        ...copies.map((copy) => `a copy of the damaged pack is in ${copy}`),
        ...(lost.length === 0
          ? []
          : [
              `${countOf(lost.length, 'blob')} ${lost.length === 1 ? 'is' : 'are'} lost: back up the same sources once more, which stores anew what is still there, and then repair the snapshots`,
            ]),
      ];
      return { sentences, copies };
    },
  };
};

const isLost = ({ isElsewhere }: LostBlob): boolean => !isElsewhere;

const sentencesOf = ({ pack, exists, sound, lost }: PackSalvage): string[] => [
  exists
    ? `pack ${pack}: ${sound.length} of ${countOf(sound.length + lost.length, 'blob')} can be saved`
    : `pack ${pack} is not there: it is left out of the index`,
  ...lost.map(
    ({ type, id, isElsewhere }) =>
      `${type} blob ${id} of it: ${isElsewhere ? 'damaged here, but another pack holds it' : 'lost'}`,
  ),
];
