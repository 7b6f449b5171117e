import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectRetentionCommand,
  ListObjectVersionsCommand,
  PutObjectRetentionCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { openStorage } from '../open-storage.ts';
import { describeStorage, names, put, randomName } from '../testing/contract.ts';
import { startLyingProxy } from '../testing/lying-proxy.ts';
import { type RadosGateway, startRadosGateway } from '../testing/rados-gateway.ts';
import { S3Storage } from './s3.ts';

const dayMs = 86_400_000;

let server: RadosGateway;
let client: S3Client;
before(async () => {
  server = await startRadosGateway();
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = server.environment;
  client = new S3Client({
    endpoint: server.url,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
  });
});
after(async () => {
  client?.destroy();
  await server?.stop();
});

const newBucket = (): string => `bucket-${randomName().slice(0, 12)}`;
const locking = (bucket: string, mode: 'governance' | 'compliance', days = 7): S3Storage =>
  new S3Storage(`${server.url}/${bucket}`, {
    environment: server.environment,
    options: new Map([
      ['s3.object-lock', mode],
      ['s3.retain-days', String(days)],
    ]),
  });

describeStorage("Ceph's S3", async () => {
  const storage = new S3Storage(`${server.url}/${newBucket()}/some/prefix`, {
    environment: server.environment,
  });
  return { storage, cleanup: () => storage.close() };
});

describe('a bucket with object lock', () => {
  const versionsOf = async (Bucket: string, Key: string) =>
    (await client.send(new ListObjectVersionsCommand({ Bucket, Prefix: Key }))).Versions ?? [];

  for (const mode of ['governance', 'compliance'] as const)
    it(`keeps a file that was removed, and nobody can destroy what it held (${mode})`, async () => {
      const Bucket = newBucket();
      const storage = locking(Bucket, mode);
      await storage.create();
      const file = { kind: 'snapshot', name: randomName() } as const;
      await put(storage, file, Buffer.from('what was there'));
      const Key = `snapshots/${file.name}`;
      const [written] = await versionsOf(Bucket, Key);
      assert.ok(written?.VersionId !== undefined);
      const VersionId = written.VersionId;

      // An intruder with the keys of the machine: removes it, and would destroy each version.
      await storage.remove(file);
      assert.deepEqual(await names(storage, 'snapshot'), [], 'a removed file is not shown');
      await assert.rejects(client.send(new DeleteObjectCommand({ Bucket, Key, VersionId })), {
        name: 'AccessDenied',
      });
      const sooner = {
        Mode: mode.toUpperCase() as 'GOVERNANCE',
        RetainUntilDate: new Date(Date.now() + 60_000),
      };
      await assert.rejects(
        client.send(new PutObjectRetentionCommand({ Bucket, Key, VersionId, Retention: sooner })),
        { name: 'AccessDenied' },
      );
      if (mode === 'compliance')
        await assert.rejects(
          client.send(new DeleteObjectCommand({ Bucket, Key, VersionId, BypassGovernanceRetention: true })),
          { name: 'AccessDenied' },
        );

      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, VersionId }));
      assert.equal(await Body?.transformToString(), 'what was there');
      await storage.close();
    });

  it('locks a file for as long as was said, for longer when asked, and never for less', async () => {
    const Bucket = newBucket();
    const storage = locking(Bucket, 'governance', 3);
    await storage.create();
    const file = { kind: 'data', name: randomName() } as const;
    await put(storage, file, Buffer.from('content'));
    const Key = `data/${file.name.slice(0, 2)}/${file.name}`;
    const daysLeft = async (): Promise<number> => {
      const { Retention } = await client.send(new GetObjectRetentionCommand({ Bucket, Key }));
      return ((Retention?.RetainUntilDate?.getTime() ?? 0) - Date.now()) / dayMs;
    };
    const near = async (days: number): Promise<void> => {
      const left = await daysLeft();
      assert.ok(Math.abs(left - days) < 0.01, `${left} days, not ${days}`);
    };
    await near(3);
    await storage.retain(file, new Date(Date.now() + 40 * dayMs));
    await near(40);
    await storage.retain(file, new Date(Date.now() + 5 * dayMs));
    await near(40);
    await storage.close();
  });

  it('locks what is sent in parts as well', async () => {
    const Bucket = newBucket();
    const storage = locking(Bucket, 'compliance', 2);
    await storage.create();
    const file = { kind: 'data', name: randomName() } as const;
    const writer = await storage.writer('data');
    const part = Buffer.alloc(11 * 1024 * 1024, 1);
    for (let at = 0; at < 6; at++) await writer.append(part);
    await writer.commit(file.name);
    const Key = `data/${file.name.slice(0, 2)}/${file.name}`;
    const { Retention } = await client.send(new GetObjectRetentionCommand({ Bucket, Key }));
    assert.equal(Retention?.Mode, 'COMPLIANCE');
    const [{ VersionId } = {}] = await versionsOf(Bucket, Key);
    await assert.rejects(
      client.send(new DeleteObjectCommand({ Bucket, Key, VersionId, BypassGovernanceRetention: true })),
      { name: 'AccessDenied' },
    );
    await storage.close();
  });

  for (const lie of ['failed-after', 'cut-before', 'cut-after'] as const)
    it(`is asked for a lock until it is seen, when the service answers badly (${lie})`, async () => {
      const Bucket = newBucket();
      const direct = locking(Bucket, 'compliance', 2);
      await direct.create();
      const proxy = await startLyingProxy(server.url);
      const told: string[] = [];
      // Each step of what is sent in parts and locked fails once.
      proxy.plan = ({ method, path }) => {
        const step = `${method} ${path.replace(/[?&](x-id|uploadId|partNumber)=[^&]*/gi, '')}`;
        if (told.includes(step) || method === 'GET') return undefined;
        told.push(step);
        return lie;
      };
      try {
        const storage = await openStorage(`s3:${proxy.url}/${Bucket}`, {
          environment: server.environment,
          retry: { firstDelayMs: 1 },
          options: new Map([
            ['s3.object-lock', 'compliance'],
            ['s3.retain-days', '2'],
          ]),
        });
        const file = { kind: 'data', name: randomName() } as const;
        await put(storage, file, Buffer.alloc(65 * 1024 * 1024, 3));
        await storage.close();
        const Key = `data/${file.name.slice(0, 2)}/${file.name}`;
        const { Retention } = await client.send(new GetObjectRetentionCommand({ Bucket, Key }));
        assert.equal(Retention?.Mode, 'COMPLIANCE');
        assert.ok(
          told.some((step) => step.startsWith('PUT') && step.includes('retention')),
          told.join('\n'),
        );
      } finally {
        await proxy.stop();
        await direct.close();
      }
    });

  it('does not lock the locks of the repository, which come and go', async () => {
    const Bucket = newBucket();
    const storage = locking(Bucket, 'compliance');
    await storage.create();
    const file = { kind: 'lock', name: randomName() } as const;
    await put(storage, file, Buffer.from('lock'));
    const Key = `locks/${file.name}`;
    const [{ VersionId } = {}] = await versionsOf(Bucket, Key);
    await client.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
    assert.deepEqual(await versionsOf(Bucket, Key), []);
    await storage.close();
  });
});
