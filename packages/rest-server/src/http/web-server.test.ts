import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectSecurely } from 'node:tls';
import { makeCertificate, type TestCertificate } from '@octobox/storage/testing';
import { content, Served } from '../testing/served.ts';

const dial = async (served: Served): Promise<Socket> => {
  const { hostname, port } = new URL(served.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
};

const eventually = async (what: string, isSo: () => Promise<boolean>): Promise<void> => {
  for (const until = Date.now() + 60_000; !(await isSo()); await sleep(50))
    assert.ok(Date.now() < until, what);
};

const unfinished = (served: Served): Promise<string[]> =>
  readdir(join(served.root, 'r/tmp')).catch((): string[] => []);

describe('a client that is cut off or slow', () => {
  it('leaves no half file', async () => {
    await using served = await Served.open();
    await served.send('POST', '/r/?create=true');
    const { bytes, name } = content(1_000_000);
    const socket = await dial(served);
    socket.write(`POST /r/data/${name} HTTP/1.1\r\nhost: x\r\ncontent-length: ${bytes.length}\r\n\r\n`);
    socket.write(bytes.subarray(0, 700_000));
    await eventually('the upload never began', async () => (await unfinished(served)).length === 1);
    socket.destroy();
    await eventually('the half file stays', async () => (await unfinished(served)).length === 0);
    assert.equal(await served.status('HEAD', `/r/data/${name}`), 404);
    assert.equal(await served.status('POST', `/r/data/${name}`, { body: bytes }), 200);
  });

  it('loses its connection when nothing moves', async () => {
    // What is sent honestly is sent before: a busy machine may be silent for so long.
    await using served = await Served.open();
    await served.send('POST', '/r/?create=true');
    const file = content(20_000_000);
    await served.send('POST', `/r/data/${file.name}`, { body: file.bytes });
    await served.stop();
    await served.start({ idleMs: 300 });
    const { name } = content(1000);
    const socket = await dial(served);
    socket.write(`POST /r/data/${name} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nhalf`);
    await once(socket, 'close');
    await eventually('the half file stays', async () => (await unfinished(served)).length === 0);
    const reader = await dial(served);
    reader.write(`GET /r/data/${file.name} HTTP/1.1\r\nhost: x\r\n\r\n`);
    reader.pause();
    await eventually('a reader who does not read stays', async () =>
      served.log.some(({ fields }) => fields.method === 'GET' && fields.status === 499),
    );
    reader.destroy();
  });

  it('is not alone: no more than so many connections are taken', async () => {
    await using served = await Served.open({ maxConnections: 3 });
    const sockets = await Promise.all(Array.from({ length: 3 }, () => dial(served)));
    await assert.rejects(served.send('GET', '/r/config'));
    for (const socket of sockets) socket.destroy();
    await eventually('nobody is let in again', () =>
      served.status('GET', '/r/config').then(
        (status) => status === 404,
        () => false,
      ),
    );
  });

  it('may finish what is under way when the server is asked to end', async () => {
    await using served = await Served.open();
    await served.send('POST', '/r/?create=true');
    const { bytes, name } = content(100_000);
    const socket = await dial(served);
    let answer = '';
    socket.on('data', (piece) => {
      answer += String(piece);
    });
    socket.write(`POST /r/data/${name} HTTP/1.1\r\nhost: x\r\ncontent-length: ${bytes.length}\r\n\r\n`);
    socket.write(bytes.subarray(0, 50_000));
    await eventually('the upload never began', async () => (await unfinished(served)).length === 1);
    const stopped = served.stop(60_000);
    const isClosed = (): Promise<boolean> =>
      dial(served).then(
        (late) => {
          late.destroy();
          return false;
        },
        () => true,
      );
    await eventually('it still takes connections', isClosed);
    socket.write(bytes.subarray(50_000));
    await stopped;
    assert.match(answer, /^HTTP\/1.1 200/);
    assert.ok((await readFile(join(served.root, 'r/data', name.slice(0, 2), name))).equals(bytes));
  });
});

describe('TLS', () => {
  it('has the certificate of the two files, a renewed one as soon as it is whole, and no old versions', async () => {
    const folder = await Served.folder();
    try {
      await using first = await makeCertificate();
      await using second = await makeCertificate();
      const certificate = { certificate: join(folder, 'now.pem'), key: join(folder, 'now.key') };
      await writeFile(certificate.certificate, first.contents.cert);
      await writeFile(certificate.key, first.contents.key);
      await using served = await Served.open({ certificate });
      assert.match(served.url, /^https:/);
      const { port } = new URL(served.url);
      const get = ({ contents }: TestCertificate): Promise<number | undefined> =>
        new Promise((resolve, reject) => {
          request(`${served.url}r/config`, { ca: contents.cert, agent: false }, (answer) => {
            answer.resume();
            resolve(answer.statusCode);
          })
            .on('error', reject)
            .end();
        });
      assert.equal(await get(first), 404);
      await assert.rejects(get(second));

      const old = connectSecurely({
        port: Number(port),
        host: '127.0.0.1',
        maxVersion: 'TLSv1.1',
        rejectUnauthorized: false,
      });
      const [refusal] = (await once(old, 'error')) as [Error];
      assert.match(refusal.message, /version|protocol|no protocols/i);

      await writeFile(certificate.certificate, second.contents.cert);
      await eventually('the mismatch is not told', async () =>
        served.log.some(({ level, message }) => level === 'error' && /not taken/.test(message)),
      );
      assert.equal(await get(first), 404, 'the pair that fits stays in use');
      await writeFile(certificate.key, second.contents.key);
      await eventually('the new one is not in use', () =>
        get(second).then(
          () => true,
          () => false,
        ),
      );
      assert.ok(!JSON.stringify(served.log).includes('PRIVATE'));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('and users are needed beyond this machine, unless told otherwise', async () => {
    for (const host of ['0.0.0.0', '::', '192.0.2.1', 'backup.example.com']) {
      await assert.rejects(Served.open({ host }), { code: 'rest-server.unsafe', message: /everybody/ });
      await assert.rejects(Served.open({ host, insecureNoUsers: true }), {
        code: 'rest-server.unsafe',
        message: /in the clear/,
      });
    }
    await using served = await Served.open({ host: '0.0.0.0', insecureNoTls: true, insecureNoUsers: true });
    assert.equal(await served.status('GET', '/r/config'), 404);
  });

  it('does not start with files that are none, a folder that is none, or a port that is taken', async () => {
    const folder = await Served.folder();
    try {
      await writeFile(join(folder, 'x'), 'nothing');
      const certificate = { certificate: join(folder, 'x'), key: join(folder, 'x') };
      await assert.rejects(Served.open({ certificate }), { code: 'rest-server.certificate' });
      await assert.rejects(Served.open({}, join(folder, 'none')), { code: 'rest-server.folder-missing' });
      await using served = await Served.open();
      const port = Number(new URL(served.url).port);
      await assert.rejects(Served.open({ port }), { code: 'rest-server.address' });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
