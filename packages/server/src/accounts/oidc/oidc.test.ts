import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import Provider from 'oidc-provider';
import type { OidcSettings } from '../../platform/index.ts';
import { type DatabaseMaker, onEachDatabase } from '../../testing/temporary-database.ts';
import { ada, consoleStage, password } from '../console-stage.ts';

const callback = '/sign-in/oidc/callback';
const clientSecret = 'a canary of a client, which nobody sees';
const people: Readonly<Record<string, { email: string; email_verified: boolean }>> = {
  ada: { email: 'Ada@example.com', email_verified: true },
  unverified: { email: 'ada@example.com', email_verified: false },
  stranger: { email: 'stranger@example.com', email_verified: true },
  foreign: { email: 'ada@elsewhere.example', email_verified: true },
};

/** As whoever ends TLS on the way may send it: the claims as they were, the signature another one of the same length. */
const withForgedSignature = (end: (body: string) => unknown): ServerResponse['end'] =>
  ((body: string) => {
    const { id_token: token, ...rest } = JSON.parse(body) as { id_token: string };
    const [head, claims, signature = ''] = token.split('.');
    return end(JSON.stringify({ ...rest, id_token: [head, claims, 'A'.repeat(signature.length)].join('.') }));
  }) as ServerResponse['end'];

