import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StorageError } from '../errors.ts';
import type { OpenStorageOptions } from '../open-options.ts';
import { makeCertificate, type TestCertificate } from '../testing/certificate.ts';
import { describeStorage, names, put, randomName } from '../testing/contract.ts';
import { type RestServer, startRestServer } from '../testing/rest-server.ts';
import { RetryingStorage } from '../wrappers/retry.ts';
import { RestStorage } from './rest.ts';

let server: RestServer;
before(async () => {
  server = await startRestServer();
});
after(() => server.stop());

const config = { kind: 'config', name: '' } as const;
const newPath = (): string => `${randomName().slice(0, 12)}/`;

/** A door to the server that lists names without sizes, as servers of the first version do (rclone is none). */
async function firstVersion(): Promise<{ url: string; close(): void }> {
  const door: Server = createServer((asked, answer) => {
    void (async () => {
      const { host: _, ...headers } = asked.headers;
      const body = Buffer.concat(await Array.fromAsync(asked as AsyncIterable<Buffer>));
      const found = await fetch(new URL(asked.url ?? '/', server.url), {
        method: asked.method ?? 'GET',
        headers: Object.entries(headers).filter(
          (header): header is [string, string] =>
            typeof header[1] === 'string' && !['connection', 'content-length'].includes(header[0]),
        ),
        ...(asked.method === 'POST' ? { body } : {}),
      });
      const listed = asked.method === 'GET' && asked.url?.endsWith('/') && found.ok;
      if (listed) {
        const files = (await found.json()) as { name: string }[];
        answer.end(JSON.stringify(files.map(({ name }) => name)));
        return;
      }
      const known = ['content-length', 'content-range'].flatMap((name) => {
        const value = found.headers.get(name);
        return value === null ? [] : [[name, value] as const];
      });
      answer.writeHead(found.status, Object.fromEntries(known));
      answer.end(Buffer.from(await found.arrayBuffer()));
    })();
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(door.address() as AddressInfo).port}/`,
    close: () => {
      door.closeAllConnections();
      door.close();
    },
  };
}

describeStorage('REST, version 2,', async () => {
  const storage = new RestStorage(`${server.url}${newPath()}`);
  return { storage, cleanup: () => storage.close() };
});

describeStorage('REST, version 1,', async () => {
  const door = await firstVersion();
  const storage = new RestStorage(`${door.url}${newPath()}`);
  return {
    storage,
    cleanup: async () => {
      await storage.close();
      door.close();
    },
  };
});

describe('a REST server', () => {
  it('with a password is used with it, from the location or the environment, and it is never shown', async () => {
    const guarded = await startRestServer({ user: { name: 'shop', password: 'hush:hush' } });
    try {
      const inLocation = guarded.url.replace('//', '//shop:hush%3Ahush@');
      const environment = { RESTIC_REST_USERNAME: 'shop', RESTIC_REST_PASSWORD: 'hush:hush' };
      for (const [rest, options] of [
        [inLocation, {}],
        [guarded.url, { environment }],
      ] as const) {
        const storage = new RestStorage(rest, options);
        assert.doesNotMatch(storage.location, /hush/);
        await storage.create();
        await storage.close();
      }
      const wrong = { environment: { ...environment, RESTIC_REST_PASSWORD: 'guessed' } };
      for (const options of [{}, wrong] as OpenStorageOptions[]) {
        const storage = new RestStorage(guarded.url, options);
        await assert.rejects(storage.stat(config), (error: Error & { code?: string; advice?: string }) => {
          assert.equal(error.code, 'storage.credentials');
          assert.match(error.advice ?? '', /RESTIC_REST_PASSWORD/);
          return !error.message.includes('guessed');
        });
        await storage.close();
      }
    } finally {
      await guarded.stop();
    }
  });

  it('that only appends lets nothing be removed, and says so', async () => {
    const keeping = await startRestServer({ appendOnly: true });
    const storage = new RestStorage(`${keeping.url}${newPath()}`);
    try {
      await storage.create();
      const file = { kind: 'snapshot', name: randomName() } as const;
      const lock = { kind: 'lock', name: randomName() } as const;
      for (const one of [file, lock]) await put(storage, one, Buffer.from('x'));
      await assert.rejects(storage.remove(file), { code: 'storage.denied' });
      await storage.remove(lock);
      assert.deepEqual(await names(storage, 'snapshot'), [file.name]);
    } finally {
      await storage.close();
      await keeping.stop();
    }
  });

  it('that is killed in the middle of an upload and serves again gets the file whole', async () => {
    const dying = await startRestServer();
    let killed: Promise<void> | undefined;
    const limits = { upload: () => (killed === undefined ? 500_000 : undefined) };
    const storage = new RetryingStorage(new RestStorage(dying.url, { limits }), {
      firstDelayMs: 20,
      longestDelayMs: 200,
    });
    const name = randomName();
    const bytes = randomBytes(3_000_000);
    const path = join(dying.folder, 'data', name.slice(0, 2), name);
    const sizeThere = () =>
      stat(path).then(
        ({ size }) => size,
        () => 0,
      );
    try {
      await storage.create();
      const written = put(storage, { kind: 'data', name }, bytes);
      written.catch(() => {});
      for (const until = Date.now() + 60_000; (await sizeThere()) === 0; await sleep(10))
        assert.ok(Date.now() < until, 'the upload never began');
      killed = dying.kill();
      await killed;
      const torn = await sizeThere();
      assert.ok(torn > 0 && torn < bytes.length, `${torn} bytes are no torn file`);
      await dying.again();
      await written;
      assert.ok((await readFile(path)).equals(bytes));
    } finally {
      await storage.close();
      await dying.stop();
    }
  });

  it('that is not there is told at once', async () => {
    const storage = new RestStorage('http://127.0.0.1:1/');
    await assert.rejects(storage.stat(config), { code: 'storage.unreachable', message: /nothing answers/ });
    await storage.close();
  });

  it('that is something else is told', async () => {
    const other = createServer((_, answer) => answer.end('<html>hello</html>'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const storage = new RestStorage(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`);
    await assert.rejects(names(storage, 'snapshot'), {
      code: 'storage.interrupted',
      message: /makes no sense/,
    });
    await storage.close();
    other.close();
  });
});

