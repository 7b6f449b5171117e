import assert from 'node:assert/strict';
import { type IncomingMessage, request } from 'node:http';
import { request as requestSecurely } from 'node:https';
import { describe, it } from 'node:test';
import { makeCertificate } from '@octobox/storage/testing';
import { Hono } from 'hono';
import { ServerError } from '../errors.ts';
import { silentLog } from '../log.ts';
import { listen } from './listen.ts';
import { redirectTo } from './redirect.ts';
import { securityHeaders } from './security-headers.ts';

const here = { host: '127.0.0.1', port: 0 };
const hello = new Hono().get('/', (context) => context.text('hello'));

const ask = (url: string, options: { ca?: Buffer; method?: string } = {}) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    const send = url.startsWith('https:') ? requestSecurely : request;
    send(url, { ...options, agent: false }, (answer) => resolve(answer.resume()))
      .on('error', reject)
      .end();
  });

describe('a server with a certificate', () => {
  it('answers by TLS, and to nobody without it', async () => {
    await using own = await makeCertificate();
    const server = await listen(hello, here, { certificate: own, log: silentLog });
    try {
      assert.match(server.url, /^https:/);
      assert.equal((await ask(server.url, { ca: own.contents.cert })).statusCode, 200);
      await assert.rejects(ask(server.url), /self-signed|verify/);
      await assert.rejects(ask(server.url.replace('https:', 'http:')));
    } finally {
      await server.close(0);
    }
  });

  it('does not start with a key of another one, and says what is needed', async () => {
    await using own = await makeCertificate();
    await using other = await makeCertificate();
    const certificate = { certificate: own.certificate, key: other.key };
    await assert.rejects(listen(hello, here, { certificate, log: silentLog }), (error) => {
      assert.ok(error instanceof ServerError);
      assert.ok(error.message.includes(own.certificate));
      assert.match(error.advice ?? '', /private key/);
      return true;
    });
  });
});

describe('a page that people reach by TLS', () => {
  it('tells browsers to come by nothing else, and one that they do not says nothing of it', async () => {
    for (const [url, told] of [
      ['https://status.example.com', 'max-age=31536000'],
      ['http://127.0.0.1:8420', null],
      [undefined, null],
    ] as const) {
      const app = new Hono().use(securityHeaders(url)).get('/', (context) => context.text('hello'));
      assert.equal((await app.request('/')).headers.get('strict-transport-security'), told);
    }
  });
});

describe('who comes without TLS', () => {
  it('is sent to the same path at the right address, and nowhere else', async () => {
    const server = await listen(redirectTo('https://status.example.com'), here, { log: silentLog });
    try {
      for (const [path, to] of [
        ['/', '/'],
        ['/incidents/1?a=b', '/incidents/1?a=b'],
        ['//evil.example/', '//evil.example/'],
        ['/@evil.example', '/@evil.example'],
        ['/%0d%0aset-cookie:a', '/%0d%0aset-cookie:a'],
      ]) {
        const answer = await ask(`${server.url}${path}`);
        assert.equal(answer.statusCode, 308);
        assert.equal(answer.headers.location, `https://status.example.com${to}`);
        assert.equal(answer.headers['set-cookie'], undefined);
      }
      const refused = await ask(server.url, { method: 'POST' });
      assert.deepEqual([refused.statusCode, refused.headers.location], [403, undefined]);
    } finally {
      await server.close(0);
    }
  });
});
