import { z } from '@hono/zod-openapi';
import { jobShape } from './work.ts';

const { id, state, createdAt, startedAt, finishedAt, progress, failure } = jobShape.shape;
const fields = { id, state, createdAt, startedAt, finishedAt, progress, failure };

const packId = z.string().regex(/^[0-9a-f]{64}$/);
const what = z.enum(['index', 'packs', 'snapshots']).openapi({
  description:
    '`index`: makes the index say what the packs hold; `packs`: saves what is sound in damaged packs and removes them, a copy of each is kept; `snapshots`: makes snapshots anew without what is lost, and the damaged ones go',
});

const wish = {
  readAllPacks: z.boolean().optional().openapi({
    description: 'Of the index: trust nothing of the old one, read the header of every pack',
  }),
  packs: z
    .array(packId)
    .min(1)
    .max(1_000)
    .optional()
    .openapi({ description: 'The damaged ones, as a check that reads data names them' }),
};

export const newRepairPlanShape = z
  .strictObject({ what, ...wish })
  .refine(({ what: it, packs }) => (it === 'packs') === (packs !== undefined), {
    message: 'packs are named for packs, and for nothing else',
    path: ['packs'],
  })
  .refine(({ what: it, readAllPacks }) => it === 'index' || readAllPacks === undefined, {
    message: 'it is of the index alone',
    path: ['readAllPacks'],
  })
  .openapi('NewRepairPlan');

const count = (description: string) => z.int().min(0).optional().openapi({ description });

const counts = z
  .strictObject({
    indexFilesReplaced: count('Index files that cannot be read'),
    packsAdded: count('Packs that the index does not name'),
    packsReadAgain: count('Packs of another length than the index says'),
    packsLeftOut: count('Packs that the index names and that are not there, or cannot be read'),
    packsRemoved: count('Damaged packs; a copy of each is kept'),
    blobsSaved: count('What is sound in damaged packs'),
    blobsLost: count('What is damaged and nowhere else'),
    snapshotsReplaced: count('Snapshots that are made anew without what is lost'),
    snapshotsRemoved: count('Snapshots of which nothing is left'),
    snapshotsUnreadable: count('Snapshot files that cannot be read; they stay'),
    pathsChanged: count('Files and folders of snapshots that lack something'),
  })
  .openapi('RepairCounts');

const told = {
  sentences: z.array(z.string()).openapi({ description: 'The first hundred' }),
  moreSentences: z.int().min(0),
};

export const repairPlanShape = z
  .strictObject({
    ...fields,
    what,
    ...wish,
    changesAnything: z.boolean().optional(),
    sentences: told.sentences.optional(),
    moreSentences: told.moreSentences.optional(),
    counts: counts.optional(),
  })
  .openapi('RepairPlan', {
    description: 'Its id is that of its job; what it says is there when that has succeeded',
  });

const repair = {
  ...fields,
  what,
  plan: z.int().openapi({ description: 'Which plan it carries out' }),
  counts: counts.optional(),
};

export const repairShape = z
  .strictObject(repair)
  .openapi('Repair', { description: 'Its id is that of its job' });

export const wholeRepairShape = z
  .strictObject({
    ...repair,
    sentences: told.sentences.optional(),
    moreSentences: told.moreSentences.optional(),
    copies: z
      .array(z.string())
      .optional()
      .openapi({
        description:
          "Copies of damaged packs, byte for byte as they lay in the storage, in the platform's data folder",
        example: ['damaged-packs/pack-37b16c4c….bin.age'],
      }),
  })
  .openapi('WholeRepair');
