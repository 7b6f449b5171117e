import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { StorageError } from '../errors.ts';
import type { OpenStorageOptions } from '../open-options.ts';
import { openStorage } from '../open-storage.ts';
import { makeCertificate } from '../testing/certificate.ts';
import { describeStorage, names, put, randomName } from '../testing/contract.ts';
import { type LyingProxy, startLyingProxy } from '../testing/lying-proxy.ts';
import { type S3Server, startS3Server } from '../testing/s3-server.ts';
import { S3Storage } from './s3.ts';

let server: S3Server;
before(async () => {
  server = await startS3Server();
});
after(() => server.stop());

const config = { kind: 'config', name: '' } as const;
const newBucket = (): string => `bucket-${randomName().slice(0, 12)}`;
const opened = (bucket = newBucket(), options: OpenStorageOptions = {}): S3Storage =>
  new S3Storage(`${server.url}/${bucket}`, { environment: server.environment, ...options });
const explains = (code: string, advice: RegExp) => (error: unknown) => {
  assert.ok(error instanceof StorageError, String(error));
  assert.equal(error.code, code, error.message);
  assert.match(error.advice ?? '', advice);
  return true;
};

describeStorage('S3', async () => {
  const storage = opened(`${newBucket()}/some/prefix`);
  return { storage, cleanup: () => storage.close() };
});

describe('a bucket of an S3 service', () => {
  it('sends a large file in parts and gives it back whole', async () => {
    const storage = opened();
    await storage.create();
    const file = { kind: 'data', name: randomName() } as const;
    const part = Buffer.alloc(11 * 1024 * 1024);
    const writer = await storage.writer('data');
    for (let at = 0; at < 6; at++) await writer.append(part.fill(at));
    await writer.append(Buffer.from('the end'));
    await writer.commit(file.name);
    assert.equal((await storage.stat(file)).size, 6 * part.length + 7);
    for (let at = 0; at < 6; at++) {
      const found = await storage.read(file, { offset: at * part.length, length: part.length });
      assert.ok(Buffer.from(found).equals(part.fill(at)));
    }
    assert.equal(Buffer.from(await storage.read(file, { offset: -7 })).toString(), 'the end');
    await storage.close();
  });

  it('is told apart when it is missing: no file to look at, no place to write to', async () => {
    const storage = opened();
    await assert.rejects(storage.stat(config), { code: 'storage.file-missing' });
    await assert.rejects(put(storage, config, Buffer.from('x')), explains('storage.missing', /bucket/));
    await assert.rejects(names(storage, 'data'), explains('storage.missing', /bucket/));
    await storage.close();
  });

  it('lists all files, however small its pages are, also when one is removed meanwhile', async () => {
    const small = await startS3Server({ pageSize: 7 });
    const proxy = await startLyingProxy(small.url);
    const storage = new S3Storage(`${proxy.url}/${newBucket()}/deep/prefix`, {
      environment: small.environment,
    });
    try {
      await storage.create();
      const written = Array.from({ length: 23 }, randomName).sort();
      for (const name of written) await put(storage, { kind: 'index', name }, Buffer.from('x'));
      await put(storage, { kind: 'key', name: randomName() }, Buffer.from('x'));
      const begun = proxy.requests.length;
      assert.deepEqual(await names(storage, 'index'), written);
      const pages = proxy.requests.slice(begun).filter(({ path }) => path.includes('list-type=2'));
      assert.equal(pages.length, 4, '23 files on pages of 7');
      assert.equal(pages.filter(({ path }) => path.includes('continuation-token=')).length, 3);

      const seen: string[] = [];
      for await (const { name } of storage.list('index')) {
        seen.push(name);
        await storage.remove({ kind: 'index', name });
      }
      assert.deepEqual(seen.sort(), written);
      assert.deepEqual(await names(storage, 'index'), []);
    } finally {
      await storage.close();
      await proxy.stop();
      await small.stop();
    }
  });

  it('lists nothing but files with the name of a hash, in their place', async () => {
    const bucket = newBucket();
    const storage = opened(bucket);
    const nested = opened(`${bucket}/keys`);
    await storage.create();
    const name = randomName();
    await put(storage, { kind: 'key', name }, Buffer.from('x'));
    await put(nested, { kind: 'key', name: randomName() }, Buffer.from('x'));
    assert.deepEqual(await names(storage, 'key'), [name]);
    await nested.close();
    await storage.close();
  });
});

