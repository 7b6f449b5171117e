import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StorageError } from '../errors.ts';
import { s3Failure } from './s3-errors.ts';

const answer = (name: string, status: number): Error =>
  Object.assign(new Error('UnknownError'), { name, $metadata: { httpStatusCode: status } });

describe('what an S3 service says', () => {
  // Ceph's answers to a storage class that it does not have, and to an object lock in a bucket without.
  for (const name of ['InvalidArgument', 'InvalidRequest']) {
    it(`${name} without a word names the options that are refused so`, () => {
      const failure = s3Failure(answer(name, 400), 's3:http://host/bucket', 'cannot write config');
      assert.ok(failure instanceof StorageError);
      assert.equal(failure.message, `cannot write config in s3:http://host/bucket: ${name} (HTTP 400)`);
      assert.match(failure.advice ?? '', /s3\.storage-class.*s3\.object-lock/);
    });
  }
});
