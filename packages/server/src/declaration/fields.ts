import { z } from 'zod';
import { criticalities, longestName } from '../catalog/index.ts';
import { duration, hasUnseenSigns } from '../platform/index.ts';

const list = z.array(z.string().min(1)).max(10_000);
const text = z.string().min(1).max(10_000);
/** What people read beside other things, in lists and on the public page. */
export const name = z
  .string()
  .trim()
  .min(1, 'expected a name')
  .max(longestName)
  .refine((given) => !hasUnseenSigns(given), 'it has signs that nobody sees, such as ends of lines');
const rhythm = text.describe(
  '`1h`, five cron fields with a time zone (`0 3 * * * Europe/Berlin`), or `on demand`',
);
const secret = z
  .string()
  .regex(/^(\$\{[A-Za-z_][A-Za-z0-9_]*\}|file:\/.*)$/)
  .describe(`\${NAME} for an environment variable, or file:/path of a file of mode 0600; absent: as it is`);

/** One source, by its fields; the secrets are checked where they are read, so that no message shows one. */
export const sourceFields = z
  .strictObject({
    location: text.describe(
      '`postgres://user@host:port/database`, `sqlite:/path/of/the/file`, or the absolute path of a folder or file',
    ),
    paths: list.optional().describe('files: more paths than the location'),
    excludes: list.optional().describe("files: patterns of what is left out, in restic's language"),
    oneFileSystem: z.boolean().optional().describe('files: enter no other file system (default: false)'),
    schedule: rhythm.optional().describe(`backups: ${rhythm.description} (default: 1h, of files 6h)`),
    drills: rhythm.optional().describe(`rehearsals: ${rhythm.description} (default: the tier's)`),
    rpo: duration
      .optional()
      .describe("at most so much work may be lost (default: the service's, or a longer interval)"),
    scratchServer: text
      .optional()
      .describe('PostgreSQL: a server whose scratch databases drills may use (default: a private cluster)'),
    password: secret.optional(),
    scratchPassword: secret.optional(),
  })
  .describe('what is backed up');

/** One service, without its sources. */
export const serviceFields = z
  .strictObject({
    name: name.optional().describe('for people (default: the slug)'),
    criticality: z
      .enum(criticalities)
      .optional()
      .describe('the tier that gives the objectives (default: critical)'),
    rpo: duration.optional().describe("at most so much work may be lost (default: the tier's)"),
    rto: duration.optional().describe("back within this time (default: the tier's)"),
    rehearse: duration
      .optional()
      .describe("a restore is rehearsed again within this time (default: the tier's)"),
  })
  .describe('something customers use');

export type SourceFields = z.output<typeof sourceFields>;
export type ServiceFields = z.output<typeof serviceFields>;

/** All of `services:`, for editors. */
export const servicesSchema = z
  .record(
    z
      .string()
      .max(longestName)
      .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
    serviceFields.extend({ sources: z.record(name, sourceFields).nullish() }).nullable(),
  )
  .describe('services by slug, for `octobox apply`');
