import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ApiError } from '../answers/problem.ts';
import { RequestLimit } from './request-limit.ts';

describe('the limit of requests', () => {
  let now = 0;
  const limit = new RequestLimit(
    () => ({ requestsPerSecond: 2, burst: 5 }),
    () => now,
  );
  const refusal = (caller: string): ApiError | undefined => {
    try {
      limit.take(caller);
      return undefined;
    } catch (error) {
      return error as ApiError;
    }
  };

  it('lets a caller have a burst, then what comes back, and takes nothing from others', () => {
    for (let n = 4; n >= 0; n--) assert.match(limit.take('a').ratelimit ?? '', new RegExp(`;r=${n};`));
    const refused = refusal('a');
    assert.ok(refused instanceof ApiError);
    assert.deepEqual(
      [refused.code, refused.headers['retry-after'], refused.headers['ratelimit-policy']],
      ['api.rate', '1', '"caller";q=5;w=3'],
    );
    assert.equal(refusal('b'), undefined);
    now += 500;
    assert.equal(refusal('a'), undefined);
    assert.equal(refusal('a')?.code, 'api.rate', 'refusals cost nothing, and bring nothing');
    now += 10_000;
    assert.match(limit.take('a').ratelimit ?? '', /;r=4;t=1$/);
  });

  it('remembers a bounded number of callers', () => {
    const before = process.memoryUsage().heapUsed;
    for (let n = 0; n < 100_000; n++) limit.take(`caller ${n}`);
    assert.ok(process.memoryUsage().heapUsed - before < 40_000_000);
  });
});
