import assert from 'node:assert/strict';
import { chmod } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { makeCertificate } from '@octobox/storage/testing';
import { Hono } from 'hono';
import { createLog } from '../log.ts';
import { certificateConcerns } from './certificate-concerns.ts';
import { listen } from './listen.ts';

const day = 86_400_000;

describe('a certificate that browsers refuse', () => {
  it('is one that is over, not yet begun, or of another name', async () => {
    await using own = await makeCertificate();
    const { cert } = own.contents;
    const now = new Date();
    assert.deepEqual(certificateConcerns(cert, { now }), []);
    assert.deepEqual(certificateConcerns(cert, { url: 'https://127.0.0.1:8443', now }), []);
    const of = (options: Parameters<typeof certificateConcerns>[1]) => certificateConcerns(cert, options);
    assert.match(of({ now: new Date(now.getTime() + 9 * day) }).join(), /^the certificate ended on 2/);
    assert.match(of({ now: new Date(now.getTime() - 9 * day) }).join(), /^the certificate begins on 2/);
    for (const host of ['status.example.com', '127.0.0.2', '[::1]']) {
      const [concern = '', more] = of({ url: `https://${host}`, now });
      assert.ok(
        concern.startsWith(`the certificate is not for ${host.replace(/[[\]]/g, '')}, but for `),
        concern,
      );
      assert.equal(more, undefined);
    }
  });

  it('is served, and warned of, and so is a key that others can read', async () => {
    await using own = await makeCertificate();
    await chmod(own.key, 0o644);
    let said = '';
    const log = createLog({ level: 'warn', destination: { write: (line: string) => (said += line) } });
    const url = 'https://status.example.com';
    const server = await listen(new Hono(), { host: '127.0.0.1', port: 0 }, { certificate: own, url, log });
    await server.close(0);
    assert.match(said, /the certificate is not for status\.example\.com/);
    assert.match(said, /others on this machine can get at a secret/);
    assert.ok(said.includes(own.key));
  });
});
