import assert from 'node:assert/strict';
import { request } from 'node:http';
import { describe, it } from 'node:test';
import { onEachDatabase } from '../testing/temporary-database.ts';
import { ada, consoleStage, password } from './console-stage.ts';
import { argon2id } from './password/password-hashing.ts';

const hostile = [
  "' or '1'='1",
  '"; drop table users; --',
  '<script>alert(1)</script>',
  '{{7*7}}',
  '../../../../etc/passwd',
  '\0',
  '\ud800',
  'a\r\nset-cookie: x=y',
  'x'.repeat(9_000),
  '%00%2e%2e',
];

onEachDatabase((databases) => {
  describe('an outsider who probes the console', () => {
    it('finds nothing by texts that mean something elsewhere', async () => {
      await using s = await consoleStage(databases);
      const { who } = await s.setUp();
      for (const text of hostile) {
        const places = [
          await s.browser().go('/sign-in', { email: text, password: text }),
          await who.go('/account/password', { current: text, fresh: text }),
          await who.go('/keys', { name: text, until: text, scope: text }),
          await who.go(
            `/audit?search=${encodeURIComponent(text.toWellFormed())}&before=${encodeURIComponent(text.toWellFormed())}`,
          ),
          await who.go(`/account/sessions/${encodeURIComponent(text.toWellFormed())}/end`, {}),
          await who.go(`/keys/${encodeURIComponent(text.toWellFormed())}/end`, {}),
          await s.browser().go(`/reset/${encodeURIComponent(text.toWellFormed())}`),
          await s
            .browser()
            .go(`/invitation/${encodeURIComponent(text.toWellFormed())}`, { name: text, password: text }),
        ];
        for (const [index, { status, text: page, headers }] of places.entries()) {
          assert.ok(status < 500, `${index} ${JSON.stringify(text).slice(0, 40)}: ${status}`);
          assert.ok(!page.includes('<script'), `${index}`);
          assert.equal(headers.get('set-cookie')?.includes('x=y') ?? false, false);
        }
        // Twenty guesses from one address are the end; the next text shall be looked at as well.
        s.clock.advance(3_601_000);
      }
      assert.equal((await s.browser().go('/sign-in', { email: ada.email, password })).status, 303);
    });

    it('finds nothing by methods, types and bodies that no form sends', async () => {
      await using s = await consoleStage(databases);
      await s.setUp();
      const own = { origin: s.url, 'sec-fetch-site': 'same-origin' };
      const send = async (method: string, path: string, type: string | undefined, body?: string) => {
        const headers = { ...own, ...(type === undefined ? {} : { 'content-type': type }) };
        const response = await fetch(`${s.url}${path}`, {
          method,
          headers,
          redirect: 'manual',
          ...(body === undefined ? {} : { body }),
        });
        await response.text();
        return response.status;
      };
      const json = JSON.stringify({ email: ada.email, password });
      assert.equal(await send('POST', '/sign-in', 'application/json', json), 401);
      assert.equal(
        await send('POST', '/sign-in', 'text/plain', `email=${ada.email}&password=${password}`),
        401,
      );
      assert.equal(await send('POST', '/sign-in', 'multipart/form-data; boundary=x', '--x--'), 401);
      const nested = `${'['.repeat(8_000)}${']'.repeat(8_000)}`;
      assert.equal(await send('POST', '/sign-in', 'application/json', nested), 401);
      for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        assert.equal(await send(method, '/account', undefined), 404, method);
      }
      // better-auth has routes of its own; none of them is reached.
      for (const path of ['/api/auth/sign-up/email', '/api/auth/get-session', '/api/auth/ok']) {
        assert.equal(await send('GET', path, undefined), 404, path);
        assert.equal(await send('POST', path, 'application/json', json), 404, path);
      }
    });

    it('is not let on by a header that says where he comes from', async () => {
      await using s = await consoleStage(databases);
      await s.setUp();
      const ask = asking(s.url);
      const statuses: (number | undefined)[] = [];
      for (let i = 0; i < 22; i++) {
        statuses.push(
          await ask({
            origin: s.url,
            'content-type': 'application/x-www-form-urlencoded',
            'x-forwarded-for': `198.51.100.${i}`,
            'x-octobox-address': `198.51.100.${i}`,
            forwarded: `for=198.51.100.${i}`,
          }),
        );
      }
      assert.equal(statuses.at(-1), 429);
      const [entry] = await s.audit.entries({ limit: 1 });
      assert.equal(entry?.origin.address, '127.0.0.1');
    });

    it('learns by no time that it takes whether there is an account', async () => {
      await using s = await consoleStage(databases);
      await s.setUp();
      const accounts = s.make({ memory: 65_536, passes: 3, lanes: 1 });
      const signIn = (email: string, word: string, n: number) =>
        accounts.signIn(
          { email, password: word },
          { cookie: undefined, address: `192.0.2.${n}`, userAgent: undefined },
        );
      // From now on the password is kept with these parameters.
      assert.equal((await signIn(ada.email, password, 0)).kind, 'signed-in');
      const times = { known: [] as number[], unknown: [] as number[] };
      for (let n = 1; n <= 11; n++) {
        for (const [who, email] of [
          ['known', ada.email],
          ['unknown', `eve${n}@example.com`],
        ] as const) {
          const begun = performance.now();
          assert.equal((await signIn(email, 'not the password', n)).kind, 'refused');
          times[who].push(performance.now() - begun);
        }
      }
      const median = (values: number[]): number => values.toSorted((a, b) => a - b)[5] ?? 0;
      const ratio = median(times.known) / median(times.unknown);
      // Without the work of a hash it would be fifty; a machine that is busy makes one and a half of it.
      assert.ok(ratio > 0.4 && ratio < 2.5, `${ratio} ${JSON.stringify(times)}`);
    });

    it('learns as little when the parameters of passwords have risen since they were chosen', async () => {
      await using s = await consoleStage(databases);
      await s.setUp();
      const work: number[] = [];
      const accounts = s.make({ memory: 128, passes: 1, lanes: 1 }, s.vault, (parameters) => {
        work.push(parameters.memory);
        return argon2id(parameters);
      });
      const workFor = async (email: string, word: string): Promise<number[]> => {
        work.length = 0;
        await accounts.signIn(
          { email, password: word },
          { cookie: undefined, address: undefined, userAgent: undefined },
        );
        return work.toSorted();
      };
      const risen = await workFor(ada.email, 'not the password');
      assert.deepEqual(await workFor('eve@example.com', 'not the password'), risen);
      // Who signs in is known anew, and costs what is usual.
      await workFor(ada.email, password);
      assert.deepEqual(await workFor(ada.email, 'not the password'), [128]);
      assert.deepEqual(await workFor('eve@example.com', 'not the password'), [128]);
    });

    it('is answered only from where the console may be reached', async () => {
      const ranges = { trustedProxies: ['127.0.0.1'], allowFrom: ['10.0.0.0/8'] };
      await using s = await consoleStage(databases, ranges);
      const ask = asking(s.url);
      const form = { origin: s.url, 'content-type': 'application/x-www-form-urlencoded' };
      assert.equal(await ask(form), 403, 'the web server itself is not among them');
      assert.equal(await ask({ ...form, 'x-forwarded-for': '203.0.113.9' }), 403);
      assert.equal(await ask({ ...form, 'x-forwarded-for': '10.0.0.9, 203.0.113.9' }), 403);
      assert.notEqual(await ask({ ...form, 'x-forwarded-for': '10.0.0.9' }), 403);
    });

    it('is known by the address that a trusted proxy names, and counted by it', async () => {
      await using s = await consoleStage(databases, { trustedProxies: ['127.0.0.1'] });
      await s.setUp();
      const ask = asking(s.url);
      const form = { origin: s.url, 'content-type': 'application/x-www-form-urlencoded' };
      for (let i = 0; i < 22; i++)
        assert.equal(await ask({ ...form, 'x-forwarded-for': `203.0.113.${i}` }), 401);
      let last: number | undefined;
      for (let i = 0; i < 22; i++)
        last = await ask({ ...form, 'x-forwarded-for': `198.51.100.${i}, 203.0.113.200` });
      assert.equal(last, 429);
      const [entry] = await s.audit.entries({ limit: 1 });
      assert.equal(entry?.origin.address, '203.0.113.200');
    });
  });
});

/** Asks to sign in with headers of one's own; gives the status. */
const asking = (url: string) => (headers: Record<string, string>) =>
  new Promise<number | undefined>((resolve, reject) => {
    const asked = request(`${url}/sign-in`, { method: 'POST', headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asked.on('error', reject);
    asked.end(new URLSearchParams({ email: `${Math.random()}@example.com`, password: 'x' }).toString());
  });
