import { z } from '@hono/zod-openapi';
import { COUNTING_MODES } from '@octobox/repository/statistics';
import { word } from './texts.ts';
import { jobShape } from './work.ts';

const count = z.int().min(0);
const { id, state, createdAt, startedAt, finishedAt, progress, failure } = jobShape.shape;

const mode = z.enum(COUNTING_MODES).openapi({
  description:
    '`restore-size`: what restoring each snapshot writes; `files-by-contents`: every file content once; `blobs-per-file`: the blobs of each content, by path; `raw-data`: what is stored for them, and how well it is compressed',
});
const snapshots = z
  .array(z.string().regex(/^[0-9a-f]{64}$/))
  .min(1)
  .max(1000);

export const newStatisticsShape = z
  .strictObject({
    mode: mode.default('restore-size'),
    source: word(200).optional().openapi({ description: 'Id or name: only its snapshots' }),
    snapshots: snapshots.optional().openapi({ description: 'Only these' }),
  })
  .refine(({ source, snapshots }) => source === undefined || snapshots === undefined, {
    message: 'name a source or snapshots',
  })
  .openapi('NewStatistics');

export const statisticsShape = z
  .strictObject({
    ...{ id, state, createdAt, startedAt, finishedAt, progress, failure, mode },
    sourceId: z.string().optional(),
    snapshotIds: snapshots.optional(),
    snapshots: count.optional().openapi({ description: 'That were counted' }),
    bytes: count.optional(),
    files: count.optional().openapi({ description: 'Of `restore-size` folders and the like as well' }),
    blobs: count.optional(),
    bytesUncompressed: count.optional().openapi({ description: 'This and the following: of `raw-data`' }),
    compressionRatio: z.number().optional().openapi({ description: 'Of what is compressed' }),
    compressedPercent: z.number().optional(),
    savedPercent: z.number().optional(),
  })
  .openapi('Statistics', {
    description: 'Its id is that of its job; the sums are there when that has succeeded',
  });
