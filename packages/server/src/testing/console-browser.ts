/** What tests of the console in a browser share. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

export const chromiumFlags = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update'],
];
/** As most people meet trouble: on a phone, at night. */
export const phoneAtNight: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  colorScheme: 'dark',
};

/** A browser of its own for the owner of a stage. */
export async function signedIn(
  browser: Browser,
  { cookie, url }: { readonly cookie: () => string; readonly url: string },
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const context = await browser.newContext(options);
  const [name = '', value = ''] = cookie().split(/=(.*)/s);
  await context.addCookies([{ name, value, url }]);
  return context;
}

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe finds that keeps people out. */
export async function serious(page: Page): Promise<string[]> {
  // As an extension would: the page's policy lets no script of another file in.
  const client = await page.context().newCDPSession(page);
  await client.send('Runtime.evaluate', { expression: await readFile(axe, 'utf8') });
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(options: object): Promise<{ violations: Violation[] }> };
    };
    interface Violation {
      readonly id: string;
      readonly impact: string;
      readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
    }
    const { violations } = await axe.run({ resultTypes: ['violations'] });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
  });
}
