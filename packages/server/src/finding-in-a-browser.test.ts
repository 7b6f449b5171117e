/** Finding a file in all snapshots of a source, in the console. */
import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Browser, chromium } from 'playwright-core';
import { apiStage } from './api/api-stage.ts';
import { chromiumFlags, phoneAtNight, serious, signedIn } from './testing/console-browser.ts';
import { onEachDatabase } from './testing/temporary-database.ts';

let browser: Browser;
before(async () => {
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: chromiumFlags });
});
after(() => browser?.close());

onEachDatabase((databases) => {
  describe('the console, finding files', { timeout: 400_000 }, () => {
    it('finds a file in all snapshots: a path once, how it was in each, and the ways on from there', async () => {
      await using s = await apiStage(databases);
      const { id: serviceId } = await s.platform.catalog.addService({ name: 'Shop', criticality: 'high' });
      const add = { serviceId, kind: 'files', name: 'pictures', location: s.site } as const;
      const source = await s.platform.catalog.addSource(add);
      const at = (...names: string[]) => join(s.site, ...names);
      const backUp = async () => (await s.platform.runNow.backup(source.id)).snapshotId ?? '';
      await mkdir(at('docs'));
      await writeFile(at('docs', 'Invoice[1].pdf'), 'x'.repeat(1024));
      await writeFile(at('docs', 'lost-invoice.pdf'), 'x');
      await Promise.all(Array.from({ length: 400 }, (_, n) => writeFile(at('docs', `many-${n}`), '')));
      const first = await backUp();
      const second = await backUp();
      await writeFile(at('docs', 'Invoice[1].pdf'), 'x'.repeat(2048));
      await rm(at('docs', 'lost-invoice.pdf'));
      const third = await backUp();
      const context = await signedIn(browser, s, phoneAtNight);
      const page = await context.newPage();

      await page.goto(`${s.url}/app/snapshots`);
      await page.getByRole('link', { name: 'Find a file' }).press('Enter');
      await page.getByText('What can be looked for').waitFor();
      assert.deepEqual(await serious(page), []);
      await page.getByLabel('Name').press('Enter');
      await page.getByText('Say what it is called.').waitFor();
      await page.getByLabel('Name').fill('INVOICE');
      await page.getByLabel('Name').press('Enter');
      await page.getByText('2 names found, 5 times in all: all 3 snapshots looked through').first().waitFor();
      const list = page.getByRole('region', { name: 'What was found' });
      await list
        .getByRole('listitem')
        .filter({ hasText: 'lost-invoice' })
        .getByText('not in the newest')
        .waitFor();
      assert.deepEqual(await serious(page), []);

      // By the keyboard alone: to the first, and into it.
      await list.press('ArrowDown');
      await page.locator('[data-row="0"] [data-name]:focus').waitFor();
      await page.keyboard.press('Enter');
      await list.getByText('2.00 KiB').first().waitFor();
      await list.getByText('1.00 KiB').waitFor();
      assert.equal(await list.getByRole('listitem').count(), 4);
      assert.deepEqual(await serious(page), []);
      const choice = list.getByRole('combobox');
      assert.deepEqual(await choice.inputValue(), second);
      await choice.selectOption(first);
      const ways = list.getByRole('listitem').filter({ has: page.getByRole('combobox') });
      await s.prove();
      const downloading = page.waitForEvent('download');
      await ways.getByRole('button', { name: 'Download' }).press('Enter');
      const stream = await (await downloading).createReadStream();
      assert.equal(
        (await stream.toArray()).reduce((sum, piece) => sum + piece.length, 0),
        1024,
      );
      const linked = async (way: string) => {
        const href = await ways.getByRole('link', { name: way }).getAttribute('href');
        return decodeURIComponent(href ?? '');
      };
      assert.equal(
        await linked('Compare'),
        `/app/snapshots/${first}/differences?path=${at('docs')}&since=${third}`,
      );
      assert.equal(await linked('Restore'), `/app/restore?source=${source.id}&snapshot=${first}`);
      // The address is all that it takes.
      await page.reload();
      await list.getByText('1.00 KiB').waitFor();
      await ways.getByRole('link', { name: /^Folder/ }).press('Enter');
      await page.getByText('Files in a snapshot').first().waitFor();

      // From a file of one snapshot to the same in all of them, whatever signs its name has.
      await page.getByRole('link', { name: 'Invoice[1].pdf in other snapshots' }).press('Enter');
      await page.getByText('1 name found, 3 times in all: all 3 snapshots looked through').first().waitFor();
      await list.getByText('1.00 KiB').waitFor();

      // Of very many those in sight are on the page.
      await page.goto(`${s.url}/app/snapshots/find?source=pictures&search=many-*`);
      await page.getByText('400 names found, 1,200 times in all').first().waitFor();
      assert.ok((await list.getByRole('listitem').count()) < 60);

      await page.goto(`${s.url}/app/snapshots/find?source=pictures&search=nowhere`);
      await page.getByText('3 snapshots of pictures were looked through', { exact: false }).waitFor();
      assert.deepEqual(await serious(page), []);
      await page.goto(`${s.url}/app/snapshots/find?source=pictures&search=x&to=2020-01-01`);
      await page.getByText('No snapshot is of these days').waitFor();

      // What takes long is stopped, and goes on.
      let [held, asked] = [true, 0];
      await page.route('**/found-files?*', async (route) => {
        if (new URL(route.request().url()).searchParams.has('cursor')) {
          asked += 1;
          if (held) return;
        }
        const url = new URL(route.request().url());
        url.searchParams.set('limit', '2');
        await route.continue({ url: String(url) });
      });
      await page.goto(`${s.url}/app/snapshots/find?source=pictures&search=invoice`);
      await page
        .getByText('2 names found', { exact: false })
        .or(page.getByText('1 name found', { exact: false }))
        .first()
        .waitFor();
      await page.getByRole('button', { name: 'Stop' }).press('Enter');
      await page.getByRole('button', { name: 'Go on' }).waitFor();
      assert.equal(asked, 1);
      held = false;
      await page.getByRole('button', { name: 'Go on' }).press('Enter');
      await page.getByText('2 names found, 5 times in all: all 3 snapshots looked through').first().waitFor();
      await context.close();
    });
  });
});
