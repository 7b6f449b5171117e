import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, it } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { apiStage, owner } from './api/api-stage.ts';
import { bundleFolder, readBundle } from './console/index.ts';
import { chromiumFlags, serious } from './testing/console-browser.ts';
import { appCode } from './testing/temporary-authenticator-app.ts';
import { onEachDatabase } from './testing/temporary-database.ts';

let browser: Browser;
before(async () => {
  assert.ok(await readBundle(bundleFolder), 'the console was not built: `./octobox test` does it');
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: chromiumFlags });
});
after(() => browser?.close());

onEachDatabase((databases) => {
  let stage: Awaited<ReturnType<typeof apiStage>>;
  before(async () => {
    stage = await apiStage(databases);
  });
  after(() => stage?.[Symbol.asyncDispose]());
  // A screen is the same on both: it is looked at once.
  const barriers = async (page: Page) => (databases.kind === 'sqlite' ? await serious(page) : []);

  /** On the screen, with an authenticator in the machine that somebody unlocks. */
  const open = async (options: Parameters<Browser['newContext']>[0]) => {
    const url = stage.url.replace('127.0.0.1', 'localhost');
    const context = await browser.newContext(options);
    const [name = '', value = ''] = stage.cookie().split(/=(.*)/s);
    await context.addCookies([{ name, value, url }]);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' && !/status of (403|422)/.test(message.text()))
        complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    const cdp = await context.newCDPSession(page);
    await cdp.send('WebAuthn.enable');
    await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true },
        ...{ isUserVerified: true, automaticPresenceSimulation: true },
      },
    });
    await page.goto(`${url}/app`);
    await page.getByRole('button', { name: 'Your account' }).click();
    await page.getByRole('menuitem', { name: 'Your account' }).click();
    await page.getByRole('heading', { level: 1, name: 'Your account' }).waitFor();
    return { page, complaints };
  };
  const press = (page: Page) => (name: string) => page.getByRole('button', { name, exact: true }).click();

  it('takes a passkey, which then shows who asks, and another name for it', async () => {
    await stage.prove(new Date(0));
    const { page, complaints } = await open({ viewport: { width: 1280, height: 900 } });
    const click = press(page);
    await page.getByText('You have no passkey yet').waitFor();
    assert.deepEqual(await barriers(page), []);
    await click('Add a passkey');
    await click('Make the passkey');
    await page.getByText('It needs a name.').waitFor();
    await page.getByLabel('Name, to know it by').fill('<b>stick');
    await page.keyboard.press('Enter');
    // Nobody showed a passkey before there was one.
    await page.getByRole('textbox', { name: 'Password', exact: true }).fill(owner.password);
    assert.equal(await page.getByRole('button', { name: 'Show a passkey' }).count(), 0);
    await page.keyboard.press('Enter');
    await page.getByRole('cell', { name: '<b>stick', exact: true }).waitFor();
    await click('Rename <b>stick');
    await page.getByLabel('Name, to know it by').fill('The blue stick');
    await page.keyboard.press('Enter');
    await page.getByRole('cell', { name: 'The blue stick', exact: true }).waitFor();
    await click('Add a passkey');
    await page.getByLabel('Name, to know it by').fill('the same again');
    await page.keyboard.press('Enter');
    await page.getByText('This device keeps one for your account already.').waitFor();
    await click('Give up');

    await stage.prove(new Date(0));
    await click('Remove The blue stick');
    await click('Remove it');
    await page.getByRole('button', { name: 'Show a passkey' }).waitFor();
    assert.deepEqual(await barriers(page), []);
    // The dialogue below, and what was typed there, stays.
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Show a passkey' }).waitFor({ state: 'detached' });
    await click('Remove it');
    await click('Show a passkey');
    await page.getByText('You have no passkey yet').waitFor();
    const actions = (await stage.ask('GET', '/audit-entries?search=passkey', { key: stage.key })).json.items;
    assert.deepEqual(actions.map(({ action }: { action: string }) => action).reverse(), [
      'passkey.added',
      'passkey.renamed',
      'passkey.used',
      'proof.given',
      'passkey.removed',
    ]);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it('sets up an app by its QR code, shows recovery codes and keys once, and ends sessions', async () => {
    await stage.prove();
    // From another browser, for the list of sessions.
    await stage.page('/sign-in', [
      ['email', owner.email],
      ['password', owner.password],
    ]);
    await stage.prove();
    const { page, complaints } = await open({
      ...{ viewport: { width: 390, height: 844 }, colorScheme: 'dark', acceptDownloads: true },
    });
    const click = press(page);
    await click('Make a key');
    await click('Make the key');
    await page.getByText('Choose at least one permission.').waitFor();
    await page.getByLabel('What it is for').fill('Reports');
    await page.getByLabel('Last day').fill(new Date().toISOString().slice(0, 10));
    await page.getByLabel('runs.read').check();
    assert.deepEqual(await barriers(page), []);
    await click('Make the key');
    const key = (await page.getByText(/^octobox_[\w-]{43}$/).textContent()) ?? '';
    assert.equal((await stage.ask('GET', '/runs', { key })).status, 200);
    await page.keyboard.press('Escape');
    assert.deepEqual(await barriers(page), []);
    await click('I have kept it');
    await page.getByRole('row', { name: /Reports/ }).waitFor();
    assert.ok(!(await page.content()).includes(key));

    await click('Set up a second factor');
    await page.getByRole('img', { name: /QR code/ }).waitFor();
    assert.deepEqual(await barriers(page), []);
    const secret = (await page.getByText(/^([A-Z2-7]{4} ?){8}$/).textContent()) ?? '';
    await page.getByLabel('Code of your app').fill('000000');
    await page.keyboard.press('Enter');
    await page.getByText('This code is not right').waitFor();
    await page.getByLabel('Code of your app').fill(appCode(secret, new Date()));
    await page.keyboard.press('Enter');
    const codes = page.getByRole('list', { name: 'Recovery codes' });
    await codes.waitFor();
    const [file] = await Promise.all([page.waitForEvent('download'), click('Download')]);
    const kept = (await readFile(await file.path(), 'utf8')).trim().split('\n');
    assert.deepEqual([kept.length, kept[0]], [10, await codes.getByRole('listitem').first().textContent()]);
    assert.deepEqual(await barriers(page), []);
    await click('I have kept it');
    await page.getByText('10 of 10 recovery codes are left').waitFor();

    await page.getByLabel('Present password').fill('a wrong one');
    await page.getByLabel('New password').fill('two owls & a heron');
    await page.keyboard.press('Enter');
    await page.getByText('this is not the present password').waitFor();
    await page.getByLabel('Present password').fill(owner.password);
    await page.keyboard.press('Enter');
    await page.getByText('You are signed out everywhere else.').first().waitFor();
    // The new session has shown nothing yet: a recovery code is as good as the app.
    await click('Turn it off');
    await page.getByRole('dialog').getByLabel('Present password').fill('two owls & a heron');
    await page.keyboard.press('Enter');
    await click('Use a recovery code');
    // It is as old as the change of the password.
    assert.doesNotMatch((await page.getByRole('dialog').allTextContents()).join(), /a while ago/);
    await page.getByLabel('Recovery code').fill(kept[0] ?? '');
    await page.keyboard.press('Enter');
    await page.getByText('It is off').waitFor();
    assert.deepEqual(await barriers(page), []);
    assert.equal(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), 0);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });
});
