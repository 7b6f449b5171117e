import { z } from '@hono/zod-openapi';

/** The platform's own words, such as whose backup a snapshot is, begin so. */
const reserved = 'octobox:';

const tagShape = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .refine((tag) => !/[\p{Cc},]/u.test(tag), 'it has a comma or control characters')
  .refine((tag) => !tag.startsWith(reserved), `tags that begin with ${reserved} are the platform's`);

const tags = z.array(tagShape).max(20).default([]);

export const tagChangesShape = z
  .strictObject({ tags: z.strictObject({ add: tags, remove: tags }) })
  .refine(({ tags: { add, remove } }) => add.length + remove.length > 0, 'nothing is said to change')
  .refine(
    ({ tags: { add, remove } }) => !add.some((tag) => remove.includes(tag)),
    'a tag is added and removed',
  )
  .openapi('SnapshotTagChanges');
