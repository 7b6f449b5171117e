import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Job } from '../../platform/index.ts';
import { presentJob } from './present-job.ts';

describe('what ended an attempt at a job', () => {
  const known = { id: 7, kind: 'backup', payload: {}, attempts: 2, maxAttempts: 3 };
  const times = { runAt: '2026-11-27T01:00:00.000Z', createdAt: '2026-11-27T01:00:00.000Z' } as const;
  const shown = (state: Job['state'], code: string) => {
    const { failure, lastFailure } = presentJob({
      ...known,
      ...times,
      state,
      failure: { code, message: 'It did not work' },
    } as Job);
    return [failure?.code, lastFailure?.code];
  };

  it('is the failure of a job that has failed or was stopped', () => {
    assert.deepEqual(shown('failed', 'source.unreachable'), ['source.unreachable', undefined]);
    assert.deepEqual(shown('cancelled', 'server.job-cancelled'), ['server.job-cancelled', undefined]);
    assert.deepEqual(shown('cancelled', 'server.job-interrupted'), ['server.job-interrupted', undefined]);
  });

  it('is that of the attempt before while another one waits or runs, or was never begun', () => {
    assert.deepEqual(shown('queued', 'source.unreachable'), [undefined, 'source.unreachable']);
    assert.deepEqual(shown('running', 'source.unreachable'), [undefined, 'source.unreachable']);
    assert.deepEqual(shown('cancelled', 'source.unreachable'), [undefined, 'source.unreachable']);
  });
});
