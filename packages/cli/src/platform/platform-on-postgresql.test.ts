import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { startPostgres } from '@octobox/sources/testing';
import { Workshop } from '../testing/octobox.ts';

describe('the platform on PostgreSQL, by its verbs', () => {
  let server: Awaited<ReturnType<typeof startPostgres>>;
  let shop: Workshop;
  let env: Record<string, string>;
  let said = '';
  before(async () => {
    [server, shop] = await Promise.all([startPostgres(), Workshop.open()]);
    await mkdir(shop.at('www'));
    await writeFile(shop.at('www', 'index.html'), 'welcome');
    env = { DATABASE_URL: urlOf(server.password) };
  });
  after(async () => {
    await shop[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const urlOf = (password: string): string =>
    server.location('postgres').replace('@', `:${encodeURIComponent(password)}@`);
  const run = async (args: readonly string[], given = env) => {
    const outcome = await shop.run(args, { env: given });
    said += outcome.stdout + outcome.stderr;
    return outcome;
  };

  it('is set up there, and nothing of it in a file', async () => {
    const protect = ['protect', 'www', '--name', 'Shop'];
    const { code, stderr } = await run(protect, { ...env, OCTOBOX_LAYERS: 'none' });
    assert.equal(code, 0, stderr);
    assert.ok(!(await readdir(shop.at('data'))).some((name) => name.startsWith('octobox.db')));
    const status = await run(['status']);
    assert.equal(status.code, 4, 'nothing was backed up yet');
    assert.match(status.stdout, /Shop/);
  });

  it('is named with what to do when it cannot be opened, and the password is not', async () => {
    const wrong = await run(['status'], { DATABASE_URL: urlOf('guessed-it') });
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /refuses the password.*\n.*DATABASE_URL/);
    await server.stop();
    const away = await run(['status']);
    assert.equal(away.code, 1);
    assert.match(away.stderr, /cannot be reached.*\n.*Check that PostgreSQL runs/);
    await server.start();
    assert.equal((await run(['status'])).code, 4);
    assert.ok(!said.includes(server.password) && !said.includes('guessed-it'));
  });

  it('does not begin anew beside what a file already holds', async () => {
    const elsewhere = { OCTOBOX_DATA: shop.at('other'), OCTOBOX_LAYERS: 'none' };
    assert.equal((await run(['protect', 'www'], elsewhere)).code, 0);
    const before = await readFile(shop.at('other', 'octobox.db'));
    const other = server.location('template1').replace('@', `:${server.password}@`);
    const { code, stderr } = await run(['status'], { ...elsewhere, DATABASE_URL: other });
    assert.equal(code, 1);
    assert.match(stderr, /everything known so far is in .*octobox\.db.*\n.*Unset DATABASE_URL/);
    assert.deepEqual(await readFile(shop.at('other', 'octobox.db')), before);
  });
});
