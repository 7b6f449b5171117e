/** What waits for a person's word, seen and settled in the console. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Browser, type BrowserContextOptions, chromium } from 'playwright-core';
import { apiStage, owner } from './api/api-stage.ts';
import { chromiumFlags, serious, signedIn } from './testing/console-browser.ts';
import { onEachDatabase } from './testing/temporary-database.ts';

let browser: Browser;
before(async () => {
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: chromiumFlags });
});
after(() => browser?.close());

const phone: BrowserContextOptions = { viewport: { width: 390, height: 844 }, colorScheme: 'dark' };

onEachDatabase((databases) => {
  describe('the console, where something waits for a person', { timeout: 480_000 }, () => {
    const stage = async (options: Parameters<typeof apiStage>[1] = {}) => {
      const s = await apiStage(databases, options);
      const { id: serviceId } = await s.platform.catalog.addService({ name: 'Shop', criticality: 'high' });
      const source = { serviceId, kind: 'files', name: 'pictures', location: s.site } as const;
      const { id: sourceId } = await s.platform.catalog.addSource(source);
      const open = async (path: string) => {
        const context = await signedIn(browser, s, phone);
        const page = await context.newPage();
        await page.goto(`${s.url}/app${path}`);
        return page;
      };
      return { ...s, sourceId, open, [Symbol.asyncDispose]: s[Symbol.asyncDispose] };
    };

    it('shows a loss that is held off site and why, and accepts it from who shows once more who it is', async () => {
      await using s = await stage({ offSite: true });
      for (let n = 0; n < 5; n++) {
        await writeFile(join(s.site, 'index.html'), `state ${n}`);
        await s.platform.runNow.backup(s.sourceId);
      }
      await s.platform.runNow.mirror('paris');
      const snapshots = join(s.folder, 'data', 'repository', 'snapshots');
      const [kept, ...lost] = await readdir(snapshots);
      assert.ok(kept);
      for (const name of lost) await rm(join(snapshots, name));
      await s.platform.runNow.mirror('paris');
      s.platform.jobs.start();

      const page = await s.open('');
      await page.getByRole('link', { name: 'A loss is held at paris' }).click();
      await page.getByText('4 of 5 snapshots went missing', { exact: false }).waitFor();
      await page.getByRole('button', { name: 'Accept the loss' }).click();
      await page.getByText('Snapshots that are gone here').waitFor();
      assert.equal(await page.getByRole('listitem').filter({ hasText: 'of pictures' }).count(), 4);
      assert.deepEqual(await serious(page), []);
      await s.prove(new Date(0));
      await page.getByRole('button', { name: 'All of it was meant to go' }).click();
      await page.getByLabel('Password', { exact: true }).fill(owner.password);
      await page.keyboard.press('Enter');
      await page.getByText('A loss is held').waitFor({ state: 'hidden' });
      const [job] = await s.platform.jobs.list({ kind: 'mirror' });
      assert.ok(job);
      assert.equal((await s.platform.jobs.finish(job.id)).state, 'succeeded');
      assert.equal((await s.platform.offSite.waiting('paris')).what, 'nothing');
      await page.context().close();
    });

    it('says why a backup is suspicious and what there is to go back to, and takes the word that it was meant', async () => {
      await using s = await stage();
      for (let n = 0; n < 30; n++) await writeFile(join(s.site, `${n}.txt`), `Letter ${n}. `.repeat(3_000));
      for (let n = 0; n < 4; n++) {
        await writeFile(join(s.site, 'index.html'), `state ${n}`);
        await s.platform.runNow.backup(s.sourceId);
      }
      for (let n = 0; n < 30; n++) await writeFile(join(s.site, `${n}.txt`), randomBytes(45_000));
      const run = await s.platform.runNow.backup(s.sourceId);
      assert.equal(run.suspect, true);

      const page = await s.open('');
      await page.getByRole('link', { name: 'A backup of pictures looks suspicious' }).click();
      await page.getByText('no longer compresses', { exact: false }).waitFor();
      await page.getByText('it is in the repository', { exact: false }).waitFor();
      assert.deepEqual(await serious(page), []);
      await page.getByRole('row').filter({ hasText: 'Suspect' }).first().waitFor();
      const colleague = await s.open(`/sources/${s.sourceId}`);
      await colleague.getByRole('button', { name: 'It was meant' }).click();
      await colleague.getByLabel('Why it was meant').fill('I say so, too');
      await page.goto(`${s.url}/app/runs/${run.id}`);
      await page.getByRole('button', { name: 'It was meant' }).click();
      await page.getByRole('button', { name: 'All of it was meant' }).click();
      await page.getByText('Say why, for who reads the audit log.').waitFor();
      await page.getByLabel('Why it was meant').fill('We encrypt letters now');
      assert.deepEqual(await serious(page), []);
      await page.getByRole('button', { name: 'All of it was meant' }).click();
      await page.getByText('What changed in pictures is accepted.').waitFor();
      await page.getByRole('button', { name: 'It was meant' }).waitFor({ state: 'hidden' });
      await colleague.getByRole('button', { name: 'All of it was meant' }).click();
      const dialog = colleague.getByRole('dialog');
      await dialog.getByText('Nothing is known to be missing from it', { exact: false }).waitFor();
      await colleague.context().close();
      assert.equal(await s.platform.monitoring.outages.openOf(s.sourceId), undefined);
      const { json } = await s.ask('GET', '/audit-entries?search=change-accepted', { key: s.key });
      assert.equal(json.items[0].after.reason, 'We encrypt letters now');
      await page.context().close();
    });
  });
});
