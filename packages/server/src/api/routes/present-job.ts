import type { z } from '@hono/zod-openapi';
import type { Job } from '../../platform/index.ts';
import type { jobShape } from '../shapes/work.ts';

/** Of the payload only the source, or the off-site repository, is for the outside; it may hold whatever the room that does the job wants. */
export function presentJob(job: Job): z.output<typeof jobShape> {
  const { payload, result, ...shown } = job;
  const sourceId = sourceOf(job);
  const repository = repositoryOf(job);
  return {
    ...shown,
    ...(sourceId === undefined ? {} : { sourceId }),
    ...(repository === undefined ? {} : { repository }),
  };
}

export function sourceOf({ payload }: Job): string | undefined {
  const { sourceId } = (payload ?? {}) as { sourceId?: unknown };
  return typeof sourceId === 'string' ? sourceId : undefined;
}

function repositoryOf({ kind, payload }: Job): string | undefined {
  if (kind !== 'mirror') return undefined;
  const { repository } = (payload ?? {}) as { repository?: unknown };
  return typeof repository === 'string' ? repository : undefined;
}
