import { z } from '@hono/zod-openapi';
import { instantText } from './texts.ts';

const id = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .openapi({ description: 'The name of its file' });

const lock = z.strictObject({
  id,
  stale: z.boolean().openapi({
    description:
      'Its process is gone: one of the host that looks which no longer runs, or it was not refreshed for half an hour',
  }),
  exclusive: z.boolean().optional().openapi({ description: 'It keeps everybody else out, backups too' }),
  hostname: z.string().optional(),
  username: z.string().optional(),
  pid: z.int().optional(),
  refreshedAt: instantText.optional().openapi({
    description: 'Every five minutes while its process works. Absent, with all of this: it cannot be read',
  }),
});

export const lockShape = lock.openapi('Lock');

export const lockRemovalShape = z
  .strictObject({
    locks: z.array(id).min(1).max(1_000).openapi({ description: 'Ids of the locks, as they were seen' }),
    inUse: z.boolean().default(false).openapi({
      description:
        'Also those that are not stale. Who holds one may be at work: a prune that runs meanwhile may delete what a backup still counts on',
    }),
  })
  .openapi('LockRemoval');

export const removedLocksShape = z
  .strictObject({
    removed: z.int().min(0).openapi({ description: 'Those that were gone already are not counted' }),
    left: z.array(lock).openapi({ description: 'Locks that stand now' }),
  })
  .openapi('RemovedLocks');