describe('the keys for an S3 service', () => {
  it('that are wrong, or none, are told, and never shown', async () => {
    const wrong = opened(newBucket(), {
      environment: { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'guessed' },
    });
    const unknown = opened(newBucket(), {
      environment: { AWS_ACCESS_KEY_ID: 'stranger', AWS_SECRET_ACCESS_KEY: 'guessed' },
    });
    for (const storage of [wrong, unknown]) {
      await assert.rejects(names(storage, 'data'), (error: Error) => {
        assert.ok(explains('storage.credentials', /AWS_SECRET_ACCESS_KEY/)(error));
        return !error.message.includes('guessed');
      });
      await storage.close();
    }
  });

  it('may lie in the shared files of the AWS tools, under the name of a profile', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'octobox-aws-'));
    const credentials = join(folder, 'credentials');
    await writeFile(
      credentials,
      '[default]\naws_access_key_id = x\naws_secret_access_key = y\n' +
        '[shop]\naws_access_key_id = S3RVER\naws_secret_access_key = S3RVER\n',
    );
    const script = `
      const { openStorage } = await import(${JSON.stringify(new URL('../open-storage.ts', import.meta.url).href)});
      const storage = await openStorage(process.argv[1], { environment: process.env });
      await storage.create();
      console.log((await Array.fromAsync(storage.list('data'))).length);`;
    const run = (profile: Record<string, string>) =>
      promisify(execFile)(
        process.execPath,
        ['--input-type=module', '-e', script, `s3:${server.url}/${newBucket()}`],
        { env: { AWS_SHARED_CREDENTIALS_FILE: credentials, HOME: folder, ...profile } },
      );
    try {
      assert.equal((await run({ AWS_PROFILE: 'shop' })).stdout, '0\n');
      await assert.rejects(run({}), /storage\.credentials/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('what an S3 service is told about a file', () => {
  let proxy: LyingProxy;
  before(async () => {
    proxy = await startLyingProxy(server.url);
  });
  after(() => proxy.stop());

  const headersOfPut = async (file: { kind: 'data' | 'lock'; name: string }, options: [string, string][]) => {
    const storage = new S3Storage(`${proxy.url}/${newBucket()}`, {
      environment: server.environment,
      options: new Map(options),
    });
    await storage.create();
    const from = proxy.requests.length;
    // This server knows no object lock, which is told; here it is what was asked of it.
    await put(storage, file, Buffer.from('content')).catch(explains('storage.options', /object lock/));
    await storage.close();
    const sent = proxy.requests
      .slice(from)
      .filter(({ method, path }) => method === 'PUT' && !path.includes('retention'));
    assert.equal(sent.length, 1);
    return sent[0]?.headers ?? {};
  };

  it('is its hash, twice, and that nothing may be replaced', async () => {
    const sha256 = 'ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73';
    const headers = await headersOfPut({ kind: 'data', name: randomName() }, []);
    assert.equal(headers['x-amz-content-sha256'], sha256);
    assert.equal(headers['x-amz-checksum-sha256'], Buffer.from(sha256, 'hex').toString('base64'));
    assert.equal(headers['if-none-match'], '*');
    assert.equal(headers['x-amz-storage-class'], undefined);
    assert.equal(headers['x-amz-object-lock-mode'], undefined);
  });

  it('is its storage class, and until when it is locked', async () => {
    const options: [string, string][] = [
      ['s3.storage-class', 'standard_ia'],
      ['s3.object-lock', 'governance'],
      ['s3.retain-days', '7'],
    ];
    const data = await headersOfPut({ kind: 'data', name: randomName() }, options);
    assert.equal(data['x-amz-storage-class'], 'STANDARD_IA');
    assert.equal(data['x-amz-object-lock-mode'], 'GOVERNANCE');
    assert.equal(data['x-amz-sdk-checksum-algorithm'], 'SHA256', 'a bucket with object lock wants it');
    const until = Date.parse(String(data['x-amz-object-lock-retain-until-date']));
    assert.ok(Math.abs(until - Date.now() - 7 * 86_400_000) < 10_000);
    const lock = await headersOfPut({ kind: 'lock', name: randomName() }, options);
    assert.equal(lock['x-amz-object-lock-mode'], undefined);
  });
});

describe('an S3 service that knows no object lock', () => {
  it('is not believed to lock, and nothing stays there unlocked', async () => {
    const options = new Map([
      ['s3.object-lock', 'compliance'],
      ['s3.retain-days', '7'],
    ]);
    const storage = opened(newBucket(), { options });
    await storage.create();
    for (const size of [10, 65 * 1024 * 1024]) {
      const file = { kind: 'data', name: randomName() } as const;
      await assert.rejects(
        put(storage, file, Buffer.alloc(size)),
        explains('storage.options', /object lock/),
      );
      assert.deepEqual(await names(storage, 'data'), []);
    }
    const lock = { kind: 'lock', name: randomName() } as const;
    await put(storage, lock, Buffer.from('lock'));
    await storage.close();
  });
});

describe('an S3 service with TLS', () => {
  it('is trusted by the authority that is named, and not without', async () => {
    await using certificate = await makeCertificate();
    const guarded = await startS3Server({ tls: certificate.contents });
    const rest = `${guarded.url}/${newBucket()}`;
    const { environment } = guarded;
    try {
      const trusting = new S3Storage(rest, { environment, certificateFile: certificate.certificate });
      await trusting.create();
      assert.deepEqual(await names(trusting, 'data'), []);
      const wary = new S3Storage(rest, { environment });
      await assert.rejects(names(wary, 'data'), explains('storage.untrusted', /--cacert/));
      await trusting.close();
      await wary.close();
    } finally {
      await guarded.stop();
    }
  });

  it('that is not there, or has no such name, is told at once', async () => {
    for (const rest of ['http://127.0.0.1:1/bucket', 'https://nonesuch.invalid/bucket']) {
      const storage = await openStorage(`s3:${rest}`, { environment: server.environment });
      await assert.rejects(storage.stat(config), explains('storage.unreachable', /Check/));
      await storage.close();
    }
  });
});

describe('a clock that is an hour off', () => {
  it('is learned from the answer, and the request is tried again', async () => {
    const proxy = await startLyingProxy(server.url);
    const { environment } = server;
    const rest = `${proxy.url}/${newBucket()}`;
    proxy.clockAheadMs = 3_600_000;
    try {
      const impatient = new S3Storage(rest, { environment });
      await assert.rejects(names(impatient, 'data'), explains('storage.denied', /clock/));
      await impatient.close();
      const storage = await openStorage(`s3:${rest}`, { environment, retry: { firstDelayMs: 1 } });
      await storage.create();
      await put(storage, config, Buffer.from('x'));
      assert.equal((await storage.stat(config)).size, 1);
      await storage.close();
    } finally {
      await proxy.stop();
    }
  });
});
