/** Forgetting snapshots of a source by rules, in the console. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Browser, chromium } from 'playwright-core';
import { apiStage, owner } from './api/api-stage.ts';
import { chromiumFlags, phoneAtNight, serious, signedIn } from './testing/console-browser.ts';
import { onEachDatabase } from './testing/temporary-database.ts';

let browser: Browser;
before(async () => {
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: chromiumFlags });
});
after(() => browser?.close());

onEachDatabase((databases) => {
  describe('the console, forgetting by rules', { timeout: 240_000 }, () => {
    it('shows what would go and why the others stay, and forgets exactly that', async () => {
      await using s = await apiStage(databases);
      const { id: serviceId } = await s.platform.catalog.addService({ name: 'Shop', criticality: 'high' });
      const add = { serviceId, kind: 'files', name: 'pictures', location: s.site } as const;
      const source = await s.platform.catalog.addSource(add);
      const taken: string[] = [];
      for (let n = 0; n < 4; n++) {
        await writeFile(join(s.site, 'index.html'), `<h1>${n}</h1>`);
        taken.push((await s.platform.runNow.backup(source.id)).snapshotId ?? '');
      }
      const context = await signedIn(browser, s, phoneAtNight);
      const page = await context.newPage();

      await page.goto(`${s.url}/app/sources/${source.id}`);
      await page.getByRole('link', { name: 'forget by rules' }).press('Enter');
      await page.getByText('Say what is kept').waitFor();
      await page.getByRole('button', { name: 'Show what would go' }).press('Enter');
      await page.getByText('Say of at least one how many are kept.').waitFor();
      assert.deepEqual(await serious(page), []);
      await page.getByLabel('The last').fill('9');
      await page.keyboard.press('Enter');
      await page.getByText('Nothing would go. 4 snapshots would stay.').waitFor();
      assert.equal(await page.getByRole('button', { name: /^Forget/ }).count(), 0);
      await page.getByLabel('The last').fill('2');
      await page.keyboard.press('Enter');
      await page.getByText('1 snapshot would go. 3 snapshots would stay.').waitFor();
      await page.getByText('something rests on it').waitFor();
      assert.match(page.url(), /\?keepLast=2$/);
      assert.deepEqual(await serious(page), []);

      await s.prove(new Date(0));
      await page.getByRole('button', { name: 'Forget 1 snapshot …' }).press('Enter');
      await page.getByText('nothing of it can be restored from here', { exact: false }).waitFor();
      assert.deepEqual(await serious(page), []);
      await page.getByRole('button', { name: 'Forget 1 snapshot', exact: true }).press('Enter');
      await page.getByLabel('Password', { exact: true }).fill(owner.password);
      await page.keyboard.press('Enter');
      await page.getByText('Forgetting of snapshots').waitFor();
      const [job] = await s.platform.jobs.list({ kind: 'forget' });
      assert.ok(job);
      assert.deepEqual((await s.platform.jobs.finish(job.id)).result, { forgotten: 1 });
      const repository = await s.platform.repository.open();
      const left = (await Array.fromAsync(repository.snapshots())).map(({ id }) => id);
      await repository.close();
      assert.deepEqual(left.sort(), taken.slice(1).sort());
      await context.close();
    });
  });
});