/** A console, and a real identity provider beside it. */
async function oidcStage(
  databases: DatabaseMaker,
  more: Partial<OidcSettings> = {},
  { idTokenSeconds = 60, issuer = (own: string) => own, forges = false } = {},
) {
  let handle: RequestListener = (_, response) => void response.writeHead(503).end();
  const server = createServer((request, response) => handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const secretFile = join((await databases.open()).folder, 'oidc-secret');
  await writeFile(secretFile, `${clientSecret}\n`, { mode: 0o600 });
  const s = await consoleStage(databases, {
    oidc: {
      ...{ issuer: own, clientId: 'octobox', clientSecretFile: secretFile, name: 'Engines' },
      ...{ allowedDomains: ['example.com'], required: false, ...more },
    },
  });
  const provider = new Provider(issuer(own), {
    clients: [
      {
        client_id: 'octobox',
        client_secret: clientSecret,
        redirect_uris: [`${s.url}${callback}`],
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
    ttl: { IdToken: () => idTokenSeconds },
    pkce: { required: () => true },
    cookies: { keys: ['a test'] },
  });
  const answer = provider.callback();
  handle = (request, response) => {
    if (forges && request.url === '/token') response.end = withForgedSignature(response.end.bind(response));
    return answer(request, response);
  };
  await s.setUp();
  /** Goes from the console to the provider, signs in there, and gives the address to which it sends the browser back. */
  const visitProvider = async (
    who: ReturnType<typeof s.browser>,
    login: string,
    from = '/sign-in/oidc',
  ): Promise<string> => {
    const jar = new Map<string, string>();
    let { to: address } = await who.go(from);
    let form: URLSearchParams | undefined;
    for (let step = 0; step < 12; step++) {
      assert.ok(address);
      if (address.startsWith(s.url)) return address;
      const response: Response = await fetch(new URL(address, own), {
        redirect: 'manual',
        headers: { cookie: [...jar].map((pair) => pair.join('=')).join('; ') },
        ...(form === undefined ? {} : { method: 'POST', body: form }),
      });
      form = undefined;
      for (const set of response.headers.getSetCookie()) {
        const [name = '', value = ''] = (set.split(';')[0] ?? '').split(/=(.*)/s);
        jar.set(name, value);
      }
      const page = await response.text();
      address = response.headers.get('location');
      if (address !== null) continue;
      address = /<form[^>]* action="([^"]+)"/.exec(page)?.[1] ?? assert.fail(page);
      const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1] ?? '';
      form = new URLSearchParams({ prompt, login, password: 'any' });
    }
    assert.fail('the provider leads nowhere');
  };
  const back = (who: ReturnType<typeof s.browser>, address: string) => who.go(address.slice(s.url.length));
  /** The status of the console's answer to somebody who signed in there. */
  const signIn = async (login: string, who = s.browser()) => await back(who, await visitProvider(who, login));
  return {
    ...s,
    own,
    visitProvider,
    back,
    signIn,
    async [Symbol.asyncDispose]() {
      await s[Symbol.asyncDispose]();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

onEachDatabase((databases) => {
  describe('an identity provider', () => {
    it('leads back to where somebody was about to go, within the console alone', async () => {
      await using s = await oidcStage(databases);
      const signInPage = (await s.browser().go('/sign-in?to=/app/services%3Fx=1')).text;
      const [, from = ''] = /href="(\/sign-in\/oidc[^"]*)"/.exec(signInPage) ?? assert.fail(signInPage);
      const led = async (path: string) => {
        const who = s.browser();
        return (await s.back(who, await s.visitProvider(who, 'ada', path))).to;
      };
      assert.equal(await led(from.replaceAll('&amp;', '&')), '/app/services?x=1');
      assert.equal(
        await led(`/sign-in/oidc?${new URLSearchParams({ to: '//evil.example/app' })}`),
        '/account',
      );
      assert.equal(
        await led(`/sign-in/oidc?${new URLSearchParams({ to: '/app/\r\nx: y;a=b' })}`),
        '/app/x:%20y;a=b',
      );
    });

    it('signs a member in whose address it vouches for, once for each answer, and nobody else', async () => {
      await using s = await oidcStage(databases);
      assert.match((await s.browser().go('/sign-in')).text, /href="\/sign-in\/oidc">Sign in with Engines/);
      const who = s.browser();
      const address = await s.visitProvider(who, 'ada');
      assert.equal((await s.back(s.browser(), address)).status, 401, 'it belongs to another browser');
      const thief = s.browser();
      await thief.go('/sign-in/oidc');
      assert.equal((await s.back(thief, address)).status, 401, 'it belongs to another attempt');
      const wrongIssuer = address.replace(/iss=[^&]+/, 'iss=http%3A%2F%2Felsewhere.example');
      assert.notEqual(wrongIssuer, address);
      assert.equal((await s.back(who, wrongIssuer)).status, 401);
      for (const login of ['unverified', 'stranger', 'foreign']) {
        assert.equal((await s.signIn(login)).status, 401, login);
      }
      const known = s.browser();
      const right = await s.visitProvider(known, 'ada');
      const cookie = known.cookie;
      assert.deepEqual(
        [(await s.back(known, right)).to, known.cookie.includes('octobox-oidc')],
        ['/account', false],
      );
      assert.match((await known.go('/account')).text, /ada@example\.com/);
      const replayed = await s.browser().go(right.slice(s.url.length), undefined, { cookie });
      assert.equal(replayed.status, 401, 'an answer is good once');
      const late = s.browser();
      const over = await s.visitProvider(late, 'ada');
      s.clock.advance(10 * 60_000);
      assert.equal((await s.back(late, over)).status, 401, 'it took too long');

      const users = await s.database.read.selectFrom('users').select('email').execute();
      assert.deepEqual(
        users.map(({ email }) => email),
        [ada.email],
      );
      const entries = await s.audit.entries({ limit: 99 });
      const why = entries.filter(({ action }) => action === 'sign-in.refused').map(({ after }) => after?.why);
      for (const each of ['unverified', 'stranger', 'foreign', 'refused'])
        assert.ok(why.includes(each), each);
      const [by] = entries.filter(({ action }) => action === 'sign-in.by-provider');
      assert.deepEqual(by?.after, { issuer: s.own, subject: 'ada' });
      assert.doesNotMatch(JSON.stringify(entries), /canary/);
    });

    it('that is another one, or gives what is over, signs nobody in', async () => {
      await using other = await oidcStage(databases, {}, { issuer: () => 'http://127.0.0.1:1' });
      assert.equal((await other.browser().go('/sign-in/oidc')).status, 503);
      await using old = await oidcStage(databases, {}, { idTokenSeconds: -60 });
      assert.equal((await old.signIn('ada')).status, 401);
      await using forged = await oidcStage(databases, {}, { forges: true });
      assert.equal((await forged.signIn('ada')).status, 401, 'nobody signed that');
    });

    it('is asked no more after too many answers that were refused, and says why', async () => {
      await using s = await oidcStage(databases);
      const right = s.browser();
      const address = await s.visitProvider(right, 'ada');
      for (let i = 0; i < 20; i++) assert.equal((await s.browser().go(callback)).status, 401);
      const answer = await s.back(right, address);
      assert.equal(answer.status, 429);
      assert.match(answer.text, /Wait a quarter of an hour/);
    });

    it('gives no guess back that was none', async () => {
      await using s = await oidcStage(databases);
      const guess = async (i: number) =>
        (await s.browser().go('/sign-in', { email: `x${i}@example.com`, password: 'no' })).status;
      for (let i = 0; i < 17; i++) assert.equal(await guess(i), 401);
      for (let i = 0; i < 2; i++) assert.equal((await s.signIn('ada')).status, 303);
      for (let i = 17; i < 20; i++) assert.equal(await guess(i), 401);
      assert.equal(await guess(20), 429);
    });

    it('that is required leaves a password to owners alone', async () => {
      await using s = await oidcStage(databases, { required: true });
      const who = { email: ada.email, password };
      assert.equal((await s.browser().go('/sign-in', who)).status, 303);
      await s.rewrite((t) => t.updateTable('members').set({ role: 'operator' }).execute());
      assert.equal((await s.browser().go('/sign-in', who)).status, 401);
      assert.equal((await s.signIn('ada')).status, 303);
    });
  });
});
