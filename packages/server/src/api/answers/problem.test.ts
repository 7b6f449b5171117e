import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ServerError } from '../../platform/index.ts';
import { problemOf } from './problem.ts';

it('a database that is away is told as something that passes, without where it is', () => {
  const error = new ServerError(
    'server.database-unreachable',
    'the database octobox at db.internal:5432 cannot be reached',
  );
  const { code, message } = error;
  const { problem, headers, noted } = problemOf(error, () => ({
    code,
    message,
    advice: 'Look at db.internal',
  }));
  assert.deepEqual([problem.status, problem.code, noted], [503, code, true]);
  assert.deepEqual(headers, { 'retry-after': '5' });
  assert.doesNotMatch(JSON.stringify(problem), /db\.internal/);
});