describe('a REST server with TLS', () => {
  let certificate: TestCertificate;
  let guarded: RestServer;
  before(async () => {
    certificate = await makeCertificate();
    guarded = await startRestServer({ tls: certificate });
  });
  after(async () => {
    await guarded.stop();
    await certificate[Symbol.asyncDispose]();
  });

  it('is trusted by the authority that is named', async () => {
    const storage = new RestStorage(guarded.url, { certificateFile: certificate.certificate });
    await storage.create();
    await put(storage, config, Buffer.from('x'));
    assert.equal((await storage.stat(config)).size, 1);
    await storage.close();
  });

  it('is refused without it, and says how to trust it', async () => {
    const storage = new RestStorage(guarded.url);
    await assert.rejects(storage.stat(config), (error: Error & { code?: string; advice?: string }) => {
      assert.match(error.advice ?? '', /--cacert/);
      assert.doesNotMatch(error.message, /Node/);
      return error.code === 'storage.untrusted';
    });
    await storage.close();
  });

  it('is not spoken to when the other side speaks no TLS', async () => {
    const storage = new RestStorage(server.url.replace('http:', 'https:'));
    await assert.rejects(storage.stat(config), { code: 'storage.untrusted', message: /does not speak TLS/ });
    await storage.close();
  });

  it('is told from a server that cuts connections when it is asked without TLS', async (t) => {
    const [key, cert] = await Promise.all([
      readFile(certificate.key, 'utf8'),
      readFile(certificate.certificate, 'utf8'),
    ]);
    // Cuts at once, where Go's servers answer 400 in plain text.
    const cutting = createTlsServer({ key, cert }).listen(0, '127.0.0.1');
    t.after(() => cutting.close());
    await once(cutting, 'listening');
    const { port } = cutting.address() as AddressInfo;
    const storage = new RestStorage(`http://127.0.0.1:${port}/`);
    await assert.rejects(storage.stat(config), (error: StorageError) => {
      assert.match(error.advice ?? '', /https:/);
      assert.equal(error.temporary, false);
      return error.code === 'storage.untrusted';
    });
    await storage.close();
  });

  it('needs a file with certificates that can be read', () => {
    for (const certificateFile of ['/nonexistent', certificate.key]) {
      assert.throws(() => new RestStorage(guarded.url, { certificateFile }), { code: 'storage.options' });
    }
  });
});

describe('a REST server that says why it refuses', () => {
  it('is quoted, also when the answer has no body', async (t) => {
    const reasons: Record<string, [number, string]> = {
      HEAD: [403, 'the repositories of bob are below /bob/'],
      GET: [507, 'quota of user bob exceeded: 10 of 12 bytes are used'],
    };
    const refusing = createServer((asked, answer) => {
      const [status, reason] = reasons[asked.method ?? ''] ?? [403, 'Forbidden'];
      answer.writeHead(status, reason).end();
    }).listen(0, '127.0.0.1');
    t.after(() => refusing.close());
    await once(refusing, 'listening');
    const storage = new RestStorage(`http://127.0.0.1:${(refusing.address() as AddressInfo).port}/`);
    await assert.rejects(storage.stat(config), {
      code: 'storage.denied',
      message: /403: .* below \/bob\/\)/,
    });
    await assert.rejects(storage.read(config), { code: 'storage.full', message: /507: quota of user bob/ });
    await assert.rejects(storage.create(), { code: 'storage.denied', message: /HTTP 403\)$/ });
    await storage.close();
  });
});

describe('the location of a REST repository', () => {
  it('that is no address is refused without telling what may be a secret', () => {
    for (const rest of ['', 'host/path', 'ftp://user:hush@host/', 'https://user:hush@host/?x=1']) {
      assert.throws(
        () => new RestStorage(rest),
        (error: Error & { code?: string }) =>
          error.code === 'storage.options' && !error.message.includes('hush'),
      );
    }
  });
});
