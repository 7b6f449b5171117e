/** What is done with snapshots and with the repository as a whole, in the console. */
import assert from 'node:assert/strict';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
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
  describe('the console, with snapshots', { timeout: 400_000 }, () => {
    it('checks the repository, hands out a folder, changes tags, forgets what its plan says, frees the space, and takes locks away', async () => {
      await using s = await apiStage(databases);
      const { id: serviceId } = await s.platform.catalog.addService({ name: 'Shop', criticality: 'high' });
      const add = { serviceId, kind: 'files', name: 'pictures', location: s.site } as const;
      const source = await s.platform.catalog.addSource(add);
      await mkdir(join(s.site, 'images'));
      await writeFile(join(s.site, 'images', 'logo.svg'), '<svg/>');
      const { snapshotId } = await s.platform.runNow.backup(source.id);
      s.platform.jobs.start();
      const context = await signedIn(browser, s, phoneAtNight);
      const page = await context.newPage();

      await page.goto(`${s.url}/app/repositories`);
      await page.getByLabel('What is read').selectOption('all');
      await page.getByRole('button', { name: 'Check now' }).press('Enter');
      await page.getByRole('cell', { name: 'No damage' }).waitFor();
      assert.deepEqual(await serious(page), []);

      await page.getByText('It was not counted here', { exact: false }).waitFor();
      await page.getByRole('button', { name: 'Count now' }).press('Enter');
      // Both counts have ended then.
      const fact = (name: string) =>
        page
          .locator('dl > div')
          .filter({ hasText: new RegExp(`^${name}`) })
          .locator('dd');
      await fact('Both together').waitFor();
      assert.match((await fact('Both together').textContent()) ?? '', /^\d\.\d+ : 1$/);
      assert.equal(await fact('Restore size').textContent(), '21 B');
      await fact('Counted').getByText('just now').waitFor();
      assert.deepEqual(await serious(page), []);

      await s.prove();
      await page.goto(`${s.url}/app/snapshots/${snapshotId}/files?path=${encodeURIComponent(s.site)}`);
      const downloading = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Download folder images as tar' }).press('Enter');
      assert.equal((await downloading).suggestedFilename(), 'images.tar');

      await page.getByRole('button', { name: 'Tags …' }).press('Enter');
      await page.getByLabel('Tags', { exact: true }).fill('before the move, kept');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').getByText('before the move').waitFor();
      assert.deepEqual(await serious(page), []);
      await page.getByRole('button', { name: 'Change them' }).press('Enter');
      // It has another id by then, and the screen goes on with that.
      await page.getByText('Tags: before the move, kept').waitFor();
      assert.ok(!page.url().includes(snapshotId ?? ''), page.url());
      await page.getByRole('button', { name: 'Download folder images as tar' }).waitFor();
      assert.deepEqual(await serious(page), []);

      await s.prove(new Date(0));
      await page.getByRole('button', { name: 'Forget it …' }).press('Enter');
      await page.getByText('something rests', { exact: false }).waitFor();
      assert.deepEqual(await serious(page), []);
      await page.getByRole('button', { name: 'Forget it all the same' }).press('Enter');
      await page.getByLabel('Password', { exact: true }).fill(owner.password);
      await page.keyboard.press('Enter');
      await page.getByText('Forgetting of snapshots').waitFor();
      const [job] = await s.platform.jobs.list({ kind: 'forget' });
      assert.ok(job);
      assert.equal((await s.platform.jobs.finish(job.id)).state, 'succeeded');
      await page.reload();
      await page.getByText('This snapshot was forgotten').waitFor();
      assert.equal(await page.getByRole('table', { name: 'What is in the folder' }).count(), 0);

      await s.prove(new Date(0));
      await page.goto(`${s.url}/app/repositories`);
      await page.getByRole('button', { name: 'Free the space …' }).press('Enter');
      await page.getByRole('dialog').getByText('that no snapshot needs', { exact: false }).waitFor();
      assert.deepEqual(await serious(page), []);
      await page.getByRole('button', { name: 'Free it' }).press('Enter');
      await page.getByLabel('Password', { exact: true }).fill(owner.password);
      await page.keyboard.press('Enter');
      await page.getByText('Freeing of space').waitFor();
      const [freeing] = await s.platform.jobs.list({ kind: 'prune' });
      assert.ok(freeing);
      assert.equal((await s.platform.jobs.finish(freeing.id)).state, 'succeeded');

      const repository = await s.platform.repository.open();
      const content = {
        time: new Date().toISOString(),
        exclusive: false,
        hostname: 'web-2',
        username: 'ada',
        pid: 7,
      };
      await repository.writeUnpacked('lock', Buffer.from(JSON.stringify(content)));
      await repository.close();
      await s.prove(new Date(0));
      await page.goto(`${s.url}/app/repositories`);
      await page.getByRole('cell', { name: 'Process 7 of ada on web-2' }).waitFor();
      assert.deepEqual(await serious(page), []);
      await page.getByRole('button', { name: 'Remove all …' }).press('Enter');
      await page.getByRole('dialog').getByText('If it is at work', { exact: false }).waitFor();
      assert.deepEqual(await serious(page), []);
      await page.getByRole('button', { name: 'Nobody is at work: remove all' }).press('Enter');
      await page.getByLabel('Password', { exact: true }).fill(owner.password);
      await page.keyboard.press('Enter');
      await page.getByText('1 lock removed.').waitFor();
      await page.getByText('Nobody works on it').waitFor();
      await context.close();
    });

    it('compares a snapshot with another one of its source, whichever of them is the older', async () => {
      await using s = await apiStage(databases);
      const { id: serviceId } = await s.platform.catalog.addService({ name: 'Shop', criticality: 'high' });
      const add = { serviceId, kind: 'files', name: 'pictures', location: s.site } as const;
      const source = await s.platform.catalog.addSource(add);
      const at = (...names: string[]) => join(s.site, ...names);
      await writeFile(at('gone.txt'), 'x');
      await writeFile(at('grown.txt'), 'x');
      await writeFile(at('kept.txt'), 'x');
      const { snapshotId: first } = await s.platform.runNow.backup(source.id);
      await rm(at('gone.txt'));
      await writeFile(at('grown.txt'), 'x'.repeat(2048));
      await chmod(at('kept.txt'), 0o600);
      await mkdir(at('many'));
      const many = Array.from({ length: 450 }, (_, n) => at('many', `${n}`.padStart(4, '0')));
      await Promise.all(many.map((path) => writeFile(path, 'y')));
      const { snapshotId: second } = await s.platform.runNow.backup(source.id);
      const context = await signedIn(browser, s, {
        viewport: { width: 360, height: 800 },
        colorScheme: 'dark',
      });
      const page = await context.newPage();

      await page.goto(`${s.url}/app/snapshots/${second}/files`);
      await page.getByRole('link', { name: 'Compare with …' }).press('Enter');
      await page.getByText('Choose a snapshot to compare with').waitFor();
      assert.deepEqual(await serious(page), []);
      await page.getByLabel('Compare with').selectOption(first ?? '');
      await page.getByRole('link', { name: 'gone.txt' }).waitFor();
      await page.getByText('1 B → 2.00 KiB').waitFor();
      assert.deepEqual(await serious(page), []);
      const list = page.getByRole('region', { name: 'What differs' });
      const status = page.getByRole('status').filter({ hasText: 'added' });
      assert.match((await status.textContent()) ?? '', /so far/);
      // All of them come as one scrolls, and only those in sight are on the page.
      for (
        let tries = 0;
        !/^451 added, 1 removed, 1 with other content$/.test((await status.textContent()) ?? '');
        tries++
      ) {
        assert.ok(tries < 200, (await status.textContent()) ?? '');
        await list.press('End');
        await page.waitForTimeout(100);
      }
      assert.ok((await list.getByRole('listitem').count()) < 100);
      await page.getByLabel('Also where only owner', { exact: false }).press('Space');
      await page.getByText('with other metadata alone', { exact: false }).waitFor();

      // The address is all that it takes, and the older of the two is what was before.
      await page.goto(`${s.url}/app/snapshots/${first}/differences?since=${second}`);
      await page.getByText('1 B → 2.00 KiB').waitFor();
      await page.getByRole('link', { name: 'gone.txt' }).press('Enter');
      await page.getByText(`Snapshot ${first?.slice(0, 8)}`, { exact: false }).waitFor();
      await page.getByText('gone.txt').waitFor();

      await page.goto(`${s.url}/app/snapshots/${first}/differences?since=${first}`);
      await page.getByText('Nothing differs').waitFor();
      await page.goto(`${s.url}/app/snapshots/${first}/differences?since=${'0'.repeat(64)}`);
      await page.getByText('there is no snapshot', { exact: false }).waitFor();
      await context.close();
    });
  });
});
