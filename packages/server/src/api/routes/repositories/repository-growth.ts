import { z } from '@hono/zod-openapi';
import { longestDays } from '../../../backup/index.ts';
import { instant } from '../../../platform/index.ts';
import type { Operations } from '../../operations.ts';
import { instantText, numberText } from '../../shapes/texts.ts';
import type { ApiRooms } from '../rooms.ts';

const whole = z.int().min(0);
const dayMs = 86_400_000;

const growthShape = z
  .strictObject({
    days: z
      .array(
        z.strictObject({
          day: z.string().openapi({ format: 'date' }),
          backups: whole,
          bytesStored: whole.openapi({ description: 'What they added, before anything was removed' }),
          bytesRead: whole.openapi({ description: 'What they read of their sources' }),
        }),
      )
      .openapi({ description: 'Days (UTC) with a good backup, the oldest first' }),
    measured: z
      .array(
        z.strictObject({
          at: instantText,
          bytes: whole.openapi({ description: 'All packs as they lie there, layers included' }),
          files: whole,
        }),
      )
      .openapi({ description: 'What the repository really had, about once a day, the oldest first' }),
  })
  .openapi('RepositoryGrowth');

/** For a chart, and for the line that goes on from it. */
export function addRepositoryGrowth(operations: Operations, { growth, clock }: ApiRooms): void {
  operations.add(
    {
      id: 'getRepositoryGrowth',
      method: 'get',
      path: '/repository-growth',
      tag: 'Repositories',
      summary: 'How large the primary repository was, and what backups added each day',
      description:
        'What is measured knows what retention has freed; it is measured with the removal that follows a backup, once in about 20 hours. What backups added is known of every day since the first one.',
      permission: 'repositories.read',
      query: z.strictObject({
        days: numberText(1, longestDays).default(365).openapi({ description: 'So far back' }),
      }),
      answer: { status: 200, description: 'Days and sizes', shape: growthShape },
    },
    async ({ query: { days } }) => {
      const since = instant(new Date(clock.now().getTime() - days * dayMs));
      const measured = await growth.measured({ limit: 2_000, since });
      return { status: 200, body: { days: await growth.days(days), measured: measured.reverse() } };
    },
  );
}
