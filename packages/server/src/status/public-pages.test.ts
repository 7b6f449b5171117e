import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { Recoveries } from '../recovery/index.ts';
import { companyNow, type RecordedCompany, recordCompany } from '../testing/recorded-company.ts';
import type { PromiseState, Sentence } from '../trust/index.ts';
import { readStylesheet } from './page/stylesheet.ts';
import type { StatusReport } from './report.ts';

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

interface Stage {
  readonly url: string;
  readonly company: RecordedCompany;
  readonly folder: string;
}

async function raise(mood: 'calm' | 'trouble'): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'octobox-page-'));
  const company = await recordCompany(folder, mood);
  return { folder, company, url: (await company.platform.startPages()).url };
}

/** The promise of a fresh backup of the first source was broken for twelve minutes. */
async function breakOnce({ company: { database } }: Stage): Promise<void> {
  const change = (at: string, from_state: PromiseState, to_state: PromiseState, sentence: Sentence) => ({
    ...{ promise_id: 1, at, from_state, to_state, evidence: JSON.stringify({ sentence, facts: {} }) },
  });
  const old: Sentence = ['last dump ', { at: '2026-11-03T08:50:00.000Z' }];
  await database.change((transaction) =>
    transaction
      .insertInto('promise_history')
      .values([
        change('2026-11-03T10:00:00.000Z', 'kept', 'broken', old),
        change('2026-11-03T10:12:00.000Z', 'broken', 'kept', ['last dump young']),
      ])
      .execute(),
  );
}

async function lower(stage: Stage): Promise<void> {
  await stage.company[Symbol.asyncDispose]();
  await rm(stage.folder, { recursive: true });
}

