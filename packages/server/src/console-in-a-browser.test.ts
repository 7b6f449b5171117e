import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { type Browser, chromium } from 'playwright-core';
import { apiStage } from './api/api-stage.ts';
import { bundleFolder, readBundle } from './console/index.ts';
import { chromiumFlags, serious } from './testing/console-browser.ts';
import { unsealed } from './testing/sealed-rows.ts';
import { type DatabaseMaker, postgresqlMaker, sqliteMaker } from './testing/temporary-database.ts';

const mostScript = 300_000;

let browser: Browser;
before(async () => {
  assert.ok(await readBundle(bundleFolder), 'the console was not built: `./octobox test` does it');
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: chromiumFlags });
});
after(() => browser?.close());

type Stage = Awaited<ReturnType<typeof apiStage>>;

/** A platform with its API on that database, for all tests of the suite, and pages that the owner opens. */
function stageOn(databases: DatabaseMaker) {
  let stage: Stage;
  const complaints: string[] = [];
  before(async () => {
    stage = await apiStage(databases);
  });
  after(() => stage?.[Symbol.asyncDispose]());
  const open = async (options: Parameters<Browser['newContext']>[0] & { signedIn?: boolean } = {}) => {
    const { signedIn = true, ...rest } = options;
    const context = await browser.newContext(rest);
    const [name = '', value = ''] = stage.cookie().split(/=(.*)/s);
    if (signedIn) await context.addCookies([{ name, value, url: stage.url }]);
    const page = await context.newPage();
    page.on('console', (message) => {
      // A refusal of the API is shown on the page.
      if (message.type() === 'error' && !/status of (403|412|422)|INTERNET_DISCONNECTED/.test(message.text()))
        complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    return page;
  };
  return {
    complaints,
    open,
    get stage() {
      return stage;
    },
  };
}

/** What is done most, which changes something in the database. */
function mainPaths(on: ReturnType<typeof stageOn>): void {
  it('adds a service and a source after showing the plan, backs it up, and removes it', async () => {
    const page = await on.open();
    await page.goto(`${on.stage.url}/app`);
    await page.getByText('Begin with').waitFor();
    assert.deepEqual(await serious(page), []);
    await page.goto(`${on.stage.url}/app/services`);
    await page.getByRole('button', { name: 'Add a service' }).click();
    const gap = `document.querySelector('.mantine-Modal-body > *').getBoundingClientRect().top
      - document.querySelector('.mantine-Modal-header').getBoundingClientRect().bottom`;
    assert.ok(Number(await page.evaluate(gap)) >= 8, 'the first line sticks to the title');
    await page.getByLabel('Name').fill('Webshop');
    await page.getByLabel('Back within').fill('soon');
    await page.getByRole('button', { name: 'Add it' }).click();
    await page.getByText('Write a time such as 15m').waitFor();
    // What was typed outlives the page.
    await page.reload();
    await page.getByRole('button', { name: 'Add a service' }).click();
    assert.equal(await page.getByLabel('Name').inputValue(), 'Webshop');
    const drafts = await page.evaluate(`Object.keys(localStorage).filter((key) => key.includes('draft'))`);
    const { user_id } = await on.stage.database.read
      .selectFrom('members')
      .select('user_id')
      .executeTakeFirstOrThrow();
    assert.deepEqual(drafts, [`octobox draft ${user_id} new service`], 'of whoever typed it');
    await page.getByLabel('Back within').fill('45m');
    // The server is away when it is sent: it is sent when the server is back.
    await page.context().setOffline(true);
    await page.getByRole('button', { name: 'Add it' }).click();
    await page.getByText('Octobox does not answer. This is sent').waitFor();
    await page.context().setOffline(false);
    await page.getByRole('heading', { level: 1, name: 'Webshop' }).waitFor();
    await page.getByText('45 min', { exact: true }).waitFor();

    await page.getByRole('button', { name: 'Add a source' }).click();
    await page.getByLabel('Name').fill('pictures');
    await page.getByLabel('Folder on the machine').fill('/nowhere/at/all');
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByText('Backups every 6h').waitFor();
    assert.deepEqual(await serious(page), []);
    await page.getByRole('button', { name: 'Protect it' }).click();
    await page.getByRole('alert').getByText('source.', { exact: false }).first().waitFor();
    await page.getByRole('button', { name: 'Do nothing' }).click();
    await page.getByLabel('Folder on the machine').fill(on.stage.site);
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByText('Backups every 6h').waitFor();
    assert.equal(await page.getByRole('alert').count(), 0, 'what was wrong with the plan before');
    await page.getByRole('button', { name: 'Protect it' }).click();
    await page.getByRole('heading', { level: 1, name: 'pictures' }).waitFor();
    assert.deepEqual(await serious(page), []);

    await page.getByRole('button', { name: 'Back up now' }).click();
    await page.getByRole('list', { name: 'Under way' }).getByText('Backup of pictures').waitFor();
    on.stage.platform.jobs.start();
    await page.getByRole('list', { name: 'Under way' }).getByText('Succeeded').waitFor();
    await page
      .getByRole('row', { name: /Succeeded.*manual/ })
      .getByRole('link')
      .click();
    await page.getByRole('heading', { level: 1, name: 'Backup of pictures' }).waitFor();
    await page.getByRole('log').waitFor();
    assert.deepEqual(await serious(page), []);

    await page.getByRole('link', { name: 'pictures' }).click();
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('The data of the source: nothing of it is touched').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Remove' }).click();
    await on.stage.prove(new Date(0));
    await page.getByRole('button', { name: 'End its protection' }).click();
    await page.getByLabel('Password', { exact: true }).fill('three owls & a canary-77');
    assert.deepEqual(await serious(page), []);
    await page.keyboard.press('Enter');
    await page.getByText('pictures is protected no more.').waitFor();
    await page.getByText('Nothing of this service is protected yet').waitFor();
    await page.context().close();
  });

  it('keeps a secret, opens it for who shows once more who it is, and keeps it nowhere', async () => {
    const { stage } = on;
    await stage.prove(new Date(0));
    const page = await on.open();
    await page.goto(`${stage.url}/app/vault`);
    await page.getByRole('button', { name: 'Keep a secret' }).click();
    await page.getByLabel('Name').fill('Mail of Byron');
    await page.getByLabel('Secret', { exact: true }).fill('canary-in-the-console');
    await page.getByRole('button', { name: 'Seal it' }).click();
    await page.getByRole('heading', { level: 1, name: 'Mail of Byron' }).waitFor();
    await page.getByRole('button', { name: 'Open it' }).click();
    await page.getByLabel('Password', { exact: true }).fill('three owls & a canary-77');
    await page.keyboard.press('Enter');
    await page.getByText('canary-in-the-console').waitFor();
    await page.getByRole('cell', { name: 'being its owner' }).waitFor();
    assert.deepEqual(await serious(page), []);
    await page.getByRole('link', { name: 'Vault' }).click();
    await page.getByText('Opened without a grant: 0').waitFor();
    assert.deepEqual(await serious(page), []);
    await page.goBack();
    await page.getByRole('button', { name: 'Open it' }).waitFor();
    const kept = await page.evaluate(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.body.innerHTML])',
    );
    assert.doesNotMatch(String(kept), /canary-in/);
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('button', { name: 'Remove it' }).click();
    await page.getByText('Nothing is kept yet').waitFor();

    await on.stage.addColleague();
    const { json } = await on.stage.ask('POST', '/vault/entries', {
      inPerson: true,
      body: { name: 'Web of Byron', kind: 'web-login', secret: 'canary-for-ben' },
    });
    await page.goto(`${on.stage.url}/app/vault/${json.id}`);
    await page.getByRole('button', { name: 'Give away' }).click();
    await page.getByLabel('New owner').selectOption('ben');
    await page.getByLabel('Reason').fill('Byron is his from now on');
    await page.reload();
    await page.getByRole('button', { name: 'Give away' }).click();
    assert.equal(await page.getByLabel('Reason').inputValue(), 'Byron is his from now on');
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByText('Your own right to open it').waitFor();
    assert.deepEqual(await serious(page), []);
    await page.getByRole('button', { name: 'Give it away' }).click();
    await page.getByText('Sealed. Its owner can share it').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Give away' }).count(), 0);
    await on.stage.database.change(async (t) => {
      await t.deleteFrom('members').where('user_id', '=', 'ben').execute();
      await t.deleteFrom('users').where('id', '=', 'ben').execute();
    });
    await page.reload();
    await page.getByText('kept by an account that is gone').waitFor();
    await page.getByText('Sealed. Its owner is gone: an owner of the organisation can give it').waitFor();
    await page.getByRole('button', { name: 'Give away' }).waitFor();
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('button', { name: 'Remove it' }).click();
    await page.getByText('Nothing is kept yet').waitFor();
    await page.context().close();
  });

  it('invites, gives another role and removes, each after showing what it does', async () => {
    const { stage } = on;
    await stage.prove();
    const page = await on.open();
    await page.goto(`${stage.url}/app/members`);
    await page.getByText('The last owner stays one').waitFor();
    await page.getByRole('button', { name: 'Invite somebody' }).click();
    await page.locator('input[type=email]:focus').waitFor();
    await page.getByLabel('E-mail address').fill('bob@example.com');
    await page.getByRole('radio', { name: 'Outside administrator' }).check();
    await page.getByRole('button', { name: 'Invite', exact: true }).click();
    await page.getByText('Say until which day.').waitFor();
    await page.getByText('After it nothing is seen').waitFor();
    assert.deepEqual(await serious(page), []);
    await page.getByRole('radio', { name: 'Auditor' }).check();
    await page.getByRole('button', { name: 'Invite', exact: true }).click();
    const link = page.getByRole('dialog', { name: 'Send this link' }).getByText('/invitation/');
    const path = new URL((await link.textContent()) ?? '').pathname;
    await page.getByRole('button', { name: 'I have sent it' }).click();
    await page.getByRole('button', { name: 'New link for bob@example.com', exact: true }).click();
    await page.getByRole('button', { name: 'Make it' }).click();
    const { pathname } = new URL((await link.textContent()) ?? '');
    assert.notEqual(pathname, path);
    await page.getByRole('button', { name: 'I have sent it' }).click();
    const form = new URLSearchParams({ name: 'Bob', password: 'four lamps in a harbour' });
    const joined = await fetch(stage.url + pathname, {
      ...{ method: 'POST', redirect: 'manual', body: form, headers: { origin: stage.url } },
    });
    assert.equal(joined.status, 303);
    await page.reload();
    const row = page.getByRole('row', { name: /Bob/ });
    await row.getByRole('button', { name: 'Role of Bob', exact: true }).click();
    await page.getByRole('radio', { name: 'Viewer' }).check();
    // What was chosen outlives the page.
    await page.reload();
    await row.getByRole('button', { name: 'Role of Bob', exact: true }).click();
    assert.ok(await page.getByRole('radio', { name: 'Viewer' }).isChecked());
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByText('From Auditor to Viewer').waitFor();
    // Who left it goes on where it was begun, without a mouse, too.
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Show the plan' }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('button:focus[aria-label="Role of Bob"]').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByText('From Auditor to Viewer').waitFor();
    // Another owner was faster: nothing is written over.
    const { json } = await stage.ask('GET', '/members', { inPerson: true });
    const { id } = (json.items as { id: string; name: string }[]).find(({ name }) => name === 'Bob') ?? {};
    const faster = { inPerson: true, body: { role: 'operator' }, headers: { 'if-match': '*' } };
    assert.equal((await stage.ask('PATCH', `/members/${id}`, faster)).status, 204);
    await page.getByRole('button', { name: 'Change it' }).click();
    await page.getByText('Somebody else changed it meanwhile').waitFor();
    await page.getByText('From Operator to Viewer').waitFor();
    await page.getByRole('button', { name: 'Change it' }).click();
    await row.getByText('Viewer').waitFor();
    await stage.prove(new Date(0));
    await row.getByRole('button', { name: 'Remove Bob', exact: true }).click();
    await page.getByText('1 session').waitFor();
    await page.getByRole('button', { name: 'Remove for good' }).click();
    await page.getByLabel('Password', { exact: true }).fill('three owls & a canary-77');
    await page.keyboard.press('Enter');
    await page.getByText('Bob is a member no more.').waitFor();
    await page.getByText('Nobody is invited').waitFor();
    assert.deepEqual(await serious(page), []);
    await page.context().close();
  });
}

