import { after, before, describe } from 'node:test';
import { describeStorage, randomName } from '../testing/contract.ts';
import { type S3Server, startS3Server } from '../testing/s3-server.ts';
import { S3Storage } from './s3.ts';

describe('an S3 service', () => {
  let server: S3Server;
  before(async () => {
    server = await startS3Server();
  });
  after(() => server.stop());

  describeStorage('S3', async () => {
    const storage = new S3Storage(`${server.url}/bucket-${randomName().slice(0, 12)}/some/prefix`, {
      environment: server.environment,
    });
    return { storage, cleanup: () => storage.close() };
  });
});