describe('the public pages', () => {
  let trouble: Stage;
  let calm: Stage;
  before(async () => {
    [trouble, calm] = [await raise('trouble'), await raise('calm')];
    await breakOnce(trouble);
  });
  after(async () => {
    await lower(trouble);
    await lower(calm);
  });

  it('send what keeps a browser from running or loading anything else', async () => {
    const response = await fetch(`${calm.url}/`);
    assert.equal(response.status, 200);
    const policy = response.headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'/);
    assert.doesNotMatch(policy, /script-src|unsafe/);
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(response.headers.get('referrer-policy'), 'no-referrer');
    const body = await response.text();
    assert.doesNotMatch(body, /<script|\son[a-z]+=|style="/);
  });

  it('answer an unchanged page with 304', async () => {
    const first = await fetch(`${calm.url}/status.json`);
    await first.arrayBuffer();
    const etag = first.headers.get('etag') ?? '';
    assert.match(first.headers.get('cache-control') ?? '', /max-age/);
    const again = await fetch(`${calm.url}/status.json`, { headers: { 'if-none-match': `W/${etag}` } });
    assert.equal(again.status, 304);
    assert.equal(await again.text(), '');
  });

  it('serve the style sheet under the name of its content, for ever', async () => {
    const body = await (await fetch(`${calm.url}/`)).text();
    const path = /href="(\/assets\/status-[0-9a-f]{12}\.css)"/.exec(body)?.[1] ?? '';
    const response = await fetch(calm.url + path);
    assert.equal(response.status, 200);
    assert.match(response.headers.get('cache-control') ?? '', /immutable/);
    assert.match(await response.text(), /prefers-color-scheme/);
  });

  it('say the same as JSON, without any name from inside', async () => {
    const text = await (await fetch(`${trouble.url}/status.json`)).text();
    const report = JSON.parse(text) as StatusReport;
    assert.equal(report.state, 'outage');
    assert.equal(report.services[0]?.slug, 'web-shop');
    assert.equal(report.services[0]?.days.length, 90);
    assert.equal(report.incidents[0]?.estimate?.seconds, 161 * (41 / 40));
    assert.doesNotMatch(text, /public\.orders|db\.internal|\/srv\/|secret/);
  });

  it('have a page for what is not there, and for each incident', async () => {
    for (const path of ['/incidents/999', '/nothing', '/incidents/x']) {
      const response = await fetch(calm.url + path);
      assert.equal(response.status, 404, path);
      assert.match(await response.text(), /There is nothing here/);
      assert.ok(response.headers.has('content-security-policy'));
    }
    const page = await (await fetch(`${trouble.url}/incidents/2`)).text();
    assert.match(page, /4 tables are missing/);
  });

  it('say which methods they take, and know only their own paths', async () => {
    const style = (await readStylesheet()).path;
    const paths = ['/', '/status.json', '/healthz', '/favicon.svg', '/incidents/1', style];
    for (const path of paths) {
      for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND']) {
        const body = method === 'POST' || method === 'PUT' ? { body: 'x' } : {};
        const response = await fetch(calm.url + path, { method, ...body });
        assert.equal(response.status, 405, `${method} ${path}`);
        assert.equal(response.headers.get('allow'), 'GET, HEAD');
        assert.ok(response.headers.has('content-security-policy'));
        await response.arrayBuffer();
      }
      assert.equal((await fetch(calm.url + path, { method: 'HEAD' })).status, 200, path);
    }
    for (const method of ['POST', 'DELETE', 'OPTIONS']) {
      const response = await fetch(`${calm.url}/nothing`, { method });
      assert.equal(response.status, 404);
      assert.equal(response.headers.has('allow'), false);
    }
  });

  it('read no body and no long header', async () => {
    assert.equal((await fetch(`${calm.url}/nothing`, { method: 'POST', body: 'x' })).status, 404);
    const large = await fetch(`${calm.url}/`, { method: 'POST', body: 'x'.repeat(5_000_000) });
    assert.equal(large.status, 405);
    assert.equal((await fetch(`${calm.url}/`)).status, 200);
    const long = await fetch(`${calm.url}/`, { headers: { 'x-long': 'x'.repeat(40_000) } });
    assert.equal(long.status, 431);
  });

  it('say what is known and what is not, when a source is new', async () => {
    const stage = await raise('calm');
    const { platform } = stage.company;
    const { id } = await platform.catalog.addService({ name: 'Mail', criticality: 'normal' });
    const place = { location: '/srv/mail', schedule: 'every 1d' };
    await platform.catalog.addSource({ serviceId: id, kind: 'files', name: 'Mailboxes', ...place });
    const report = (await (await fetch(`${stage.url}/status.json`)).json()) as StatusReport;
    assert.equal(report.state, 'unknown');
    assert.equal(report.summary, '2 services work; Mail is not known yet');
    await lower(stage);
  });

  it('tell a time of day only while a restore runs, and the measured time before', async () => {
    const stage = await raise('trouble');
    const recoveries = new Recoveries(stage.company.database);
    const told = async (): Promise<string> => await (await fetch(`${stage.url}/incidents/2`)).text();
    const [source] = await stage.company.platform.catalog.sources();
    const restore = {
      ...{ sourceId: source?.id ?? '', jobId: 1, reason: 'incident', snapshotId: 'a', incidentId: 2 },
      ...{ startedAt: companyNow, recoveryPointAt: companyNow },
    };
    const end = { finishedAt: companyNow };
    assert.match(await told(), /Back about 2.m 45.s after the restore begins/);
    const { id: first } = await recoveries.beginRestore(restore);
    assert.match(await told(), /Expected back.*12:54 UTC/);
    await recoveries.endRestore(first, { ...end, state: 'failed' });
    assert.match(await told(), /after the restore begins/);
    const { id: second } = await recoveries.beginRestore(restore);
    await recoveries.endRestore(second, { ...end, state: 'passed' });
    assert.match(await told(), /Expected back.*12:54 UTC/);
    const report = await stage.company.platform.board.report();
    assert.equal(report.incidents[0]?.restoreBeganAt, companyNow);
    await lower(stage);
  });

  it('say whether anybody watches', async () => {
    assert.equal((await fetch(`${calm.url}/healthz`)).status, 200);
    const stage = await raise('calm');
    stage.company.clock.advance(10 * 60_000);
    const response = await fetch(`${stage.url}/healthz`);
    assert.equal(response.status, 503);
    const page = await (await fetch(`${stage.url}/`)).text();
    assert.match(page, /We cannot tell at the moment/);
    assert.match(page, /The monitoring last reported/);
    await lower(stage);
  });

  it('tell in the JSON when a promise was kept and when it was broken, and of no change that never was', async () => {
    const [freshness, ...others] =
      ((await (await fetch(`${trouble.url}/status.json`)).json()) as StatusReport).services[0]?.promises ??
      [];
    assert.equal(freshness?.kind, 'backup-fresh');
    assert.deepEqual(
      freshness?.history.map(({ at, from, to, text }) => ({ at, from, to, text })),
      [
        { at: '2026-11-03T10:12:00.000Z', from: 'broken', to: 'kept', text: 'last dump young' },
        {
          at: '2026-11-03T10:00:00.000Z',
          from: 'kept',
          to: 'broken',
          text: 'last dump 2026-11-03 08:50 UTC',
        },
      ],
    );
    for (const other of others) assert.deepEqual(other.history, []);
  });

  describe('in a browser without scripts', () => {
    let browser: Browser;
    let lowContrasts: string;
    before(async () => {
      lowContrasts = await readFile(new URL('./page/low-contrasts.browser.js', import.meta.url), 'utf8');
      browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });
    });
    after(async () => {
      await browser.close();
    });

    async function visit<T>(
      stage: Stage,
      options: { width: number; scheme?: 'light' | 'dark'; path?: string },
      look: (page: Page) => Promise<T>,
    ): Promise<T> {
      const context = await browser.newContext({
        viewport: { width: options.width, height: 800 },
        colorScheme: options.scheme ?? 'light',
        javaScriptEnabled: false,
      });
      try {
        const page = await context.newPage();
        await page.goto(stage.url + (options.path ?? '/'));
        return await look(page);
      } finally {
        await context.close();
      }
    }

    it('show the incident first, with its estimate and what it was measured by', async () => {
      await visit(trouble, { width: 1280 }, async (page) => {
        assert.equal(await page.locator('h1').textContent(), 'Web shop is down');
        const incident = page.locator('article.incident');
        assert.equal(await incident.count(), 1);
        const text = ((await incident.textContent()) ?? '').replace(/\s+/g, ' ');
        assert.match(text, /Back about 2 m 45 s after the restore begins/);
        assert.doesNotMatch(text, /Expected back/);
        assert.match(text, /Measured, not guessed: Shop database: the last rehearsal took 2 m 41 s/);
        const headings = await page.locator('h2').allInnerTexts();
        assert.deepEqual(headings, [
          'What is happening',
          'Services',
          'Where the backups are',
          'Past incidents',
        ]);
      });
    });

    it('show every promise beside its evidence', async () => {
      await visit(calm, { width: 1280 }, async (page) => {
        assert.equal(await page.locator('h1').textContent(), 'All services work');
        const promises = await page.locator('.promises > li').allInnerTexts();
        assert.equal(promises.length, 10);
        const all = promises.map((text) => text.replace(/\s+/g, ' ')).join('\n');
        assert.match(all, /backed up at least every hour Last dump 12 minutes ago, 39.1 MiB.* Kept/);
        assert.match(
          all,
          /back within 15 minutes after a disaster Last rehearsal today 03:17 UTC: 3 m 55 s against 15 m Kept/,
        );
        const times = await page
          .locator('time')
          .evaluateAll((all) => all.map((each) => each.getAttribute('datetime')));
        assert.ok(times.length > 8);
        for (const time of times) assert.match(time ?? '', /^\d{4}-\d\d-\d\dT.*Z$/);
      });
    });

    it('do not hide a due time that was missed, although it was caught up', async () => {
      await visit(calm, { width: 390 }, async (page) => {
        const lapses = page.locator('details.lapses');
        assert.equal(await lapses.count(), 1);
        const text = ((await lapses.textContent()) ?? '').replace(/\s+/g, ' ');
        assert.match(text, /19 due times were missed or late in the last 90 days/);
        assert.match(text, /Shop database: 19 backups missed, due from .*: the scheduler was not running/);
      });
    });

    it('fold the history of a promise away, and open it by keyboard', async () => {
      await visit(trouble, { width: 390 }, async (page) => {
        const history = page.locator('details.changes');
        assert.equal(await history.count(), 1);
        assert.equal(await history.getAttribute('open'), null);
        const summary = history.locator('summary');
        assert.equal(
          (await summary.textContent())?.replaceAll('\u00a0', ' '),
          'History: broken for 12 m on 3 Nov 2026',
        );
        await summary.focus();
        await page.keyboard.press('Enter');
        const changes = (await history.locator('li').allInnerTexts()).map((text) =>
          text.replace(/\s+/g, ' '),
        );
        assert.deepEqual(changes, [
          'Kept since 3 Nov 2026, 10:12 UTC Last dump young',
          'Broken for 12 m, from 3 Nov 2026, 10:00 UTC Last dump 3 Nov 2026, 08:50 UTC',
        ]);
        assert.deepEqual(await page.evaluate(lowContrasts), []);
        assert.equal(await page.locator('html').evaluate((root) => root.scrollWidth - root.clientWidth), 0);
      });
    });

    it('draw a day without data differently from a good one', async () => {
      await visit(calm, { width: 1280 }, async (page) => {
        const bars = page.locator('svg.bars').first();
        assert.match(
          (await bars.getAttribute('aria-label')) ?? '',
          /38 watched, 2 with trouble .* 52 without data/,
        );
        assert.equal(await bars.locator('rect').count(), 90);
        const scales = await page.locator('.scale').allTextContents();
        assert.match(scales[0] ?? '', /up 99\.699\u00a0% of 37 days/);
        assert.match(scales[1] ?? '', /up 100\u00a0% of 25 days/);
        const box = async (state: string) =>
          (await bars.locator(`rect.${state}`).first().boundingBox())?.height ?? 0;
        assert.ok((await box('none')) < (await box('ok')) / 3);
      });
    });

    for (const width of [360, 390, 1280]) {
      it(`do not scroll sideways at ${width} pixels`, async () => {
        for (const path of ['/', '/incidents/2', '/nothing']) {
          await visit(trouble, { width, path }, async (page) => {
            const overflow = await page
              .locator('html')
              .evaluate((root) => root.scrollWidth - root.clientWidth);
            assert.equal(overflow, 0, path);
          });
        }
      });
    }

    for (const scheme of ['light', 'dark'] as const) {
      it(`are legible in the ${scheme} scheme: every text has the contrast of WCAG AA`, async () => {
        for (const path of ['/', '/incidents/2']) {
          await visit(trouble, { width: 390, scheme, path }, async (page) => {
            assert.deepEqual(await page.evaluate(lowContrasts), []);
          });
        }
      });
    }

    it('follow the scheme of the reader', async () => {
      const background = (scheme: 'light' | 'dark') =>
        visit(calm, { width: 390, scheme }, (page) =>
          page.evaluate<string>('getComputedStyle(document.body).backgroundColor'),
        );
      assert.notEqual(await background('light'), await background('dark'));
    });

    it('can be read by ear and walked by keyboard', async () => {
      await visit(trouble, { width: 1280 }, async (page) => {
        assert.equal(await page.locator('html').getAttribute('lang'), 'en');
        assert.equal(await page.locator('h1').count(), 1);
        assert.equal(await page.locator('main').count(), 1);
        const ids = await page.locator('[id]').evaluateAll((all) => all.map(({ id }) => id));
        assert.equal(new Set(ids).size, ids.length);
        const labels = await page
          .locator('[aria-labelledby]')
          .evaluateAll((all) => all.map((each) => each.getAttribute('aria-labelledby') ?? ''));
        for (const label of labels) assert.ok(ids.includes(label), label);
        const levels = await page
          .locator('h1, h2, h3, h4')
          .evaluateAll((all) => all.map(({ tagName }) => Number(tagName.slice(1))));
        for (const [i, level] of levels.entries()) assert.ok(level <= (levels[i - 1] ?? 0) + 1, `h${level}`);
        await page.keyboard.press('Tab');
        assert.equal(await page.locator(':focus').textContent(), 'Skip to the content');
        assert.ok(((await page.locator(':focus').boundingBox())?.x ?? -1) >= 0);
      });
    });
  });
});
