import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chromium } from 'playwright-core';
import { onEachDatabase } from '../../testing/temporary-database.ts';
import { ada, consoleStage } from '../console-stage.ts';

const flags = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update'],
];

onEachDatabase((databases) => {
  describe('the page of the audit log', () => {
    it('is read on a phone without scrolling sideways, each time on one line', async () => {
      await using s = await consoleStage(databases);
      const { who } = await s.setUp();
      const { cookie } = who;
      const session = await s.accounts.session({ cookie, address: undefined, userAgent: undefined });
      assert.ok(session);
      const email = 'a.very.long.address.of.an.auditor@example.com';
      for (const [role, services] of [
        ['outside-administrator', ['x']],
        ['auditor', []],
      ] as const)
        await s.invitations.make(session, { email, role, until: '2027-01-31', services }, {});
      const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });
      try {
        const [name = '', value = ''] = who.cookie.split(/=(.*)/s);
        const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
        await context.addCookies([{ name, value, url: s.url }]);
        const page = await context.newPage();
        await page.goto(`${s.url}/audit`);
        const rows = page.locator('tbody tr');
        assert.ok((await rows.count()) > 3);
        const heights = await page
          .locator('tbody time')
          .evaluateAll((all) => all.map((each) => each.getClientRects().length));
        assert.ok(heights.length > 3 && heights.every((lines) => lines === 1), heights.join());
        const widths = await page
          .locator('html, .scroll')
          .evaluateAll((all) => all.map((each) => each.scrollWidth - each.clientWidth));
        assert.deepEqual([...new Set(widths)], [0]);
        const after = await rows.first().locator('[data-column=After]').textContent();
        assert.match(after ?? '', /role: auditor/);
        assert.equal(await page.getByRole('columnheader', { name: 'Who' }).count(), 1);
        assert.ok((await page.getByRole('cell', { name: ada.name }).count()) > 0);
        // The sign on the tab is there, and nothing that the page asks for is missing.
        const icon = await page.locator('link[rel=icon]').getAttribute('href');
        const sign = await page.request.get(`${s.url}${icon}`);
        assert.deepEqual([sign.status(), sign.headers()['content-type']], [200, 'image/svg+xml']);
      } finally {
        await browser.close();
      }
    });
  });
});