describe('the console in a browser', () => {
  const on = stageOn(sqliteMaker());
  it('asks who is not signed in to be, and goes on to where that person was about to go', async () => {
    const page = await on.open({ signedIn: false });
    await page.goto(`${on.stage.url}/app/services?x=1`);
    assert.equal(new URL(page.url()).pathname, '/sign-in');
    await page.fill('#email', 'ada@example.com');
    await page.fill('#password', 'three owls & a canary-77');
    await page.click('button');
    await page.waitForURL(`${on.stage.url}/app/services?x=1`);
    assert.equal(await page.getByText('Your session is over').count(), 0);
    await page.goto(`${on.stage.url}/sign-in?to=${encodeURIComponent('//evil.example/app')}`);
    assert.equal(page.url(), `${on.stage.url}/app`);
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await page.getByRole('button', { name: /Ada.*Owner/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.waitForURL(`${on.stage.url}/sign-in`);
    await page.context().close();
  });

  it('says that a session ended in the middle of a form, of which nothing is lost', async () => {
    const page = await on.open();
    await page.goto(`${on.stage.url}/app/services`);
    await page.getByRole('button', { name: 'Add a service' }).click();
    await page.getByLabel('Name').fill('Half a shop');
    await page.context().clearCookies();
    await page.getByRole('button', { name: 'Add it' }).click();
    await page.getByText('Your session is over').waitFor();
    await page.getByText('What you typed is kept in this browser').waitFor();
    assert.deepEqual(await serious(page), []);
    await page.fill('#email', 'ada@example.com');
    await page.fill('#password', 'three owls & a canary-77');
    await page.click('button');
    await page.waitForURL(`${on.stage.url}/app/services`);
    await page.getByRole('button', { name: 'Add a service' }).click();
    assert.equal(await page.getByLabel('Name').inputValue(), 'Half a shop');
    on.complaints.splice(0);
    await page.context().close();
  });

  mainPaths(on);

  it('looks into a snapshot, and hands out a file of it to who shows once more who it is', async () => {
    const { catalog } = on.stage.platform;
    const { id: serviceId } = await catalog.addService({ name: 'Archive', criticality: 'low' });
    const { id } = await catalog.addSource({
      ...{ serviceId, kind: 'files', name: 'papers', location: on.stage.site },
    });
    await on.stage.platform.runNow.backup(id);
    await on.stage.prove(new Date(0));
    const page = await on.open({ viewport: { width: 390, height: 844 } });
    await page.goto(`${on.stage.url}/app/runs`);
    await page
      .getByRole('row', { name: /papers/ })
      .getByRole('link')
      .first()
      .click();
    await page.getByRole('link', { name: 'Its files' }).click();
    await page.getByLabel('Look for a name').fill('*.HTML');
    await page.keyboard.press('Enter');
    await page.getByText('1 found').waitFor();
    assert.deepEqual(await serious(page), []);
    await page.getByRole('link', { name: /^in .*site$/ }).click();
    await page.getByRole('table').press('End');
    await page.locator(':focus', { hasText: /^index\.html$/ }).waitFor();
    await page.getByRole('button', { name: 'Download index.html' }).click();
    await page.getByLabel('Password', { exact: true }).fill('a wrong one');
    await page.keyboard.press('Enter');
    await page.getByText('This is not the password').waitFor();
    assert.deepEqual(await serious(page), []);
    await page.getByLabel('Password', { exact: true }).fill('three owls & a canary-77');
    const [file] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
    assert.equal(await readFile(await file.path(), 'utf8'), '<h1>A shop</h1>');

    await page.goto(`${on.stage.url}/app/restore?source=${id}`);
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByText('What it holds now is not kept').waitFor();
    await page.getByText('What is there and is not in the snapshot').waitFor();
    assert.deepEqual(await serious(page), []);
    await page.context().close();
    await catalog.removeService(serviceId);
  });

  it('shows what needs attention and how each service is protected, for everybody', async () => {
    for (const options of [
      { viewport: { width: 1280, height: 900 }, colorScheme: 'light' },
      { viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
    ] as const) {
      const page = await on.open(options);
      await page.goto(`${on.stage.url}/app`);
      await page.getByRole('heading', { level: 2 }).first().waitFor();
      assert.deepEqual(await serious(page), []);
      assert.equal(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), 0);
      const loaded = await page.evaluate(() =>
        (performance.getEntriesByType('resource') as PerformanceResourceTiming[])
          .filter(({ name }) => name.endsWith('.js'))
          .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
      );
      assert.ok(loaded > 0 && loaded < mostScript, `${loaded} bytes of script`);
      for (const name of options.viewport.width > 1_000
        ? []
        : ['Incidents', 'Promises', 'Snapshots', 'Schedules', 'Jobs']) {
        // Beside the screen nothing takes the focus.
        assert.equal(await page.getByRole('link', { name }).count(), 0);
        const opening = page.getByRole('button', { name: 'Open the navigation' });
        await opening.click();
        await page.getByRole('link', { name }).focus();
        await page.keyboard.press('Escape');
        assert.equal(await page.evaluate('document.activeElement.ariaLabel'), 'Open the navigation');
        await opening.click();
        await page.getByRole('link', { name }).click();
        await page.getByRole('heading', { level: 1, name }).waitFor();
        // What reads screens is told that one is elsewhere now.
        assert.equal(await page.evaluate('document.activeElement.tagName'), 'H1', name);
        assert.deepEqual(await serious(page), [], name);
        assert.equal(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), 0, name);
      }
      await page.context().close();
    }
    assert.deepEqual(on.complaints, []);
  });

  it('loads itself anew when its parts are of an older console, and not when the server is away', async () => {
    const page = await on.open();
    await page.goto(`${on.stage.url}/app`, { waitUntil: 'networkidle' });
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    const go = (name: string) => page.getByRole('navigation').getByRole('link', { name }).click();
    await page.evaluate('globalThis.isThisPage = true');
    await page.context().setOffline(true);
    await go('Schedules');
    await page.getByText('This screen could not be fetched').waitFor();
    await page.getByText('Is the server running').waitFor();
    assert.deepEqual(await serious(page), []);
    await page.context().setOffline(false);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { level: 1, name: 'Schedules' }).waitFor();
    assert.equal(await page.evaluate('globalThis.isThisPage'), true);

    // Both a script and a style sheet are missing at times.
    for (const [name, file] of [
      ['Settings', /settings-.*\.js$/],
      ['Repositories', /repositories-.*\.css$/],
    ] as const) {
      await page.evaluate(
        "document.querySelector('script[src]').setAttribute('src', '/app/assets/index-older.js')",
      );
      await page.route(file, (route) => route.fulfill({ status: 404 }), { times: 1 });
      await Promise.all([page.waitForEvent('load'), go(name)]);
      await page.getByRole('heading', { level: 1, name }).waitFor();
    }
    on.complaints.splice(0);
    await page.context().close();
  });

  it('keeps in the address what the audit log is narrowed to, for a reload and for others', async () => {
    const page = await on.open();
    await page.goto(`${on.stage.url}/app/audit`);
    await page.getByRole('link', { name: 'All as CSV' }).waitFor();
    await page.getByLabel('What was done').fill('organisation');
    await page.getByLabel('Search').fill(' zebra ');
    await page.getByText('No entry is like that').waitFor();
    await page.getByLabel('Search').fill('Engines');
    await page.waitForURL(`${on.stage.url}/app/audit?search=Engines&kind=organisation`);
    await page.reload();
    await page.getByText('organisation.set-up').waitFor();
    assert.equal(await page.getByLabel('Search').inputValue(), 'Engines');
    const csv = page.getByRole('link', { name: 'These as CSV' });
    assert.equal(await csv.getAttribute('href'), '/audit.csv?search=Engines&kind=organisation');
    await page.goto(`${on.stage.url}/app/audit?search=12&from=2026-01-01&other=1`);
    assert.equal(await page.getByLabel('Search').inputValue(), '12');
    assert.equal(await page.getByLabel('From').inputValue(), '2026-01-01');
    // The same screen once more, with all of it.
    await page.getByRole('navigation').getByRole('link', { name: 'Audit log' }).click();
    await page.getByRole('link', { name: 'All as CSV' }).waitFor();
    assert.equal(await page.getByLabel('Search').inputValue(), '');
    await page.context().close();
  });

  it('knows all sources, however many, and holds each against its own objective', async () => {
    const { catalog } = on.stage.platform;
    const { id: serviceId } = await catalog.addService({ name: 'Many', criticality: 'critical' });
    const bare = await catalog.addService({ name: 'Bare', criticality: 'low' });
    // Backed up three hours ago: too long for its service, and not for itself.
    const slow = await catalog.addService({ name: 'Slow', criticality: 'critical' });
    const own = {
      serviceId: slow.id,
      kind: 'files',
      name: 'Slow',
      location: '/srv',
      rpoSeconds: 21_600,
    } as const;
    const { id: source_id } = await catalog.addSource(own);
    const at = new Date(Date.now() - 3 * 3_600_000).toISOString();
    const good = {
      source_id,
      job_id: 1,
      state: 'succeeded',
      reason: 'manual',
      snapshot_id: 'a'.repeat(64),
    } as const;
    const run = {
      ...good,
      started_at: at,
      finished_at: at,
      recovery_point_at: at,
      warnings: '[]',
      suspect: 0,
    };
    await on.stage.database.change((t) => t.insertInto('runs').values(run).execute());
    await catalog.change({}, async (change) => {
      for (let at = 0; at < 205; at++)
        await change.addSource({ serviceId, kind: 'files', name: `Many ${at}`, location: `/srv/${at}` });
    });
    const page = await on.open();
    await page.goto(`${on.stage.url}/app`);
    await page.getByText('Bare: nothing of it is protected').waitFor();
    const card = page
      .getByRole('listitem')
      .filter({ has: page.getByRole('link', { name: 'Slow', exact: true }) });
    await card.getByText('3 h of 6 h RPO').waitFor();
    await catalog.addSource({ ...own, name: 'Asked for', drillSchedule: null });
    await catalog.addSource({ ...own, name: 'Nightly', drillSchedule: '0 3 * * * Europe/Berlin' });
    await page.goto(`${on.stage.url}/app/schedules`);
    await page.getByRole('link', { name: 'Many 204', exact: true }).waitFor();
    const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'Nightly' }) });
    await row.locator('[data-column="Next rehearsal"] time').waitFor();
    // What comes next stands first, before what has no schedule.
    await page.getByRole('row').nth(1).locator('time').first().waitFor();
    assert.equal(await row.locator('[data-column="Next backup"]').textContent(), '');
    await page.goto(`${on.stage.url}/app/restore`);
    await page.getByLabel('Source').selectOption({ label: 'Many 204' });
    await catalog.removeService(serviceId);
    await catalog.removeService(bare.id);
    await catalog.removeService(slow.id);
    await page.context().close();
  });

  it('shows a role what it may see, and says which role may see the rest', async () => {
    await on.stage.become({ role: 'viewer' });
    const page = await on.open();
    await page.goto(`${on.stage.url}/app/snapshots`);
    await page.getByRole('alert').getByText('Owner or Operator may.', { exact: false }).waitFor();
    await page.getByRole('button', { name: /Ada.*Viewer/ }).waitFor();
    const names = await page.getByRole('navigation').getByRole('link').allTextContents();
    assert.deepEqual(
      ['Overview', 'Services', 'Snapshots', 'Schedules', 'Members'].filter((name) => names.includes(name)),
      ['Overview', 'Services'],
    );
    await page.goto(`${on.stage.url}/app/audit`);
    await page.getByRole('alert').getByText('Auditor may.', { exact: false }).waitFor();
    assert.equal(await page.getByRole('link', { name: /as (CSV|JSON)/ }).count(), 0);
    assert.equal(await page.getByLabel('Search').count(), 0);
    await page.goto(`${on.stage.url}/app/restore`);
    await page.getByText('Owner or Operator may do it').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Show the plan' }).count(), 0);
    for (const what of ['drills', 'incidents']) {
      await page.goto(`${on.stage.url}/app/${what}/abc`);
      await page.getByRole('heading', { level: 1, name: 'There is nothing here' }).waitFor();
    }
    // Where a link in a sentence was told from it by colour alone.
    await page.emulateMedia({ colorScheme: 'dark' });
    assert.deepEqual(await serious(page), []);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.goto(`${on.stage.url}/api/v1/reference`);
    await page.getByRole('link', { name: 'Back to the console' }).click();
    await page.getByRole('link', { name: 'Services' }).click();
    await page.getByRole('heading', { level: 1, name: 'Services' }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Add a service' }).count(), 0);
    await page.context().close();
  });

  it('asks nothing about the whole vault for who sees some services alone', async () => {
    const { id: service_id } = await on.stage.platform.catalog.addService({
      name: 'Theirs',
      criticality: 'normal',
    });
    await on.stage.become({
      role: 'outside-administrator',
      until: new Date(Date.now() + 86_400_000).toISOString(),
    });
    await on.stage.rewrite(async (transaction) => {
      const { user_id } = await transaction.selectFrom('members').select('user_id').executeTakeFirstOrThrow();
      await transaction
        .insertInto('member_services')
        .values({ user_id, service_id, ...unsealed })
        .execute();
    });
    const page = await on.open();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(`${on.stage.url}/app/vault`, { waitUntil: 'networkidle' });
    await page.getByText('Nothing is kept yet').waitFor();
    assert.ok(asked.includes('/api/v1/vault/entries'), asked.join());
    assert.ok(!asked.includes('/api/v1/vault/evidence'));
    assert.equal(await page.getByRole('alert').count(), 0);

    await page.getByRole('navigation').getByRole('link', { name: 'Jobs' }).click();
    await page.getByText('Your role does not include this list').waitFor();
    await page.getByRole('main').getByRole('link', { name: 'Backups and drills' }).click();
    await page.getByText('There is no backup yet').waitFor();

    await on.stage.become({ until: new Date(Date.now() - 60_000).toISOString() });
    await page.getByRole('navigation').getByRole('link', { name: 'Services' }).click();
    await page.getByRole('heading', { level: 1, name: 'Your time here is over' }).waitFor();
    await page.getByText('An owner of the organisation can prolong it').waitFor();
    assert.deepEqual(await serious(page), []);
    await page.goto(`${on.stage.url}/app/account`);
    await page.getByRole('heading', { level: 1, name: 'Your account' }).waitFor();
    await page.context().close();
  });
});

describe('the console in a browser, on PostgreSQL', () => {
  const on = stageOn(postgresqlMaker());
  mainPaths(on);

  it('complained of nothing', () => assert.deepEqual(on.complaints, []));
});
