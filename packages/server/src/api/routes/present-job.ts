import type { z } from '@hono/zod-openapi';
import type { Job } from '../../platform/index.ts';
import type { jobShape } from '../shapes/work.ts';

/** Of the payload only the source is for the outside; it may hold whatever the room that does the job wants. */
export function presentJob(job: Job): z.output<typeof jobShape> {
  const { payload, result, ...shown } = job;
  const sourceId = sourceOf(job);
  return { ...shown, ...(sourceId === undefined ? {} : { sourceId }) };
}

export function sourceOf({ payload }: Job): string | undefined {
  const { sourceId } = (payload ?? {}) as { sourceId?: unknown };
  return typeof sourceId === 'string' ? sourceId : undefined;
}
