/** A damaged repository, mended in the console. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { apiStage, owner } from './api/api-stage.ts';
import { chromiumFlags, phoneAtNight, serious, signedIn } from './testing/console-browser.ts';
import { onEachDatabase } from './testing/temporary-database.ts';

let browser: Browser;
before(async () => {
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: chromiumFlags });
});
after(() => browser?.close());

/** Changes one byte of the largest pack, and gives the pack's id. */
async function damage(folder: string): Promise<string> {
  const entries = await readdir(join(folder, 'data'), { recursive: true, withFileTypes: true });
  const paths = entries.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  const path = paths[sizes.indexOf(Math.max(...sizes))] ?? assert.fail('no pack');
  const bytes = await readFile(path);
  bytes.writeUInt8(bytes.readUInt8(100_000) ^ 1, 100_000);
  await rm(path);
  await writeFile(path, bytes);
  return basename(path).slice(0, 64);
}

async function carryOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Repair it' }).press('Enter');
  await page.getByLabel('Password', { exact: true }).fill(owner.password);
  await page.keyboard.press('Enter');
  // Not by its role, which nothing has that lies behind the dialog of the proof.
  await page.getByText('Repair it', { exact: true }).waitFor({ state: 'detached' });
}

onEachDatabase((databases) => {
  describe('the console, with a damaged repository', { timeout: 400_000 }, () => {
    it('shows what each step of the repair would do, and does it', async () => {
      await using s = await apiStage(databases);
      const { id: serviceId } = await s.platform.catalog.addService({ name: 'Shop', criticality: 'high' });
      const add = { serviceId, kind: 'files', name: 'pictures', location: s.site } as const;
      const source = await s.platform.catalog.addSource({ ...add, drillSchedule: null });
      await writeFile(join(s.site, 'picture'), randomBytes(200_000));
      await s.platform.runNow.backup(source.id);
      const pack = await damage(join(s.folder, 'data', 'repository'));
      const check = async (): Promise<number> => {
        const { job } = await s.platform.jobs.enqueue({ kind: 'check', payload: { data: 'all' } });
        return ((await s.platform.jobs.finish(job.id)).result as { errors: number }).errors;
      };
      const repaired = async (): Promise<void> => {
        const [job] = await s.platform.jobs.list({ kind: 'repair' });
        assert.ok(job);
        assert.equal((await s.platform.jobs.finish(job.id)).state, 'succeeded');
      };
      assert.ok((await check()) > 0);
      s.platform.jobs.start();
      const context = await signedIn(browser, s, phoneAtNight);
      const page = await context.newPage();

      await s.prove(new Date(0));
      await page.goto(`${s.url}/app/repositories`);
      await page.getByRole('button', { name: 'Plan for the index …' }).press('Enter');
      await page.getByText('the index says what the packs hold: nothing to do').waitFor();
      assert.deepEqual(await serious(page), []);
      await page.getByRole('button', { name: 'All right' }).press('Enter');

      await page.getByRole('button', { name: 'Take those of the last check (1)' }).press('Enter');
      assert.equal(await page.getByLabel('Ids of packs').inputValue(), pack);
      await page.getByRole('button', { name: 'Plan for the packs …' }).press('Enter');
      await page.getByRole('dialog').getByText(`pack ${pack}: `, { exact: false }).waitFor();
      assert.deepEqual(await serious(page), []);
      await carryOut(page);
      await repaired();

      await s.prove(new Date(0));
      await page.getByRole('button', { name: 'Plan for the snapshots …' }).press('Enter');
      await page
        .getByRole('dialog')
        .getByText('picture: parts of the file are lost', { exact: false })
        .waitFor();
      assert.deepEqual(await serious(page), []);
      await carryOut(page);
      await repaired();
      assert.equal(await check(), 0);
    });
  });
});
