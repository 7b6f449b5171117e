import { z } from '@hono/zod-openapi';
import { leastInterval } from '../../declaration/index.ts';
import { parseTimetable } from '../../platform/index.ts';
import { anyText, instantText, line, seconds, word } from './texts.ts';

/** What is no schedule at all the catalog refuses, and says why. */
function isSlowEnough(text: string): boolean {
  try {
    return (parseTimetable(text, new Date(0)).intervalSeconds ?? leastInterval) >= leastInterval;
  } catch {
    return true;
  }
}

const kind = z.enum(['files', 'sqlite', 'postgresql']);
const patterns = z.array(word(4_096)).max(1_000);
const path = word(4_096);

const optionsShape = z.strictObject({
  excludes: patterns.optional().openapi({ description: "Files: patterns in restic's language" }),
  oneFileSystem: z.boolean().optional(),
  paths: z.array(path).max(1_000).optional().openapi({ description: 'Files: more paths than `location`' }),
  scratchServer: path
    .optional()
    .openapi({ description: 'PostgreSQL: a server for the scratch databases of drills' }),
});
const optionChangesShape = z.strictObject({
  excludes: patterns.nullable().optional(),
  oneFileSystem: z.boolean().nullable().optional(),
  paths: z.array(path).max(1_000).nullable().optional(),
  scratchServer: path.nullable().optional(),
});

const schedule = word(200)
  .refine(isSlowEnough, `the shortest interval is ${leastInterval}s`)
  .openapi({ example: '0 3 * * * Europe/Berlin' });
const password = anyText(1_024).openapi({
  description: 'Sealed in the vault; never sent back',
  writeOnly: true,
});

export const sourceShape = z
  .strictObject({
    id: z.string(),
    serviceId: z.string(),
    kind,
    name: z.string(),
    location: z.string().openapi({ description: 'Without a password' }),
    options: optionsShape,
    schedule: schedule.optional().openapi({ description: 'When backups run; absent: only on demand' }),
    drillSchedule: schedule
      .optional()
      .openapi({ description: 'When restores are rehearsed; absent: only on demand' }),
    rpoSeconds: seconds.openapi({ description: "Its own objective, else its service's" }),
    ownRpoSeconds: seconds.optional(),
    createdAt: instantText,
  })
  .openapi('Source');

export const newSourceShape = z
  .strictObject({
    serviceId: word(200).openapi({ description: 'Id or slug' }),
    kind,
    name: line(120),
    location: path.openapi({
      description: 'An absolute path, or postgres://user@host:port/database',
      example: '/srv/shop',
    }),
    options: optionsShape.optional(),
    schedule: schedule.optional(),
    drillSchedule: schedule.nullable().optional().openapi({
      description: "Absent: that of the service's criticality; null: only on demand",
    }),
    rpoSeconds: seconds.optional(),
    password: password.optional(),
    scratchPassword: password.optional(),
  })
  .openapi('NewSource');

export const sourceChangesShape = z
  .strictObject({
    serviceId: word(200).optional(),
    location: path.optional(),
    options: optionChangesShape
      .optional()
      .openapi({ description: 'Each that is given replaces the one that was; null takes it away' }),
    schedule: schedule.nullable().optional(),
    drillSchedule: schedule.nullable().optional(),
    rpoSeconds: seconds.nullable().optional(),
    password: password.optional(),
    scratchPassword: password.optional(),
  })
  .refine((changes) => Object.keys(changes).length > 0, 'name at least one field')
  .openapi('SourceChanges', { description: 'What is absent stays as it is' });
