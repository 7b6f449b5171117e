import type { z } from '@hono/zod-openapi';
import type { Failure, Job } from '../../platform/index.ts';
import type { jobShape } from '../shapes/work.ts';

/** Of the payload only the source, or the off-site repository, is for the outside; it may hold whatever the room that does the job wants. */
export function presentJob(job: Job): z.output<typeof jobShape> {
  const { payload, result, failure, ...shown } = job;
  const sourceId = sourceOf(job);
  const repository = repositoryOf(job);
  return {
    ...shown,
    ...(sourceId === undefined ? {} : { sourceId }),
    ...(repository === undefined ? {} : { repository }),
    ...(failure === undefined ? {} : endedBy(job, failure) ? { failure } : { lastFailure: failure }),
  };
}

/** What a job that is run again carries is why it is. */
function endedBy({ state }: Job, { code }: Failure): boolean {
  if (state === 'cancelled') return code === 'server.job-cancelled' || code === 'server.job-interrupted';
  return state === 'failed';
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
