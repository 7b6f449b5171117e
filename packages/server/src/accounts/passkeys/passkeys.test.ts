import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Browser, chromium } from 'playwright-core';
import { onEachDatabase } from '../../testing/temporary-database.ts';
import { ada, consoleStage, password } from '../console-stage.ts';
import { Challenges } from './challenge.ts';
import { relyingPartyOf } from './relying-party.ts';

const flags = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update'],
];

describe('a challenge', () => {
  it('is good for what it was made for, with the same secret, for five minutes', () => {
    const [challenges, now] = [new Challenges('secret'), new Date()];
    const made = challenges.make('proof 1', now).toString('base64url');
    const later = (ms: number) => new Date(now.getTime() + ms);
    assert.equal(challenges.isGood(made, 'proof 1', later(299_000)), true);
    assert.equal(challenges.isGood(made, 'proof 1', later(300_000)), false);
    assert.equal(challenges.isGood(made, 'proof 2', now), false);
    assert.equal(new Challenges('another').isGood(made, 'proof 1', now), false);
    for (const text of ['', 'a', made.slice(1), `${made}AAAA`]) {
      assert.equal(challenges.isGood(text, 'proof 1', now), false);
    }
  });

  it('is for a name, and for no address', () => {
    assert.equal(relyingPartyOf('https://octobox.example.com:8443')?.id, 'octobox.example.com');
    assert.equal(relyingPartyOf('http://localhost:8421')?.origin, 'http://localhost:8421');
    for (const none of ['http://127.0.0.1:8421', 'http://[::1]:8421', 'nothing']) {
      assert.equal(relyingPartyOf(none), undefined);
    }
  });
});

onEachDatabase((databases) => {
  describe('a passkey', () => {
    let chrome: Browser;
    before(async () => {
      chrome = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });
    });
    after(() => chrome.close());

    it('is made, signs in alone, proves who it is, and is removed', async () => {
      await using s = await consoleStage(databases);
      const { who } = await s.setUp();
      const url = s.url.replace('127.0.0.1', 'localhost');
      assert.match((await who.go('/account')).text, /bound to a name/);
      assert.doesNotMatch((await s.browser().go('/sign-in')).text, /<script|data-passkey/);

      const context = await chrome.newContext();
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      const refused: string[] = [];
      page.on('console', (message) => message.type() === 'error' && refused.push(message.text()));
      const cdp = await context.newCDPSession(page);
      await cdp.send('WebAuthn.enable');
      const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
        options: {
          ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true },
          ...{ isUserVerified: true, automaticPresenceSimulation: true },
        },
      });
      const unlocked = (isUserVerified: boolean) =>
        cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
      const signOut = () => page.getByRole('button', { name: 'Sign out', exact: true }).click();

      await page.goto(`${url}/sign-in`);
      await page.getByLabel('E-mail address').fill(ada.email);
      await page.getByLabel('Password').fill(password);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('button', { name: 'Add a passkey' }).click();
      await page.getByLabel('Name, to know it by').fill('<b>the blue stick');
      await page.getByRole('button', { name: 'Make the passkey' }).click();
      await page.getByText('<b>the blue stick', { exact: true }).waitFor();

      // The same authenticator again: the browser knows it, and nothing is sent.
      await page.getByRole('button', { name: 'Add a passkey' }).click();
      await page.getByLabel('Name, to know it by').fill('the same');
      await page.getByRole('button', { name: 'Make the passkey' }).click();
      await page.getByText('It did not work').waitFor();
      await page.goto(`${url}/account`);

      await signOut();
      const answers: string[] = [];
      page.on('request', (request) => {
        if (request.method() === 'POST') answers.push(request.postData() ?? '');
      });
      await unlocked(false);
      await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
      await page.getByText('It did not work').waitFor();
      assert.equal(answers.length, 0);
      await unlocked(true);
      await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
      await page.getByText('Where you are signed in').waitFor();

      const answer = answers.at(-1) ?? '';
      const send = (body: string, path = '/sign-in/passkey') =>
        fetch(`${url}${path}`, {
          ...{ method: 'POST', redirect: 'manual', body },
          headers: { origin: url, 'content-type': 'application/x-www-form-urlencoded' },
        });
      assert.equal((await send(answer)).status, 401, 'an answer is good once');
      for (const body of [
        '',
        'passkey-answer=%7B%7D',
        answer.replace(/id%22%3A%22./, 'id%22%3A%22_'),
        'passkey-answer=[',
      ]) {
        assert.equal((await send(body)).status, 401);
      }

      s.clock.advance(16 * 60_000);
      await page.getByRole('button', { name: 'Add a passkey' }).click();
      await page.getByRole('button', { name: 'Show a passkey' }).click();
      await page.getByLabel('Name, to know it by').waitFor();
      // What proved somebody does not sign in.
      const proof = new URLSearchParams(answers.at(-1)).get('proof-passkey') ?? '';
      assert.match(proof, /clientDataJSON/);
      assert.equal((await send(String(new URLSearchParams({ 'passkey-answer': proof })))).status, 401);
      assert.deepEqual(
        refused.filter((text) => /Content.Security|script/i.test(text)),
        [],
      );

      await page.goto(`${url}/account`);
      await page.getByRole('button', { name: 'Remove <b>the blue stick' }).click();
      await page.getByText('the blue stick').waitFor({ state: 'detached' });
      await signOut();
      await page.getByLabel('Password').waitFor();
      assert.equal(await page.getByRole('button', { name: 'Sign in with a passkey' }).count(), 0);
      const actions = (await s.actions()).filter((action) => /passkey|proof/.test(action));
      assert.deepEqual(actions, [
        'passkey.added',
        'passkey.used',
        'passkey.used',
        'proof.given',
        'passkey.removed',
      ]);
    });
  });
});
